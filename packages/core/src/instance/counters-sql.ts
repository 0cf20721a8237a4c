/** The parts of COUNTERS: what instance `i` counts, and may count, at moment `k`. */
export const HOUR = 'greatest(i.janela_hora, k.h)'
export const DAY = 'greatest(i.janela_dia, k.d)'
export const SENT_THIS_HOUR = `case when i.janela_hora >= k.h then coalesce(i.msgs_enviadas_hora, 0) else 0 end`
export const SENT_TODAY = `case when i.janela_dia >= k.d then coalesce(i.msgs_enviadas_dia, 0) else 0 end`
export const HOURLY_CAPACITY = 'coalesce(i.capacidade_hora, 20)'
export const DAILY_CAPACITY = 'coalesce(i.capacidade_dia, 100)'

/** The counters of instance `i` as they read at moment `k`: an older window reads as zero, windows never move back. */
export const COUNTERS = `${HOUR} h, ${DAY} d, ${SENT_THIS_HOUR} sh, ${SENT_TODAY} sd, ${HOURLY_CAPACITY} ch, ${DAILY_CAPACITY} cd`

/** Instances that zapfleet manages: named, and with a name that the preference columns can hold. */
export const MANAGED = `i.removida_em is null and i.nome is not null and length(i.nome) <= 50`
