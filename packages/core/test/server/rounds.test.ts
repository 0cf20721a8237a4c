import { createEvolution } from '@zapfleet/evolution'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { beforeEach, expect, it } from 'vitest'
import {
  addServer,
  callOf,
  checkAllInstances,
  importInstances,
  readConditions,
  runRound,
} from '../../src/index.ts'
import { clearRounds, eventsOf, statuses } from '../health/rounds.ts'
import { severalServers } from './several-servers.ts'

const { fleet, sql, simulators, another } = await severalServers(['b'])
const [a, b] = simulators as [Simulator, Simulator]
const call = callOf(fleet)
const NAMES = Array.from({ length: 8 }, (_, at) => at)

beforeEach(async () => {
  await clearRounds(sql)
  for (const { control } of simulators) {
    await control.outage(null)
    for (const { name } of control.instances()) control.removeInstance(name)
  }
  for (const at of NAMES) {
    a.control.addInstance({ name: `a${at}` })
    b.control.addInstance({ name: `b${at}` })
  }
  await importInstances(call, {})
  await sql('delete from zapfleet.events')
})

const ofServer = async (letter: string): Promise<string[]> =>
  Object.entries(await statuses(sql))
    .filter(([name]) => name.startsWith(letter))
    .map(([, status]) => status)

it('a server that is killed changes no number of another; its own read unknown after two silent rounds', async () => {
  await b.control.outage('refuse')
  await checkAllInstances(call)
  expect(new Set(await ofServer('b'))).toEqual(new Set(['connected null']))
  await checkAllInstances(call)
  expect(new Set(await ofServer('b'))).toEqual(new Set(['unknown EVOLUTION_UNREACHABLE']))
  expect(new Set(await ofServer('a'))).toEqual(new Set(['connected null']))
  expect((await eventsOf(sql)).filter((line) => line.includes(' a'))).toEqual([])
  expect((await readConditions(call)).evolution.problem).toBeNull()
  await b.control.outage(null)
  await checkAllInstances(call)
  expect(new Set(await ofServer('b'))).toEqual(new Set(['connected null']))
})

it('a round returns how many numbers of all servers got another status', async () => {
  expect(await runRound(call)).toEqual({ changed: 0 })
  await b.control.outage('refuse')
  expect(await runRound(call)).toEqual({ changed: 0 })
  a.control.removeInstance('a0')
  expect(await runRound(call)).toEqual({ changed: NAMES.length + 1 })
})

it('a server that hangs delays no round of another, once it was silent', async () => {
  let isHanging = false
  let close = (): void => {}
  const unanswered = new Promise<never>((_, reject) => {
    close = () => reject(new Error('closed'))
  })
  unanswered.catch(() => {})
  const hanging = await another({
    openEvolution: (server) => ({
      ...createEvolution(server),
      connectionState: async () => {
        if (isHanging) return unanswered
        throw new Error('connection refused')
      },
      close: async () => close(),
    }),
  })
  await checkAllInstances(callOf(hanging), { skipSilent: true })
  isHanging = true
  a.control.ban('a0')
  await checkAllInstances(callOf(hanging), { skipSilent: true })
  expect((await statuses(sql)).a0).toBe('banned BANNED')
  a.control.ban('a1')
  await checkAllInstances(callOf(hanging), { skipSilent: true })
  expect((await statuses(sql)).a1).toBe('banned BANNED')
  expect(new Set(await ofServer('b'))).toEqual(new Set(['connected null']))
})

it('a mass fall on one server holds only its own numbers', async () => {
  b.control.whatsappOutage(true)
  a.control.drop('a0')
  await checkAllInstances(call)
  expect(new Set(await ofServer('b'))).toEqual(new Set(['connected null']))
  expect((await statuses(sql)).a0).toMatch(/^(connecting|disconnected) /)
  const rows = (await sql(
    'select server, grace_until is not null held from zapfleet.server_rounds order by server',
  )) as unknown as { server: string; held: boolean }[]
  expect(rows).toEqual([
    { server: 'b', held: true },
    { server: 'default', held: false },
  ])
  b.control.whatsappOutage(false)
})

it('a wrong key and a lost licence of one server concern its numbers alone', async () => {
  b.control.unlicensed(true)
  await checkAllInstances(call)
  expect(new Set(await ofServer('b'))).toEqual(new Set(['unknown EVOLUTION_UNLICENSED']))
  expect(new Set(await ofServer('a'))).toEqual(new Set(['connected null']))
  b.control.unlicensed(false)
  await checkAllInstances(call)
  expect(new Set(await ofServer('b'))).toEqual(new Set(['connected null']))
  // A process without the secret cannot open the key: that is no disconnection either.
  const bare = await another({ sealer: null })
  await checkAllInstances(callOf(bare))
  await checkAllInstances(callOf(bare))
  expect(new Set(await ofServer('b'))).toEqual(new Set(['unknown EVOLUTION_REFUSES_KEY']))
  expect(new Set(await ofServer('a'))).toEqual(new Set(['connected null']))
})

it('reads numbers of a server that is not known as missing, so that no message waits for them', async () => {
  await sql("update whatsapp_instances set servidor = 'gone' where nome = 'b0'")
  await checkAllInstances(call)
  expect((await statuses(sql)).b0).toBe('disconnected NOT_ON_EVOLUTION')
})

it('reads no number of a server that was added a moment ago on the default one', async () => {
  const stale = await another()
  await stale.servers.list()
  const c = await startSimulator({ timeScale: 0.01 })
  try {
    await addServer(call, { name: 'c', url: c.url, apiKey: c.apiKey })
    c.control.addInstance({ name: 'new-on-c' })
    await importInstances(call, {})
    await checkAllInstances(callOf(stale))
    expect((await statuses(sql))['new-on-c']).toBe('connected null')
  } finally {
    await c.close()
  }
})
