import { type FaultKind, type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEvolutionSender, isFleetError, isNotSent, SendFailure } from '../src/index.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ timeScale: 0.01 })
  const { control } = simulator
  control.addInstance({ name: 'open' })
  control.addInstance({ name: 'lost' })
  control.drop('lost')
  control.addInstance({ name: 'never', state: 'close' })
  control.addInstance({ name: 'pairing', state: 'connecting' })
  control.setNumberMissing('5511900000000', true)
})
beforeEach(() => simulator.control.clearFaults())
afterAll(() => simulator?.close())

type Ending =
  | { sent: 'yes' }
  | { sent: 'no'; why: string; elsewhere: boolean }
  | { sent: 'maybe'; why: string }

/** The outcome of one text, as the bot gets it. */
async function send(
  name: string,
  message: Record<string, unknown> = {},
  how: { url?: string; apiKey?: string; timeoutMs?: number } = {},
): Promise<Ending> {
  const sender = createEvolutionSender({ url: simulator.url, apiKey: simulator.apiKey, ...how })
  try {
    await sender.sendText({ name }, { number: '5511987654321', text: 'hello', ...message } as never)
    return { sent: 'yes' }
  } catch (error) {
    const failure = (error as Error).cause
    if (!(failure instanceof SendFailure)) throw error
    const { verdict } = failure
    expect(isNotSent(error)).toBe(verdict.sent === 'no')
    expect(isFleetError(error, 'MAYBE_SENT')).toBe(verdict.sent === 'maybe')
    return verdict.sent === 'no'
      ? { sent: 'no', why: verdict.why, elsewhere: verdict.elsewhere }
      : { sent: 'maybe', why: verdict.why }
  }
}

const sentSoFar = (): number => simulator.control.sent().length

describe('a text that Evolution sent', () => {
  it('returns the id of the message', async () => {
    const sender = createEvolutionSender({ url: simulator.url, apiKey: simulator.apiKey })
    const { messageId } = await sender.sendText({ name: 'open' }, { number: '5511987654321', text: 'hello' })
    expect(simulator.control.sent('open').at(-1)).toMatchObject({ id: messageId, text: 'hello' })
  })
})

