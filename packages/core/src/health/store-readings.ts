import type { Instance as InstanceRow } from '../db/generated/client.ts'
import { statement } from '../db/statement.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { readStatus } from '../instance/status.ts'
import { nextStatus, type Standing } from './next-status.ts'
import type { StateReading } from './read-state.ts'

/**
 * Writes readings that change something, in one statement, with the instances locked by name as every writer does.
 * $1 the moment the readings started, then arrays: $2 names, $3 statuses, $4 reasons, $5 Evolution's words,
 * $6 silent rounds, $7 when the last answer came (null keeps it).
 */
const storeStatement = statement(
  'store_readings',
  `with n as materialized (
  select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::timestamptz[]) n(nome, status, reason, word, silent, answered)),
l as materialized (
  select i.nome, i.status from public.whatsapp_instances i where i.nome = any($2::text[]) order by i.nome for no key update of i)
update public.whatsapp_instances w
set status = n.status, status_motivo = n.reason, estado_evolution = n.word, silencios = n.silent,
  verificada_em = coalesce(n.answered, w.verificada_em),
  status_desde = case when l.status is distinct from n.status then coalesce($1::timestamptz, now()) else w.status_desde end
from n join l using (nome) where w.nome = n.nome
returning w.nome`,
)

const markRound = statement(
  'mark_round',
  `insert into zapfleet.health_round (started_at) values ($1) on conflict (single) do update set started_at = greatest(health_round.started_at, excluded.started_at)`,
)

/** Takes in readings: a log line for each change of status, one write for all that changed, none when nothing did. */
export async function storeReadings(
  fleet: Fleet,
  readings: ReadonlyMap<string, { row: InstanceRow; reading: StateReading }>,
  startedAt: Date,
): Promise<{ changed: number }> {
  const writes: { name: string; next: Standing; word: string | null; answered: Date | null }[] = []
  for (const [name, { row, reading }] of readings) {
    const previous: Standing = {
      status: readStatus(row.status),
      reason: row.statusReason,
      silentRounds: row.silentRounds,
    }
    const next = nextStatus(previous, reading.seen)
    const answered = reading.seen.kind !== 'silent'
    const word = answered ? reading.state : row.evolutionState
    const same =
      row.status === next.status &&
      row.statusReason === next.reason &&
      row.evolutionState === word &&
      row.silentRounds === next.silentRounds &&
      row.checkedAt !== null
    if (same) continue
    writes.push({ name, next, word, answered: answered ? startedAt : null })
    if (previous.status !== next.status) {
      fleet.log.info(
        { instance: name, from: previous.status, to: next.status, reason: next.reason, seen: reading.seen },
        'instance changed status',
      )
    }
  }
  if (writes.length === 0) return { changed: 0 }
  await fleet.sql.run(storeStatement, [
    startedAt,
    writes.map((write) => write.name),
    writes.map((write) => write.next.status),
    writes.map((write) => write.next.reason),
    writes.map((write) => write.word),
    writes.map((write) => write.next.silentRounds),
    writes.map((write) => write.answered),
  ])
  return { changed: writes.length }
}

/** Remembers that a full round read the fleet. */
export async function rememberRound(fleet: Fleet, startedAt: Date): Promise<void> {
  await fleet.sql.run(markRound, [startedAt])
}
