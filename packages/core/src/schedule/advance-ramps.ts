import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { statement } from '../ground/statement.ts'
import { readStoredRamp, type StoredRamp } from '../instance/ramp.ts'
import { nextRamp } from './next-ramp.ts'
import { KEEP_HOURS_MS } from './prune.ts'
import { SILENCE_MS } from './ramp-days.ts'
import { readRampEvidence } from './read-ramp-evidence.ts'

const DAY_MS = 86_400_000
/** Nights that are judged at most. The hours of sends are kept so long that the silence before each of them can be read. */
const NIGHTS = Math.floor((KEEP_HOURS_MS - SILENCE_MS) / DAY_MS)
/** Numbers of one statement: their rows are locked for some milliseconds. */
const SLICE = 200

/** The ramps that were advanced last before today. A date as YYYY-MM-DD compares like the date that it is. $1 moment, $2 time zone. */
const dueStatement = statement(
  'due_ramps',
  `with ${INSTANT}, day as (select to_char(moment.at at time zone $2::text, 'YYYY-MM-DD') today from moment)
select i.nome name, i.rampa ramp, day.today from public.whatsapp_instances i, day
where i.rampa is not null and i.removida_em is null and i.rampa ->> 'advancedOn' < day.today order by i.nome`,
)

/**
 * Compare-and-set on the whole ramp, which holds `advancedOn`: of two schedulers one writes, and a ramp that an admin begins meanwhile is
 * kept. The event is written where something that people see changed. $1 moment; arrays, one item a ramp: $2 names, $3 ramps as read,
 * $4 next ones, $5 reasons of the events, $6 how many nights were judged.
 */
const storeStatement = statement(
  'store_ramps',
  `with ${INSTANT},
locked as materialized (
  select n.* from unnest($2::text[], $3::jsonb[], $4::jsonb[], $5::text[], $6::int[]) n(nome, before, after, reason, nights)
  join public.whatsapp_instances i on i.nome = n.nome
  where i.removida_em is null and i.rampa = n.before order by i.nome for no key update of i),
updated as (
  update public.whatsapp_instances w set rampa = locked.after from locked
  where w.nome = locked.nome and w.rampa = locked.before and (select count(*) from locked) >= 0
  returning w.nome, w.status, locked.before, locked.after, locked.reason, locked.nights, zapfleet.instance_facts(w) facts),
recorded as (
  insert into zapfleet.events (id, type, instance_name, at, from_status, to_status, reason, evidence, facts)
  select zapfleet.next_event_id(), 'settings', u.nome, moment.at, u.status, u.status, u.reason,
    jsonb_strip_nulls(jsonb_build_object('source', 'time', 'changed', '["ramp"]'::jsonb, 'day', u.after -> 'day', 'limitToday', u.after -> 'limitToday',
      'heldBecause', u.after -> 'heldBecause', 'nights', case when u.nights > 1 then u.nights end)), u.facts
  from updated u, moment where u.before - 'advancedOn' <> u.after - 'advancedOn' order by u.nome returning 1)
select nome from updated where (select count(*) from recorded) >= 0`,
)

/**
 * Advances the ramps of the fleet to the present local day, by what is stored of each day since they were advanced last. A night that no
 * scheduler saw is judged later by the same evidence: the events of the number, and the hours in which it sent. More than 32 nights are not
 * judged, because their hours are removed: the oldest hold the ramp. May run twice, and in several processes: the second changes nothing.
 *
 * @returns how many ramps entered the present day
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function advanceRamps(fleet: Ground): Promise<{ changed: number }> {
  const rows = await fleet.sql.run<{ name: string; ramp: unknown; today: string }>(dueStatement, [
    fleet.clock(),
    fleet.timeZone,
  ])
  const due = rows.flatMap(({ name, ramp: stored, today }) => {
    const ramp = readStoredRamp(stored)
    return ramp === null || ramp.day >= ramp.days ? [] : [{ name, stored, ramp, today }]
  })
  let changed = 0
  for (let from = 0; from < due.length; from += SLICE)
    changed += await advanceSome(fleet, due.slice(from, from + SLICE))
  return { changed }
}

type Due = { name: string; stored: unknown; ramp: StoredRamp; today: string }

/** The later of two dates. */
function later(one: string, other: string): string {
  if (one > other) return one
  return other
}

async function advanceSome(fleet: Ground, due: readonly Due[]): Promise<number> {
  const today = due[0]?.today ?? ''
  const earliest = new Date(Date.parse(today) - NIGHTS * DAY_MS).toISOString().slice(0, 10)
  const evidence = await readRampEvidence(
    fleet,
    due.map(({ name, ramp: { advancedOn, startedOn } }) => ({
      name,
      firstDay: later(advancedOn, earliest),
      startedOn,
    })),
    today,
  )
  const writes = due.flatMap(({ name, stored, ramp }) => {
    const days = evidence.get(name)
    if (days === undefined) return []
    const next = nextRamp(ramp, days, today)
    const reason = next.day > ramp.day ? 'RAMP_ADVANCED' : 'RAMP_HELD'
    return [
      { name, before: JSON.stringify(stored), after: JSON.stringify(next), reason, nights: days.length },
    ]
  })
  const stored = await repeatUndone(() =>
    fleet.sql.run(storeStatement, [
      fleet.clock(),
      writes.map(({ name }) => name),
      writes.map(({ before }) => before),
      writes.map(({ after }) => after),
      writes.map(({ reason }) => reason),
      writes.map(({ nights }) => nights),
    ]),
  )
  return stored.length
}
