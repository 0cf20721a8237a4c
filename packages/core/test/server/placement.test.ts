import type { Simulator } from '@zapfleet/simulator'
import { beforeEach, expect, it } from 'vitest'
import {
  addServer,
  callOf,
  closeFleet,
  createInstance,
  importInstances,
  listInstances,
  listServers,
  removeServer,
} from '../../src/index.ts'
import { emptyTables } from '../support/fleet.ts'
import { severalServers } from './several-servers.ts'

const { fleet, sql, another, simulators } = await severalServers(['b', 'c'])
const [first, b, c] = simulators as [Simulator, Simulator, Simulator]
const call = callOf(fleet)

beforeEach(async () => {
  await emptyTables(sql, 'whatsapp_instances, zapfleet.events, zapfleet.server_rounds, zapfleet.leftovers')
  for (const { control } of simulators) {
    for (const { name } of control.instances()) control.removeInstance(name)
    control.clearFaults()
    await control.outage(null)
  }
})

const numbersOf = async (): Promise<number[]> => (await listServers(call)).map(({ numbers }) => numbers)
const names = (simulator: Simulator): string[] => simulator.control.instances().map(({ name }) => name)

it('gives 100 new numbers to three servers, 34, 33 and 33, over two processes', async () => {
  const second = await another()
  const created = Array.from({ length: 100 }, (_, at) =>
    createInstance(callOf(at % 2 === 0 ? fleet : second), { name: `n${String(at).padStart(3, '0')}` }),
  )
  await Promise.all(created)
  expect(await numbersOf()).toEqual([34, 33, 33])
  expect(simulators.map((one) => names(one).length)).toEqual([34, 33, 33])
  for (const { name, server } of await listInstances(fleet, {})) {
    const at = { default: first, b, c }[server]
    expect(at && names(at)).toContain(name)
  }
  await closeFleet(second)
})

it('fills the emptiest server first, and leaves out one that does not answer', async () => {
  await createInstance(call, { name: 'one', server: 'b' })
  await createInstance(call, { name: 'two', server: 'b' })
  await c.control.outage('refuse')
  const third = await another()
  for (const name of ['three', 'four', 'five']) await createInstance(callOf(third), { name })
  expect(await numbersOf()).toEqual([3, 2, 0])
  await c.control.outage(null)
})

it('names the missing licence where servers answer and none can be used', async () => {
  await first.control.outage('refuse')
  for (const { control } of [b, c]) control.unlicensed(true)
  try {
    await expect(createInstance(callOf(await another()), { name: 'nowhere' })).rejects.toMatchObject({
      code: 'EVOLUTION_REFUSED',
      nextStep: 'activate_licence',
      message: expect.stringContaining('the licence of "b", "c" is not activated'),
    })
  } finally {
    for (const { control } of [b, c]) control.unlicensed(false)
  }
})

it('creates nothing where none of several servers answers, or the server is not known', async () => {
  for (const { control } of simulators) await control.outage('refuse')
  const alone = await another()
  await expect(createInstance(callOf(alone), { name: 'nowhere' })).rejects.toMatchObject({
    code: 'EVOLUTION_UNREACHABLE',
  })
  await expect(createInstance(call, { name: 'nowhere', server: 'd' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('"d"'),
  })
  expect(await sql('select nome from whatsapp_instances')).toEqual([])
})

it('completes an interrupted create on the server that was chosen, and refuses another one', async () => {
  b.control.fault({ kind: 'reset', match: { route: 'instance/create' }, times: 1 })
  await expect(createInstance(call, { name: 'kept', server: 'b' })).rejects.toMatchObject({
    isRegistered: true,
  })
  await expect(createInstance(call, { name: 'kept', server: 'c' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('instance.move'),
  })
  expect((await createInstance(call, { name: 'kept' })).instance.server).toBe('b')
  expect([names(first), names(b), names(c)]).toEqual([[], ['kept'], []])
})

it('reports that two servers are one Evolution, which listed nothing when the second was added', async () => {
  await addServer(call, { name: 'd', url: c.url.replace('127.0.0.1', 'localhost'), apiKey: c.apiKey })
  c.control.addInstance({ name: 'once' })
  const { imported, skipped } = await importInstances(call, { dryRun: true })
  await removeServer(call, { name: 'd' })
  expect([imported, skipped]).toEqual([
    [],
    [{ name: 'once', reason: expect.stringContaining('"c" and "d" are one Evolution with two addresses') }],
  ])
})

it('imports the instances of all servers, and reports a name that two of them have', async () => {
  first.control.addInstance({ name: 'alone' })
  b.control.addInstance({ name: 'other' })
  b.control.addInstance({ name: 'shared' })
  c.control.addInstance({ name: 'shared' })
  const dry = await importInstances(call, { dryRun: true })
  expect(await sql('select nome from whatsapp_instances')).toEqual([])
  const report = await importInstances(call, {})
  expect(report).toEqual(dry)
  expect(report).toEqual({
    imported: ['alone', 'other'],
    alreadyKnown: [],
    missingOnEvolution: [],
    skipped: [{ name: 'shared', reason: expect.stringContaining('the servers "b" and "c" both have') }],
  })
  expect((await listInstances(fleet, {})).map(({ name, server, status }) => [name, server, status])).toEqual([
    ['alone', 'default', 'connected'],
    ['other', 'b', 'connected'],
  ])
  // A registered name on a second server is a conflict as well, and no merge.
  c.control.addInstance({ name: 'alone' })
  expect(await importInstances(call, {})).toEqual({
    imported: [],
    alreadyKnown: ['alone', 'other'],
    missingOnEvolution: [],
    skipped: [
      { name: 'alone', reason: expect.stringContaining('the servers "default" and "c" both have') },
      { name: 'shared', reason: expect.stringContaining('both have') },
    ],
  })
  expect((await listInstances(fleet, {})).map(({ name, server }) => [name, server])).toEqual([
    ['alone', 'default'],
    ['other', 'b'],
  ])
})

it('imports from the servers that answer, and reports nothing as missing on one that does not', async () => {
  first.control.addInstance({ name: 'here' })
  b.control.addInstance({ name: 'there' })
  await importInstances(call, {})
  await b.control.outage('refuse')
  first.control.addInstance({ name: 'new' })
  expect(await importInstances(call, {})).toEqual({
    imported: ['new'],
    alreadyKnown: ['here'],
    missingOnEvolution: [],
    unread: [{ server: 'b', reason: expect.stringContaining('does not answer') }],
  })
})
