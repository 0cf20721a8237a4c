import { expect, it } from 'vitest'
import {
  callOf,
  getInstance,
  recordSend,
  resetDailyCounters,
  setRestriction,
  updateInstance,
} from '../../src/index.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { another, sql, clock } = await testFleet()
await sql(`update zapfleet.settings set value = 'America/New_York' where key = 'time_zone'`)
const [one, two] = await Promise.all([
  another({ timeZone: 'America/New_York' }),
  another({ timeZone: 'America/New_York' }),
])

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

/** The instant of a local time of New York. March 8, 2026 has 23 hours there, and November 1 has 25. */
const inZone = async (date: string, time: string): Promise<void> => {
  const [row] = await sql(`select $1::timestamp at time zone 'America/New_York' as at`, [`${date} ${time}`])
  clock.at = (row as unknown as { at: Date }).at
}
const hoursLater = (hours: number): number => (clock.at?.getTime() ?? 0) + hours * 3_600_000
const dates = (first: string) =>
  Array.from({ length: 15 }, (_, n) =>
    new Date(Date.parse(first) + n * 86_400_000).toISOString().slice(0, 10),
  )

/** Fifteen days of a number. `runs` is how many processes run the job in a night, 0 for none. */
async function live(first: string, runs: (night: number) => number) {
  await clearFleet(sql)
  await sql('truncate zapfleet.events, zapfleet.hourly_sends')
  await addInstances(sql, ['a'], { hour: 1_000, day: 1_000 })
  for (const [n, date] of dates(first).entries()) {
    await inZone(date, '00:00:00.1')
    const nights = Array.from({ length: runs(n) }, (_, k) => resetDailyCounters(k % 2 ? two : one))
    await Promise.all(nights)
    await inZone(date, '09:30')
    if (n === 0) await updateInstance(callOf(one), { name: 'a', ramp: { from: 10, to: 100, days: 21 } })
    // A ban over midnight, a restriction until an instant, a failure; and silence of days 9 to 12.
    if (n === 2) await become('a', `status = 'banned'`, 'BANNED')
    if (n === 3) await become('a', `status = 'connected'`, 'QR_SCANNED')
    if (n === 5)
      await setRestriction(callOf(one), { name: 'a', until: new Date(hoursLater(20)).toISOString() })
    if (n === 7) await become('a', `entrega = 'failing'`, 'NOT_DELIVERING')
    if (n === 7) await become('a', `entrega = null`, 'DELIVERING')
    await inZone(date, '23:30')
    if (n < 8 || n > 11) await recordSend(one, { name: 'a' })
  }
  const { ramp } = await getInstance(one, { name: 'a' })
  const [row] = await sql(`select rampa ->> 'advancedOn' as on from whatsapp_instances`)
  return { ...ramp, ...row }
}

it.each([
  ['a day of 23 hours amid the silence, which lasts 71 hours when day 11 ends', '2026-02-27', 9, 46],
  ['a day of 25 hours amid it, 73 hours', '2026-10-23', 8, 41],
])(
  'are caught up with what each night would have given, two schedulers at once too: %s',
  async (_what, first, day, limitToday) => {
    const nightly = await live(first, () => 1)
    // Held by the ban on days 3 and 4, by the restriction on 6 and 7, by the failure on 8, by silence on 12 and perhaps 11.
    expect(nightly).toMatchObject({ day, limitToday, heldBecause: null, on: dates(first)[14] })
    for (const runs of [
      (n: number) => (n === 14 ? 1 : 0),
      (n: number) => (n % 3 === 2 ? 4 : 0),
      (n: number) => (n < 3 || n > 12 ? 2 : 0),
    ])
      expect(await live(first, runs)).toEqual(nightly)
  },
)