describe('certainly not sent', () => {
  it.each([
    [
      'a lost line, of a number never looked up (500)',
      'lost',
      { number: '5511911111111' },
      'line_down',
      true,
    ],
    ['a lost line, of a number in the cache (400)', 'lost', {}, 'line_down', true],
    ['a number that never connected', 'never', {}, 'line_down', true],
    ['a number that shows its QR code', 'pairing', {}, 'line_down', true],
    ['an instance that Evolution does not know', 'gone', {}, 'unknown_instance', true],
    ['a number without WhatsApp', 'open', { number: '5511900000000' }, 'no_whatsapp', false],
    ['an empty text', 'open', { text: ' ' }, 'invalid_message', false],
    ['no text', 'open', { text: undefined }, 'invalid_message', false],
    ['a number that is no text', 'open', { number: 5511987654321 }, 'invalid_message', false],
  ])('%s', async (_, name, message, why, elsewhere) => {
    const before = sentSoFar()
    expect(await send(name, message)).toEqual({ sent: 'no', why, elsewhere })
    expect(sentSoFar()).toBe(before)
  })

  it('a connection that is lost while the text waits for WhatsApp, of the simulator as of the real server', async () => {
    const { control } = simulator
    // Longer than any run: only the loss of the connection ends the text.
    const latencyMs = 600_000
    control.whatsappLatency(latencyMs)
    try {
      for (const [name, number, streamError, why] of [
        ['waiting-1', '5511955550001', false, 'server_failed'],
        ['waiting-2', '5511987654321', false, 'line_down'],
        ['waiting-3', '5511955550003', true, 'line_down'],
      ] as const) {
        control.addInstance({ name })
        if (why === 'line_down' && !streamError) {
          control.whatsappLatency(0)
          await send(name, { number })
          control.whatsappLatency(latencyMs)
        }
        const before = sentSoFar()
        const sending = send(name, { number }, { timeoutMs: 120_000 })
        await vi.waitFor(() => expect(control.instance(name).textsWaiting).toBe(1), {
          timeout: 60_000,
          interval: 5,
        })
        control.drop(name, { streamError })
        expect(await sending).toEqual({ sent: 'no', why, elsewhere: true })
        expect(sentSoFar()).toBe(before)
      }
    } finally {
      control.whatsappLatency(0)
    }
  })

  it('waits for an Evolution that has just started, with the same number, and no longer than the grace', async () => {
    const booting = await startSimulator({ timeScale: 0.01 })
    try {
      booting.control.addInstance({ name: 'one' })
      booting.control.restartEvolution({ absentMs: 600 })
      const { url, apiKey } = booting
      const hasty = createEvolutionSender({ url, apiKey, startGraceMs: 0 })
      const message = { number: '5511987654321', text: 'hello' }
      const refused = await hasty.sendText({ name: 'one' }, message).catch((error) => error)
      expect(isNotSent(refused) && refused.elsewhere).toBe(true)
      const sender = createEvolutionSender({ url, apiKey })
      await sender.sendText({ name: 'one' }, message)
      expect(booting.control.sent('one')).toHaveLength(1)

      booting.control.restartEvolution({ absentMs: 60_000 })
      const bounded = createEvolutionSender({ url, apiKey, startGraceMs: 800 })
      const late = await bounded.sendText({ name: 'one' }, message).catch((error) => error)
      expect(isNotSent(late) && late.elsewhere).toBe(true)
      expect((late.cause as SendFailure).verdict).toMatchObject({ why: 'starting' })
    } finally {
      await booting.close()
    }
  })

  it('a server whose licence is not activated', async () => {
    const before = sentSoFar()
    simulator.control.unlicensed(true)
    try {
      expect(await send('open')).toEqual({ sent: 'no', why: 'unlicensed', elsewhere: false })
    } finally {
      simulator.control.unlicensed(false)
    }
    expect(sentSoFar()).toBe(before)
  })

  it('a wrong key, and a wrong address', async () => {
    const before = sentSoFar()
    expect(await send('open', {}, { apiKey: 'not-the-key' })).toMatchObject({
      sent: 'no',
      why: 'key_refused',
    })
    const elsewhere = { url: `${simulator.url}/old/path` }
    expect(await send('open', {}, elsewhere)).toMatchObject({ sent: 'no', why: 'wrong_address' })
    expect(sentSoFar()).toBe(before)
  })

  it('a server that refuses connections, or has no address', async () => {
    const gone = await startSimulator()
    await gone.close()
    expect(await send('open', {}, { url: gone.url })).toEqual({
      sent: 'no',
      why: 'unreachable',
      elsewhere: false,
    })
    const nowhere = { url: 'http://evolution.invalid' }
    expect(await send('open', {}, nowhere)).toMatchObject({ sent: 'no', why: 'unreachable' })
  })

  it('a proxy that forwarded nothing', async () => {
    simulator.control.fault({ kind: 'html', code: 429, times: 1 })
    expect(await send('open')).toMatchObject({ sent: 'no', why: 'refused', elsewhere: false })
  })
})

describe('may have been sent', () => {
  it.each<[string, FaultKind, string, number]>([
    ['an answer that was lost after the send', { kind: 'answer_lost' }, 'no_answer', 1],
    ['an answer that was cut', { kind: 'cut_body' }, 'no_answer', 1],
    ['a connection that was reset', { kind: 'reset' }, 'no_answer', 0],
    ['silence', { kind: 'hang' }, 'no_answer', 0],
    ['a gateway without a server', { kind: 'down' }, 'no_answer', 0],
    ['half an answer', { kind: 'truncated' }, 'strange_answer', 1],
    [
      "a proxy's 502 in words like Evolution's",
      { kind: 'status', code: 502, body: { status: 502, error: 'x', response: { message: 'Timed Out' } } },
      'failed_on_the_way',
      0,
    ],
    ["a proxy's own 500", { kind: 'html', code: 500 }, 'strange_answer', 0],
    [
      'a 400 that wraps an error of the way',
      {
        kind: 'status',
        code: 400,
        body: { status: 400, error: 'x', response: { message: ['Error: Timed Out'] } },
      },
      'failed_on_the_way',
      0,
    ],
  ])('%s', async (_, fault, why, sent) => {
    const before = sentSoFar()
    simulator.control.fault({ ...fault, times: 1 })
    expect(await send('open', {}, { timeoutMs: 500 })).toEqual({ sent: 'maybe', why })
    expect(sentSoFar()).toBe(before + sent)
  })
})

it('errors hold neither the key nor the text', async () => {
  const sender = createEvolutionSender({ url: simulator.url, apiKey: simulator.apiKey })
  const text = 'a secret between two people'
  const error = await sender
    .sendText({ name: 'lost' }, { number: '5511987654321', text })
    .catch((thrown) => thrown)
  const { inspect } = await import('node:util')
  const shown = inspect(error, { depth: 12, showHidden: true })
  expect(shown).toContain('Connection Closed')
  expect(shown).not.toContain(simulator.apiKey)
  expect(shown).not.toContain(text)
})
