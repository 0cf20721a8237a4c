import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import { madeOnce } from '../../src/ground/made-once.ts'
import { shareFor } from '../../src/ground/share-for.ts'
import {
  addServer,
  callOf,
  checkAllInstances,
  createSealer,
  evaluateAlerts,
  importInstances,
  listAlerts,
} from '../../src/index.ts'
import { emptyTables, testFleet } from '../support/fleet.ts'

const [home, south] = await Promise.all([startSimulator(), startSimulator()])
const evolution = createEvolution(home)
const { fleet, sql, clock, another } = await testFleet({ evolution, sealer: createSealer('s'.repeat(32)) })
afterAll(async () => {
  await evolution.close()
  await Promise.all([home.close(), south.close()])
})

const SECOND = 1_000
const MINUTE = 60_000
const FALLEN = Array.from({ length: 50 }, (_, n) => `south-${String(n).padStart(2, '0')}`)

/** Rounds and evaluations, as the leading scheduler makes them. */
async function pass(ms: number, everyMs: number, by = fleet): Promise<void> {
  for (let passed = 0; passed < ms; passed += everyMs) {
    clock.at = new Date((clock.at as Date).getTime() + everyMs)
    await checkAllInstances(callOf(by))
    await evaluateAlerts(callOf(by))
  }
}

/** Each notice as its kind, and the rules and subjects that they report, in the order of their making. */
const notices = async () =>
  (
    await sql(
      `select n.kind || ' ' || string_agg(a.rule || ' ' || a.subject, ' ' order by a.subject) as text from zapfleet.alert_notices n
       join zapfleet.alerts a on a.id = any(n.alert_ids) group by n.id, n.kind, n.created_at order by n.created_at`,
    )
  ).map(({ text }) => text as unknown as string)

beforeAll(async () => {
  clock.set('2026-05-05T12:00:00Z')
  await sql(
    `insert into zapfleet.alert_routes (name, kind, address, min_severity, created_at) values ('ops', 'slack', '{}', 'warning', now())`,
  )
  await addServer(callOf(fleet), { name: 'south', url: south.url, apiKey: south.apiKey })
  for (const name of ['home-1', 'home-2']) home.control.addInstance({ name, state: 'open' })
  for (const name of FALLEN) south.control.addInstance({ name, state: 'open' })
  await importInstances(callOf(fleet), {})
})

it('a server with 50 numbers falls: one notice within a minute, and one when it is back; numbers of the other server are in none', async () => {
  await pass(15 * SECOND, 5 * SECOND)
  expect(await notices()).toEqual([])
  const fell = clock.at as Date
  await south.control.outage('refuse')
  await pass(MINUTE, 5 * SECOND)
  expect(await notices()).toEqual(['opened evolution_unreachable server:south'])
  const [{ openedAt = '' } = {}] = await listAlerts(fleet, { open: true, limit: 200 })
  expect(new Date(openedAt).getTime() - fell.getTime()).toBeLessThan(MINUTE)
  await pass(10 * MINUTE, 30 * SECOND)
  const open = await listAlerts(fleet, { open: true, limit: 200 })
  const outage = open.find(({ rule }) => rule === 'evolution_unreachable')
  expect(outage?.text.en).toMatch(/^The Evolution server "south" does not answer\n/)
  const down = open.filter(({ rule }) => rule === 'number_down')
  expect(down.map(({ subject }) => subject).sort()).toEqual(FALLEN)
  expect(new Set(down.map(({ cause }) => cause))).toEqual(new Set([outage?.id]))
  await south.control.outage(null)
  await pass(8 * MINUTE, 30 * SECOND)
  expect(await notices()).toEqual([
    'opened evolution_unreachable server:south',
    'closed evolution_unreachable server:south',
  ])
  expect(await listAlerts(fleet, { open: true, limit: 200 })).toEqual([])
})

/** Forgets the alerts, and lets rounds read all numbers again. */
async function mend(): Promise<void> {
  south.control.clearFaults()
  south.control.databaseAway(false)
  await pass(MINUTE, 30 * SECOND, await another())
  await emptyTables(sql, 'zapfleet.alerts, zapfleet.alert_notices')
}

const opened = async (): Promise<string[]> =>
  (await listAlerts(fleet, { open: true, limit: 200 }))
    .filter(({ cause }) => cause === null)
    .map(({ text }) => text.en.split('\n')[0] as string)

it('a server whose own database is away is an outage', async () => {
  await mend()
  south.control.databaseAway(true)
  await pass(MINUTE, 5 * SECOND, await another())
  expect(await opened()).toEqual(['The Evolution server "south" cannot reach its own database'])
  await mend()
})

const STRANGER = 'Another program answers in place of the Evolution server "south"'
const UNCLEAR = 'The answers of the Evolution server "south" are not understood'
const OWN_ERROR = { status: 500, error: 'Internal Server Error', response: { message: 'boom' } }

test.each([
  ['a page', { kind: 'html', code: 200 }, STRANGER],
  ['a page with 404', { kind: 'html', code: 404 }, STRANGER],
  ['a refusal with 403', { kind: 'status', code: 403, body: { error: 'Forbidden' } }, STRANGER],
  ['a limit with 429', { kind: 'status', code: 429, body: 'slow down' }, STRANGER],
  ["an error of Evolution's own", { kind: 'status', code: 500, body: OWN_ERROR }, UNCLEAR],
] as const)('a server that answers each call with %s is an outage', async (_, fault, text) => {
  await mend()
  // The reading of the server's database is shared for some seconds of real time, in which the minutes of this test pass or not.
  const by = { ...fleet, databaseChecks: madeOnce(() => shareFor<boolean>(Number.POSITIVE_INFINITY)) }
  await evaluateAlerts(callOf(by))
  south.control.fault(fault)
  await pass(5 * MINUTE, 15 * SECOND, by)
  expect(await opened()).toEqual([text])
  await mend()
})

it('an evaluation calls each server once, and no server without numbers, and reads the database of each at most once', async () => {
  const calls = ({ control }: typeof home) => control.calls({ route: 'instance' }).length
  const ofDatabase = ({ control }: typeof home) =>
    control.calls({}).length - calls({ control } as typeof home)
  const fresh = await another()
  for (const one of [home, south]) one.control.resetCalls()
  await evaluateAlerts(callOf(fresh))
  expect([calls(home), calls(south)]).toEqual([1, 1])
  await sql(`delete from whatsapp_instances where servidor is null`)
  await evaluateAlerts(callOf(fresh))
  expect([calls(home), calls(south)]).toEqual([1, 2])
  expect([ofDatabase(home), ofDatabase(south)]).toEqual([1, 1])
})
