import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { SERVER } from '../instance/counters-sql.ts'
import { DEFAULT_SERVER } from '../server/server-names.ts'

/**
 * How long a server keeps an instance that moved away: messages that were granted before the move are sent there until then. A send takes at
 * most 75 s.
 */
const KEPT_FOR = `interval '2 minutes'`

/**
 * Changes the server of an instance, and writes the event. $1 the moment handed in, $2 name; further ones by the caller. `w` is the new row and
 * `locked` the one before.
 *
 * @param set the changes, and `when` they are made
 * @param left the server that is to delete the instance, from when on, and until when it served it
 */
function moveStatement(
  label: string,
  {
    set,
    when,
    changed,
    left,
    reason = 'null',
  }: { set: string; when: string; changed: string; left?: string; reason?: string },
): Statement {
  const leaves = left
    ? `
leaves as (
  insert into zapfleet.leftovers (instance_name, server, due_at, served_until) select moved.nome, ${left} from moved, moment
  on conflict (instance_name, server) do update set due_at = excluded.due_at, served_until = excluded.served_until returning 1),`
    : ''
  return statement(
    label,
    `with ${INSTANT},
locked as materialized (
  select i.nome, ${SERVER} server, i.mudando_para target from public.whatsapp_instances i
  where i.nome = $2::text and i.removida_em is null for no key update of i),
moved as (
  update public.whatsapp_instances w set ${set} from locked where w.nome = locked.nome and ${when}
  returning w.nome, w.status, locked.server, locked.target, zapfleet.instance_facts(w) facts),${leaves}
recorded as (
  insert into zapfleet.events (id, type, instance_name, at, from_status, to_status, reason, evidence, facts)
  select zapfleet.next_event_id(), 'settings', moved.nome, moment.at, moved.status, moved.status, ${reason}, jsonb_build_object('source', 'admin', 'changed', '${changed}'::jsonb,
    'from', moved.server, 'to', moved.target), moved.facts
  from moved, moment returning 1)
select moved.nome from moved where (select count(*) from recorded) >= 0`,
  )
}

const beginStatement = moveStatement('begin_move', {
  set: 'mudando_para = $3::text',
  when: 'locked.target is null and locked.server <> $3::text',
  changed: '["movingTo"]',
})

const cancelStatement = moveStatement('cancel_move', {
  set: 'mudando_para = null',
  when: 'locked.target is not null',
  changed: '["movingTo"]',
  left: 'moved.target, moment.at, null',
})

const giveUpStatement = moveStatement('give_up_move', {
  set: 'mudando_para = null',
  when: 'locked.target is not null',
  changed: '["movingTo"]',
})

const endStatement = moveStatement('end_move', {
  set: `servidor = nullif($3::text, '${DEFAULT_SERVER}'), mudando_para = null`,
  when: 'locked.target = $3::text',
  changed: '["server", "movingTo"]',
  reason: `'MOVED'`,
  left: `moved.server, moment.at + ${KEPT_FOR}, moment.at`,
})

/** Stores that the instance moves to this server. False: it moves already, or is there. @throws FleetError DATABASE_UNAVAILABLE */
export const beginMove = (fleet: Ground, name: string, server: string): Promise<boolean> =>
  changes(fleet, beginStatement, [name, server])

/**
 * Ends the move of an instance that does not take place: its target deletes what it has of it. False: it does not move.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export const cancelMove = (fleet: Ground, name: string): Promise<boolean> =>
  changes(fleet, cancelStatement, [name])

/** The same where what its target has of the name is another's: nothing is deleted there. @throws FleetError DATABASE_UNAVAILABLE */
export const giveUpMove = (fleet: Ground, name: string): Promise<boolean> =>
  changes(fleet, giveUpStatement, [name])

/**
 * Stores that the instance is served from the server that it moved to; the one before deletes it two minutes later. False: another call
 * did so, or the move was cancelled.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export const endMove = (fleet: Ground, name: string, server: string): Promise<boolean> =>
  changes(fleet, endStatement, [name, server])

async function changes(fleet: Ground, what: Statement, values: readonly string[]): Promise<boolean> {
  return (await fleet.sql.run(what, [fleet.clock(), ...values])).length > 0
}
