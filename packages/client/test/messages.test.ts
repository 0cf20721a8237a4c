import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFleetClient } from '../src/index.ts'
import { BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'
import { answerLost, connectionReset, openNetwork } from './network.ts'

const PATIENTLY = { timeout: 60_000, interval: 10 }
const ROUTE = { route: 'message/sendText' }

let fleet: TestFleet
beforeAll(async () => {
  fleet = await startTestFleet()
  await fleet.addNumbers(['one', 'two'], { hourlyCapacity: 1_000, dailyCapacity: 1_000 })
})
afterAll(() => fleet?.close())
beforeEach(() => fleet.simulator.control.clearFaults())

function openBot() {
  const network = openNetwork()
  return { network, bot: createFleetClient({ url: fleet.url, apiKey: BOT_KEY, fetch: network.fetch }) }
}
const sentTo = (number: string) => fleet.simulator.control.sent().filter((one) => one.number === number)
const keyOf = ({ body }: { body: string }): string => JSON.parse(body).idempotencyKey

describe('message.send', () => {
  it('sends and answers what became of it, in a request of its own', async () => {
    const { bot, network } = openBot()
    const to = '5511900000001'
    const messages = await Promise.all([
      bot.message.send.mutate({ to, text: 'um' }),
      bot.message.send.mutate({ to, text: 'dois' }),
    ])
    expect(messages).toMatchObject([
      { state: 'sent', to },
      { state: 'sent', to },
    ])
    expect(network.paths()).toEqual(['message.send', 'message.send'])
    expect(new Set(network.requests.map(keyOf)).size).toBe(2)
    expect(sentTo(to)).toHaveLength(2)
  })

  it.each([
    ['before it arrives', connectionReset],
    ['after it was sent', answerLost],
  ])('is repeated under one key when the connection breaks %s, and sent once', async (what, obstacle) => {
    const { bot, network } = openBot()
    const to = what.startsWith('before') ? '5511900000002' : '5511900000003'
    network.replaceNext(obstacle)
    const message = await bot.message.send.mutate({ to, text: 'olá' })
    expect(message).toMatchObject({ state: 'sent', attempts: [{ result: 'sent' }] })
    expect(new Set(network.requests.map(keyOf)).size).toBe(1)
    expect(network.requests).toHaveLength(2)
    expect(sentTo(to)).toHaveLength(1)
  })

  it('keeps the key of the caller', async () => {
    const { bot, network } = openBot()
    const message = { to: '5511900000004', text: 'olá', idempotencyKey: 'order-1' }
    const first = await bot.message.send.mutate(message)
    expect((await bot.message.send.mutate(message)).id).toBe(first.id)
    expect(network.requests.map(keyOf)).toEqual(['order-1', 'order-1'])
    expect(sentTo('5511900000004')).toHaveLength(1)
  })

  it('of an API that is killed while it sends answers the same message, and the person gets one', async () => {
    const { bot, network } = openBot()
    const to = '5511900000005'
    fleet.simulator.control.fault({ kind: 'slow_body', ms: 5_000, match: ROUTE })
    const sending = bot.message.send.mutate({ to, text: 'olá' })
    await vi.waitFor(() => expect(sentTo(to)).toHaveLength(1), PATIENTLY)
    await fleet.killApi()
    await fleet.startApi()
    const message = await sending
    expect(message).toMatchObject({ to, state: 'sending', attempts: [{ result: 'sending' }] })
    expect(network.requests.length).toBeGreaterThan(1)
    expect(new Set(network.requests.map(keyOf)).size).toBe(1)
    const listed = await fleet.admin.message.list.query({ contactId: to })
    expect(listed.map(({ id }) => id)).toEqual([message.id])
    expect(sentTo(to)).toHaveLength(1)
  })
})
