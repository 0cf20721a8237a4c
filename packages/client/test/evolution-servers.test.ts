import { inspect } from 'node:util'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createEvolutionSender,
  createFleetClient,
  type EvolutionSenderOptions,
  type FleetClient,
  isFleetError,
  isNotSent,
  type SendFailure,
} from '../src/index.ts'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

let fleet: TestFleet
let second: Simulator
let bot: FleetClient

beforeAll(async () => {
  fleet = await startTestFleet()
  second = await startSimulator({ timeScale: 0.01 })
  bot = createFleetClient({ url: fleet.url, apiKey: BOT_KEY })
  await fleet.admin.server.add.mutate({ name: 'evolution-2', url: second.url, apiKey: second.apiKey })
  fleet.simulator.control.addInstance({ name: 'here' })
  second.control.addInstance({ name: 'there' })
  await fleet.admin.instance.import.mutate({})
  await fleet.admin.health.checkAll.mutate({})
})
beforeEach(() => {
  for (const { control } of [fleet.simulator, second]) control.clearFaults()
})
afterAll(async () => {
  await second?.close()
  await fleet?.close()
})

const first = (): EvolutionSenderOptions => ({
  url: fleet.simulator.url,
  apiKey: fleet.simulator.apiKey,
  startGraceMs: 0,
})
const both = (): EvolutionSenderOptions => ({
  ...first(),
  servers: { 'evolution-2': { url: second.url, apiKey: second.apiKey } },
})
const message = { number: '5511987654321', text: 'Olá!' }

let people = 0
const newPerson = (): string => `55119${String(70_000_000 + people++)}`

/** The servers whose simulators sent to a contact. */
const sentBy = (number: string): string[] =>
  Object.entries({ default: fleet.simulator, 'evolution-2': second }).flatMap(([server, { control }]) =>
    control
      .sent()
      .filter((one) => one.number === number)
      .map(() => server),
  )

const errorOf = (outcome: Promise<unknown>): Promise<Error & { elsewhere?: boolean }> =>
  outcome.then(
    () => {
      throw new Error('expected an error')
    },
    (error: Error) => error,
  )

describe('a message by the server of its number', () => {
  it.each([
    ['here', 'default', 'there'],
    ['there', 'evolution-2', 'here'],
  ])('of %s is sent through %s by withInstance', async (name, server, other) => {
    const evolution = createEvolutionSender(both())
    const number = newPerson()
    const served = await bot.withInstance({ contactId: number, exclude: [other] }, async (instance) => {
      await evolution.sendText(instance, { number, text: 'Olá!' })
      return { name: instance.name, server: instance.server, reservation: instance.reservation.server }
    })
    expect(served).toEqual({ name, server, reservation: server })
    expect(sentBy(number)).toEqual([server])
  })

  it('is sent as media, and by a bot that reserves itself, by the server of the reservation', async () => {
    const evolution = createEvolutionSender(both())
    const number = newPerson()
    const reservation = await bot.reservation.reserve.mutate({ exclude: ['here'] })
    const media = { kind: 'document', base64: 'UERG', fileName: 'a.pdf' } as const
    await evolution.sendMedia({ name: reservation.instanceName, reservation }, { number, media })
    await evolution.sendText({ name: 'there', server: 'evolution-2' }, { number, text: 'Olá!' })
    await evolution.sendText({ name: 'here' }, { number, text: 'Olá!' })
    expect(sentBy(number)).toEqual(['default', 'evolution-2', 'evolution-2'])
  })
})

describe('a server without address and key', () => {
  it('sends nothing, and a number of another server is tried', async () => {
    const evolution = createEvolutionSender(first())
    const number = newPerson()
    await fleet.admin.contact.setPreference.mutate({ id: number, instanceName: 'there' })
    const tried: string[] = []
    const served = await bot.withInstance({ contactId: number, failover: 1 }, async (instance) => {
      tried.push(instance.name)
      await evolution.sendText(instance, { number, text: 'Olá!' })
      return instance.name
    })
    expect([served, tried, sentBy(number)]).toEqual(['here', ['there', 'here'], ['default']])
  })

  it('is named in the error, with what to add, and the seat is given back', async () => {
    const evolution = createEvolutionSender(first())
    const before = await fleet.admin.instance.get.query({ name: 'there' })
    const error = await errorOf(
      bot.withInstance({ exclude: ['here'] }, (instance) => evolution.sendText(instance, message)),
    )
    expect(isFleetError(error, 'NOT_SENT')).toBe(true)
    expect(error.message).toContain(
      'there: nothing was sent, because it is on the Evolution server "evolution-2"',
    )
    expect(error.message).toContain("servers: { 'evolution-2': { url, apiKey } }")
    expect((await fleet.admin.instance.get.query({ name: 'there' })).sentToday).toBe(before.sentToday)
  })
})

