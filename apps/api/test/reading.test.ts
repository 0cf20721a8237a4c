import { afterAll, beforeAll, expect, it } from 'vitest'
import { ADMIN_KEY, BOT_KEY, type FleetApi, mutate, query, startFleetApi, VIEWER_KEY } from './fleet-api.ts'

let api: FleetApi

beforeAll(async () => {
  api = await startFleetApi()
  api.simulator.control.addInstance({ name: 'vendas-01' })
  await mutate(api, 'instance.import', {})
  await mutate(api, 'health.checkAll', {})
})
afterAll(() => api.close())

it('returns the label and the role of every key', async () => {
  const who = async (key: string) => (await query(api, 'key.whoAmI', {}, key)).body.result.data
  expect(await who(ADMIN_KEY)).toEqual({ role: 'admin', label: 'ADMIN_API_KEY' })
  expect(await who(BOT_KEY)).toEqual({ role: 'bot', label: 'BOT_API_KEY' })
  expect(await who(VIEWER_KEY)).toEqual({ role: 'viewer', label: 'a viewer' })
})

it('returns the order that reserve then follows, and what was sent', async () => {
  const input = { contactId: '5511987654321' }
  const told = (await query(api, 'instance.explain', input)).body.result.data
  expect(told).toEqual({
    chosen: 'vendas-01',
    own: null,
    candidates: [{ name: 'vendas-01', rank: 1, reason: null, availableAt: null }],
  })
  expect((await mutate(api, 'reservation.reserve', input)).body.result.data.instanceName).toBe('vendas-01')
  const activity = (await query(api, 'instance.activity', { name: 'vendas-01' })).body.result.data
  expect(activity.hours).toHaveLength(24)
  expect(activity.hours.at(-1)).toMatchObject({ sent: 1 })
  expect(activity.days).toHaveLength(7)
  expect(activity.days.at(-1)).toMatchObject({ sent: 1 })
  expect(activity.contacts).toBe(1)
  const { counts } = (await query(api, 'contact.counts', {})).body.result.data
  expect(counts).toEqual([{ name: 'vendas-01', contacts: 1 }])
})

it('lets a viewer read, and refuses a bot', async () => {
  for (const [path, input] of [
    ['instance.explain', {}],
    ['instance.activity', { name: 'vendas-01' }],
    ['contact.counts', {}],
    ['fleet.conditions', {}],
  ] as const) {
    expect((await query(api, path, input, VIEWER_KEY)).status, path).toBe(200)
    expect((await query(api, path, input, BOT_KEY)).body.error.data.fleet.code, path).toBe('FORBIDDEN')
  }
})

it('returns the conditions of the fleet: Evolution, polling, time zone', async () => {
  const look = async () => (await query(api, 'fleet.conditions', {})).body.result.data
  expect(await look()).toEqual({
    evolution: { reachable: true, problem: null, simulated: true, version: '2.3.6' },
    servers: [],
    polling: { alive: false, lastRoundAt: expect.any(String) },
    // It sent, and no event arrived.
    events: { source: null, coveredNumbers: [], blindNumbers: ['vendas-01'], lastEventAt: null },
    messages: { queued: 0, sending: 0, scheduled: 0, oldestAt: null, senders: 0 },
    timeZone: 'America/Sao_Paulo',
    defaultCountry: 'BR',
    version: '1.2.3',
  })
  const addRun = (secondsAgo: number) =>
    api.fleet.sql.prisma.$executeRaw`insert into zapfleet.job_runs (job, holder, started_at)
      values ('health-poll', 'a', clock_timestamp() - ${secondsAgo} * interval '1 second')`
  // Each five minutes, and the last a quarter of an hour ago.
  await addRun(1300)
  await addRun(1000)
  expect((await look()).polling.alive).toBe(false)
  await addRun(700)
  expect((await look()).polling.alive).toBe(true)
})

it('reports that the database of Evolution does not answer while Evolution does', async () => {
  const lost = await startFleetApi()
  lost.simulator.control.addInstance({ name: 'vendas-01' })
  await mutate(lost, 'instance.import', {})
  lost.simulator.control.databaseAway(true)
  const { evolution } = (await query(lost, 'fleet.conditions', {})).body.result.data
  expect(evolution).toEqual({ reachable: true, problem: 'database_away', simulated: true, version: '2.3.6' })
  await lost.close()
})

it('reports that the licence of Evolution is not activated, also while the key counts as accepted', async () => {
  const unlicensed = await startFleetApi()
  const { control } = unlicensed.simulator
  control.addInstance({ name: 'vendas-01' })
  await mutate(unlicensed, 'instance.import', {})
  const problem = async () =>
    (await query(unlicensed, 'fleet.conditions', {})).body.result.data.evolution.problem
  expect(await problem()).toBeNull()
  control.unlicensed(true)
  // The conditions are read at most once in 10 s.
  await expect.poll(problem, { timeout: 60_000, interval: 1_000 }).toBe('unlicensed')
  expect((await query(unlicensed, 'fleet.conditions', {})).body.result.data.evolution).toEqual({
    reachable: true,
    problem: 'unlicensed',
    simulated: true,
    version: '2.3.6',
  })
  const refused = await mutate(unlicensed, 'instance.restart', { name: 'vendas-01' })
  expect(refused.status).toBe(502)
  expect(refused.body.error.data.fleet).toEqual({
    code: 'EVOLUTION_REFUSED',
    nextStep: 'activate_licence',
  })
  control.unlicensed(false)
  await expect.poll(problem, { timeout: 60_000, interval: 1_000 }).toBeNull()
  await unlicensed.close()
})

it('reports that Evolution does not answer', async () => {
  const alone = await startFleetApi()
  await alone.simulator.close()
  const { evolution } = (await query(alone, 'fleet.conditions', {})).body.result.data
  expect(evolution).toEqual({
    reachable: false,
    problem: 'unreachable',
    simulated: false,
    version: null,
  })
  await alone.close()
})
