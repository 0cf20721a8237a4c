import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ADMIN_KEY, type FleetApi, mutate, query, startFleetApi } from './fleet-api.ts'

let api: FleetApi
let north: Simulator
let south: Simulator

// biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of the answers
const data = ({ body }: { body: any }): any => body.result.data
const servers = async (key = ADMIN_KEY) => data(await query(api, 'fleet.conditions', {}, key)).servers

async function keyOf(pool: string): Promise<string> {
  const made = await mutate(api, 'key.create', { label: `of ${pool}`, role: 'viewer', pools: [pool] })
  return data(made).secret
}

beforeAll(async () => {
  ;[api, north, south] = await Promise.all([startFleetApi(), startSimulator(), startSimulator()])
})
afterAll(() => Promise.all([api.close(), north.close(), south.close()]))

it('has each added server, and a key of a pool only those that have numbers of its pool', async () => {
  await mutate(api, 'instance.create', { name: 'home-1', tags: ['home'] })
  expect(await servers()).toEqual([])
  for (const [name, { url, apiKey }] of Object.entries({ north, south }))
    expect((await mutate(api, 'server.add', { name, url, apiKey })).status).toBe(200)
  await mutate(api, 'instance.create', { name: 'north-1', tags: ['cold'], server: 'north' })
  await mutate(api, 'instance.create', { name: 'south-1', tags: ['warm'], server: 'south' })
  const well = { reachable: true, problem: null }
  expect(await servers()).toEqual([
    { name: 'north', ...well },
    { name: 'south', ...well },
  ])
  expect(await servers(await keyOf('cold'))).toEqual([{ name: 'north', ...well }])
  expect(await servers(await keyOf('home'))).toEqual([])
  expect((await mutate(api, 'instance.move', { name: 'south-1', server: 'north' })).status).toBe(200)
  expect(await servers(await keyOf('warm'))).toEqual([{ name: 'south', ...well }])
})

it('names a server that does not answer, and one whose key does not open', async () => {
  await south.close()
  await api.fleet.sql.prisma.server.updateMany({
    where: { name: 'north' },
    data: { sealedKey: 'not a sealed key' },
  })
  await api.fleet.servers.refresh()
  // A server is read at most once in 10 s.
  await expect
    .poll(() => servers(), { timeout: 30_000, interval: 1_000 })
    .toEqual([
      { name: 'north', reachable: false, problem: 'key_sealed' },
      { name: 'south', reachable: false, problem: 'unreachable' },
    ])
  const { evolution } = data(await query(api, 'fleet.conditions', {}))
  expect(evolution).toMatchObject({ reachable: true, problem: null })
})
