import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  type Fleet,
  fleetStats,
  getInstance,
  instanceHistory,
  recordSend,
  reserve,
  resetDailyCounters,
  setRestriction,
  updateInstance,
} from '../../src/index.ts'
import { advanceRamps } from '../../src/schedule/advance-ramps.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { fleet, another, sql, clock } = await testFleet()
const other = await another()
const PATIENT = { deadlineMs: 60_000 }

/** A local time of March 2026 in São Paulo, three hours behind UTC. Day 1 is March 1. */
const setTime = (day: number, time: string): void => {
  clock.at = new Date(Date.parse(`2026-03-01T${time}-03:00`) + (day - 1) * 86_400_000)
}
const begin = (name: string, ramp = { from: 10, to: 100, days: 21 }, on: Fleet = fleet) =>
  updateInstance(callOf(on), { name, ramp })
const rampOf = async (name: string, on: Fleet = fleet) => (await getInstance(on, { name })).ramp
const midnight = async (day: number, on: Fleet = fleet) => {
  setTime(day, '00:00:00.100')
  return resetDailyCounters(on)
}

/** Another status or delivery, and its event, as a health round or a judgement stores them. */
async function become(name: string, set: string, reason: string): Promise<void> {
  await sql(
    `with before as (select status from whatsapp_instances where nome = $1),
     changed as (update whatsapp_instances w set ${set} where nome = $1 returning w.nome, w.status, zapfleet.instance_facts(w) facts)
     insert into zapfleet.events (id, type, instance_name, at, from_status, to_status, reason, facts)
     select zapfleet.next_event_id(), 'status', nome, $2, before.status, changed.status, $3, facts from changed, before`,
    [name, clock.at, reason],
  )
}

const rampEvents = (name: string) =>
  sql(
    `select type, reason, evidence, facts -> 'rampa' ->> 'day' as day from zapfleet.events where instance_name = $1 and evidence ->> 'source' = 'time' order by id`,
    [name],
  )

beforeEach(async () => {
  await clearFleet(sql)
  await sql('truncate zapfleet.events, zapfleet.hourly_sends')
  await addInstances(sql, ['a'], { hour: 1_000, day: 1_000 })
  setTime(1, '09:00')
})

it('grows from 10 to 100 in 21 days, and stays there', async () => {
  await begin('a')
  const limits: (number | undefined)[] = []
  for (let day = 1; day <= 23; day++) {
    if (day > 1) await midnight(day)
    limits.push((await rampOf('a'))?.limitToday)
    setTime(day, '12:00')
    await recordSend(fleet, { name: 'a' })
  }
  expect([limits[0], limits[7], limits[10], limits[20], limits[22]]).toEqual([10, 41, 55, 100, 100])
  expect(await rampOf('a')).toMatchObject({ day: 21, limitToday: 100, heldBecause: null })
  expect(await rampEvents('a')).toHaveLength(20)
})

it('a restriction on day 8 holds day 9 at 41; the night after it goes to 46, and history and events name both', async () => {
  await begin('a')
  for (let day = 1; day <= 9; day++) {
    if (day > 1) await midnight(day)
    setTime(day, '12:00')
    await recordSend(fleet, { name: 'a' })
    if (day === 8) {
      await setRestriction(callOf(fleet), { name: 'a', until: null })
      setTime(day, '15:00')
      await setRestriction(callOf(fleet), { name: 'a', restricted: false })
    }
  }
  expect(await rampOf('a')).toMatchObject({ day: 8, limitToday: 41, heldBecause: 'RESTRICTED' })
  await midnight(10)
  expect(await rampOf('a')).toMatchObject({ day: 9, limitToday: 46, heldBecause: null })
  expect((await rampEvents('a')).slice(-2)).toEqual([
    {
      type: 'settings',
      reason: 'RAMP_HELD',
      evidence: { source: 'time', changed: ['ramp'], day: 8, limitToday: 41, heldBecause: 'RESTRICTED' },
      day: '8',
    },
    {
      type: 'settings',
      reason: 'RAMP_ADVANCED',
      evidence: { source: 'time', changed: ['ramp'], day: 9, limitToday: 46 },
      day: '9',
    },
  ])
  const history = await instanceHistory(fleet, { name: 'a' })
  expect(history.slice(0, 4).map(({ reason }) => reason)).toEqual([
    'RAMP_ADVANCED',
    'RAMP_HELD',
    'UNRESTRICTED',
    'RESTRICTED',
  ])
  expect(history[0]).toMatchObject({ from: 'connected', to: 'connected', evidence: { limitToday: 46 } })
})

