/** The parts of COUNTERS: what instance `i` counts, and may count, at the moment. */
export const HOUR = 'greatest(i.janela_hora, moment.hour_start)'
export const DAY = 'greatest(i.janela_dia, moment.day_start)'
export const SENT_THIS_HOUR = `case when i.janela_hora >= moment.hour_start then coalesce(i.msgs_enviadas_hora, 0) else 0 end`
export const SENT_TODAY = `case when i.janela_dia >= moment.day_start then coalesce(i.msgs_enviadas_dia, 0) else 0 end`
export const HOURLY_CAPACITY = 'coalesce(i.capacidade_hora, 20)'
export const DAILY_CAPACITY = 'coalesce(i.capacidade_dia, 100)'

/** The counters of instance `i` as they read at the moment: an older window reads as zero, windows never move back. */
export const COUNTERS = `${HOUR} hour_window, ${DAY} day_window, ${SENT_THIS_HOUR} sent_this_hour, ${SENT_TODAY} sent_today, ${HOURLY_CAPACITY} hourly_capacity, ${DAILY_CAPACITY} daily_capacity`

/** Instances that zapfleet manages: named, and with a name that the preference columns can hold. */
export const MANAGED = `i.removida_em is null and i.nome is not null and length(i.nome) <= 50`
