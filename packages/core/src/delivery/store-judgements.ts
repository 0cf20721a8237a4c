import { INSTANT } from '../ground/moment.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { DeliveryFleet } from './delivery-fleet.ts'
import type { DeliveryJudgement } from './next-delivery.ts'
import type { RestrictionJudgement } from './next-restriction.ts'
import { JUDGED } from './read-evidence.ts'

/** Why the history gets an entry. */
export type JudgementReason = 'NOT_DELIVERING' | 'DELIVERING' | 'RESTRICTED' | 'UNRESTRICTED'

/** One instance with another judgement than the stored one. */
export type Write = {
  name: string
  version: string
  delivery: DeliveryJudgement
  restriction: RestrictionJudgement
  /** The entries of the history, in their order. */
  entries: { reason: JudgementReason; figures: Record<string, string | number> }[]
}

/**
 * Stores judgements and their entries of the history in one statement. Compare-and-set: a row that another process judged meanwhile
 * is not written, so each change has one event. Lock order as in every writer: instances by name, then the lock that orders
 * events. Returns the names that were written.
 *
 * Parameters: $1 moment, then arrays, one item an instance: $2 names, $3 versions, $4 states, $5 since, $6 reasons, $7 restricted
 * since, $8 until, $9 source; $10 the entries as JSON: [name, reason, evidence].
 */
const storeStatement: Statement = statement(
  'store_judgements',
  `with ${INSTANT},
locked as materialized (
  select n.*, ${JUDGED} present
  from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[])
    n(nome, "version", state, since, reason, restricted_since, restricted_until, restriction_source)
  join public.whatsapp_instances i on i.nome = n.nome
  where i.removida_em is null
  order by i.nome for no key update of i),
updated as (
  update public.whatsapp_instances w
  set entrega = locked.state, entrega_desde = locked.since, entrega_motivo = locked.reason,
    restrita_desde = locked.restricted_since, restrita_ate = locked.restricted_until, restrita_fonte = locked.restriction_source
  from locked where w.nome = locked.nome and locked.present = locked."version" and (select count(*) from locked) >= 0
  returning w.nome, w.status, zapfleet.instance_facts(w) facts),
inserted as (
  insert into zapfleet.events (id, type, instance_name, at, from_status, to_status, reason, evidence, facts)
  select zapfleet.next_event_id(), 'status', updated.nome, moment.at, updated.status, updated.status, e.entry ->> 1, e.entry -> 2, updated.facts
  from moment cross join json_array_elements($10::json) with ordinality e(entry, place) join updated on updated.nome = e.entry ->> 0
  order by e.place
  returning 1)
select nome from updated where (select count(*) from inserted) >= 0`,
)

/** @returns the names that were written; another process judged the others meanwhile. @throws FleetError DATABASE_UNAVAILABLE */
export async function storeJudgements(fleet: DeliveryFleet, writes: readonly Write[]): Promise<Set<string>> {
  if (writes.length === 0) return new Set()
  const column = <Value>(value: (write: Write) => Value): Value[] => writes.map(value)
  const values = [
    fleet.clock(),
    column((write) => write.name),
    column((write) => write.version),
    column((write) => (write.delivery.state === 'unproven' ? null : write.delivery.state)),
    column((write) => write.delivery.since),
    column((write) => write.delivery.reason),
    column((write) => write.restriction.since),
    column((write) => write.restriction.until),
    column((write) => write.restriction.source),
    JSON.stringify(
      writes.flatMap(({ name, entries }) => entries.map(({ reason, figures }) => [name, reason, figures])),
    ),
  ]
  const rows = await repeatUndone(() => fleet.sql.run<{ nome: string }>(storeStatement, values))
  return new Set(rows.map((row) => row.nome))
}