describe('a server that cannot send', () => {
  it.each([
    ['is not licensed', 'unlicensed', () => ({ url: second.url, apiKey: second.apiKey })],
    ['refuses the key', 'key_refused', () => ({ url: second.url, apiKey: 'not-the-key' })],
    ['has another address', 'wrong_address', () => ({ url: `${second.url}/old`, apiKey: second.apiKey })],
    ['does not answer', 'unreachable', () => ({ url: 'http://evolution.invalid', apiKey: second.apiKey })],
  ])(
    'because it %s: a number of another server may be tried, where the sender has one',
    async (_what, why, server) => {
      second.control.unlicensed(why === 'unlicensed')
      try {
        const one = createEvolutionSender({ startGraceMs: 0, ...server() })
        const several = createEvolutionSender({ ...first(), servers: { 'evolution-2': server() } })
        for (const [sender, name, elsewhere] of [
          [one, 'default', false],
          [several, 'evolution-2', true],
        ] as const) {
          const error = await errorOf(sender.sendText({ name: 'there', server: name }, message))
          expect([isNotSent(error), error.elsewhere]).toEqual([true, elsewhere])
          expect((error.cause as SendFailure).verdict).toMatchObject({ sent: 'no', why })
        }
      } finally {
        second.control.unlicensed(false)
      }
    },
  )

  it('lets withInstance send by a number of another server', async () => {
    const evolution = createEvolutionSender(both())
    const number = newPerson()
    await fleet.admin.contact.setPreference.mutate({ id: number, instanceName: 'there' })
    second.control.unlicensed(true)
    try {
      const name = await bot.withInstance({ contactId: number, failover: 1 }, async (instance) => {
        await evolution.sendText(instance, { number, text: 'Olá!' })
        return instance.name
      })
      expect([name, sentBy(number)]).toEqual(['here', ['default']])
    } finally {
      second.control.unlicensed(false)
    }
  })

  it('keeps what no number can send as it is', async () => {
    const empty = { number: newPerson(), text: ' ' }
    const error = await errorOf(createEvolutionSender(both()).sendText({ name: 'here' }, empty))
    expect(error.elsewhere).toBe(false)
  })

  it('has a start grace of its own: a lost line on another server is not waited for', async () => {
    let answered = 0
    const counting: typeof fetch = async (...request) => {
      const response = await fetch(...request)
      answered++
      return response
    }
    const evolution = createEvolutionSender({ ...both(), startGraceMs: 600_000, fetch: counting })
    second.control.addInstance({ name: 'booting' })
    fleet.simulator.control.addInstance({ name: 'lost', state: 'close' })
    second.control.restartEvolution({ absentMs: 2_000 })
    const waiting = evolution.sendText({ name: 'booting', server: 'evolution-2' }, message)
    await vi.waitFor(() => expect(answered).toBeGreaterThan(1), { timeout: 30_000, interval: 5 })
    const error = await errorOf(evolution.sendText({ name: 'lost' }, message))
    expect((error.cause as SendFailure).verdict).toMatchObject({ why: 'line_down' })
    expect(await waiting).toMatchObject({ messageId: expect.stringMatching(/^3EB0/) })
  })
})

describe('the options of servers', () => {
  const KEY = 'planted secret'
  it.each([
    ['the default server again', { default: { url: 'http://a', apiKey: 'k' } }, 'are url and apiKey'],
    ['a name that no server has', { 'evolution 2': { url: 'http://a', apiKey: 'k' } }, 'got "evolution 2"'],
    ['no address', { b: { url: '', apiKey: 'k' } }, 'servers.b: url: expected an address'],
    ['no key', { b: { url: 'http://a', apiKey: '' } }, 'servers.b: apiKey: expected a key, got nothing'],
    ['a key with a blank', { b: { url: 'http://a', apiKey: KEY } }, 'servers.b: apiKey: expected visible'],
    ['nothing', { b: undefined }, 'servers.b: url: expected an address'],
  ])('are refused with %s', (_what, servers, words) => {
    let error: unknown
    try {
      createEvolutionSender({ ...first(), servers: servers as never })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(words) })
    expect(inspect(error, { depth: 12 })).not.toContain(KEY)
  })
})