it('lowers what the claims grant and what is counted as capacity, from midnight on', async () => {
  await begin('a', { from: 1, to: 3, days: 3 })
  await reserve(fleet, { contactId: 'x' }, PATIENT)
  expect((await getInstance(fleet, { name: 'a' })).loadPercent).toBe(100)
  await expect(reserve(other, { contactId: 'y' }, PATIENT)).rejects.toMatchObject({
    reasons: { DAILY_LIMIT: 1 },
  })
  await midnight(2)
  expect((await fleetStats(fleet)).day).toEqual({ capacity: 2, sent: 0, remaining: 2, usedPercent: 0 })
  for (const contactId of ['y', 'z']) await reserve(other, { contactId }, PATIENT)
  await expect(reserve(other, { contactId: 'w' }, PATIENT)).rejects.toMatchObject({
    reasons: { DAILY_LIMIT: 1 },
  })
})

describe('nights that no scheduler saw', () => {
  it('have one event, with how many they are', async () => {
    await begin('a')
    await recordSend(fleet, { name: 'a' })
    await midnight(5)
    expect(await rampEvents('a')).toMatchObject([
      { reason: 'RAMP_ADVANCED', evidence: { day: 4, limitToday: 23, nights: 4, heldBecause: 'SILENT' } },
    ])
  })

  it('hold the ramp where they are more than the history of sends has', async () => {
    await begin('a')
    await recordSend(fleet, { name: 'a' })
    setTime(100, '12:00')
    await recordSend(fleet, { name: 'a' })
    await midnight(101)
    expect(await rampOf('a')).toMatchObject({ day: 2, limitToday: 14, heldBecause: null })
  })
})

describe('a run', () => {
  it('of several schedulers at once advances each ramp once, with one event', async () => {
    const names = Array.from({ length: 450 }, (_, n) => `n${n}`)
    await addInstances(sql, names)
    for (const name of ['a', ...names.slice(0, 3)]) await begin(name)
    await sql(`update whatsapp_instances set rampa = (select rampa from whatsapp_instances where nome = 'a')`)
    setTime(2, '00:00:01')
    const runs = await Promise.all([fleet, other, fleet, other].map(advanceRamps))
    expect(runs.reduce((sum, { changed }) => sum + changed, 0)).toBe(451)
    expect(
      await sql(
        `select count(*)::int n, min(reason) reason from zapfleet.events where evidence ->> 'source' = 'time'`,
      ),
    ).toEqual([{ n: 451, reason: 'RAMP_ADVANCED' }])
    expect(await sql(`select distinct rampa ->> 'limitToday' as today from whatsapp_instances`)).toEqual([
      { today: '14' },
    ])
    expect(await advanceRamps(fleet)).toEqual({ changed: 0 })
  })

  it('keeps a ramp that begins between its reading and its writing', async () => {
    await begin('a')
    setTime(2, '00:00:01')
    const slow: Fleet = {
      ...fleet,
      sql: {
        ...fleet.sql,
        run: async (...call: Parameters<Fleet['sql']['run']>) => {
          if (call[0].name.startsWith('zapfleet_store_ramps')) await begin('a', { from: 20, to: 40, days: 5 })
          return fleet.sql.run(...call)
        },
      } as Fleet['sql'],
    }
    expect(await advanceRamps(slow)).toEqual({ changed: 0 })
    expect(await rampOf('a')).toMatchObject({ from: 20, day: 1, limitToday: 20, startedOn: '2026-03-02' })
  })

  it('skips a removed number, and a ramp that another program wrote and that is none', async () => {
    await addInstances(sql, ['gone', 'odd'])
    for (const name of ['a', 'gone']) await begin(name)
    await sql(`update whatsapp_instances set removida_em = now() where nome = 'gone'`)
    await sql(`update whatsapp_instances set rampa = '{"advancedOn":"1","limitToday":5}' where nome = 'odd'`)
    setTime(2, '00:00:01')
    expect(await advanceRamps(fleet)).toEqual({ changed: 1 })
    expect((await rampOf('a'))?.day).toBe(2)
  })

  it('that holds the ramp once more for the same reason moves on without an event', async () => {
    await begin('a')
    await become('a', `status = 'banned'`, 'BANNED')
    for (const day of [2, 3, 4]) await midnight(day)
    expect(await rampEvents('a')).toMatchObject([{ reason: 'RAMP_HELD' }])
    expect(await sql(`select rampa ->> 'advancedOn' as on from whatsapp_instances`)).toEqual([
      { on: '2026-03-04' },
    ])
  })
})
