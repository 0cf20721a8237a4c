import { beforeEach, describe, expect, it } from 'vitest'
import { countContacts, readActivity, recordSend, reserve, resetHourlyCounters } from '../src/index.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from './support/fleet.ts'

const { fleet, sql, clock, another } = await testFleet()

beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(sql, 'zapfleet.hourly_sends, zapfleet.events')
})

async function send(name: string, count: number, at: string): Promise<void> {
  clock.set(at)
  for (let sent = 0; sent < count; sent++) await recordSend(fleet, { name })
}

/** Hours with sends, by their start. */
async function sentHours(name: string): Promise<Record<string, number>> {
  const { hours } = await readActivity(fleet, { name })
  expect(hours).toHaveLength(24)
  return Object.fromEntries(hours.filter(({ sent }) => sent > 0).map(({ at, sent }) => [at, sent]))
}

describe('the activity of an instance', () => {
  it('counts the sends of each hour, whether a claim, a recorded send or a reset moves the window', async () => {
    await addInstances(sql, ['a'])
    await send('a', 3, '2026-05-05T10:20:00Z')
    await send('a', 2, '2026-05-05T11:59:59Z')
    clock.set('2026-05-05T12:00:01Z')
    await reserve(fleet, {})
    clock.set('2026-05-05T14:10:00Z')
    await resetHourlyCounters(fleet)
    await send('a', 4, '2026-05-05T15:30:00Z')
    expect(await sentHours('a')).toEqual({
      '2026-05-05T10:00:00.000Z': 3,
      '2026-05-05T11:00:00.000Z': 2,
      '2026-05-05T12:00:00.000Z': 1,
      '2026-05-05T15:00:00.000Z': 4,
    })
    const rows = await sql('select hour, sent::int from zapfleet.hourly_sends order by hour')
    expect(rows.map((row) => row.sent)).toEqual([3, 2, 1])
  })

  it('includes what a row still counts for a past hour whose window was not moved', async () => {
    await addInstances(sql, ['a'])
    await send('a', 3, '2026-05-05T10:20:00Z')
    clock.set('2026-05-05T13:05:00Z')
    expect(await sentHours('a')).toEqual({ '2026-05-05T10:00:00.000Z': 3 })
  })

  it('sums the days of the local zone, and today is never less than its counter', async () => {
    await addInstances(sql, ['a'])
    // 02:30 UTC is still the day before in São Paulo.
    await send('a', 1, '2026-05-03T02:30:00Z')
    await send('a', 2, '2026-05-03T03:30:00Z')
    await send('a', 3, '2026-05-05T12:00:00Z')
    await sql(`update whatsapp_instances set msgs_enviadas_dia = 9 where nome = 'a'`)
    const { days } = await readActivity(fleet, { name: 'a' })
    expect(days.map(({ day, sent }) => `${day} ${sent}`)).toEqual([
      '2026-04-29 0',
      '2026-04-30 0',
      '2026-05-01 0',
      '2026-05-02 1',
      '2026-05-03 2',
      '2026-05-04 0',
      '2026-05-05 9',
    ])
  })

  it('lets a program without rights on our tables move a window on', async () => {
    await addInstances(sql, ['a'])
    await send('a', 2, '2026-05-05T10:20:00Z')
    await sql(`do $$ begin create role zf_test_bot; exception when duplicate_object then null; end $$`)
    await sql('grant select, update on whatsapp_instances to zf_test_bot')
    await sql('begin; set local role zf_test_bot; select incrementar_contador_instancia($$a$$); commit')
    const rows = await sql('select sent::int from zapfleet.hourly_sends')
    expect(rows).toEqual([{ sent: 2 }])
  })

  it('returns the share of time connected within the recorded time', async () => {
    await addInstances(sql, ['a', 'b'])
    clock.set('2026-05-05T12:00:00Z')
    expect((await readActivity(fleet, { name: 'b' })).uptime).toEqual({ day: null, week: null, since: null })
    const events: [string, string | null, string][] = [
      ['created', 'disconnected', '2026-05-01T12:00:00Z'],
      ['status', 'connected', '2026-05-02T12:00:00Z'],
      ['status', 'disconnected', '2026-05-05T00:00:00Z'],
      ['status', 'connected', '2026-05-05T06:00:00Z'],
    ]
    for (const [index, [type, to, at]] of events.entries())
      await sql(
        `insert into zapfleet.events (id, type, instance_name, at, to_status, facts) values ($1, $2, 'a', $4, $3, '{}')`,
        [index + 1, type, to, at],
      )
    const { uptime } = await readActivity(fleet, { name: 'a' })
    expect(uptime.day).toBeCloseTo(18 / 24, 5)
    expect(uptime.week).toBeCloseTo(66 / 96, 5)
  })

  it('is NOT_FOUND for a name that is not registered', async () => {
    await expect(readActivity(fleet, { name: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

it('counts contacts by their number: the column of clientes, otherwise the side table', async () => {
  await sql(
    `insert into clientes (id, instancia_preferida) values ('c1', 'a'), ('c2', 'b'), ('c3', ''), ('c4', null)`,
  )
  await sql(`insert into zapfleet.contacts values ('c1', 'b'), ('c3', 'b'), ('s1', 'a'), ('s2', null)`)
  // Counts are cached for some seconds, so each reading uses a process of its own.
  expect((await countContacts(await another())).counts).toEqual([
    { name: 'a', contacts: 2 },
    { name: 'b', contacts: 2 },
  ])
})
