import { inspect } from 'node:util'
import { type FaultKind, type Simulator, startSimulator } from '@zapfleet/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createEvolutionSender,
  isFleetError,
  isNotSent,
  type OutgoingMedia,
  SendFailure,
} from '../src/index.ts'

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
    // An answer that comes may take long on a busy machine.
    const timeoutMs = why === 'no_answer' ? 500 : 60_000
    expect(await send('open', {}, { timeoutMs })).toEqual({ sent: 'maybe', why })
    await expect.poll(sentSoFar).toBe(before + sent)
  })
})

describe('media', () => {
  const number = '5511987654321'
  const url = 'https://photos.example/maria.png?signature=s3cret'
  const sender = (how: { timeoutMs?: number; startGraceMs?: number } = {}) =>
    createEvolutionSender({ url: simulator.url, apiKey: simulator.apiKey, ...how })

  it.each([
    [{ kind: 'image', url, caption: 'olá' }, 'image', 'olá'],
    [{ kind: 'video', base64: 'AAAA', fileName: 'a.mp4' }, 'video', ''],
    [{ kind: 'document', base64: 'UERG', fileName: 'a.pdf', mimeType: 'application/pdf' }, 'document', ''],
    [{ kind: 'audio', url, caption: 'olá' }, 'voice', ''],
  ] as const)('returns the id of the message: %j', async (media, kind, text) => {
    const { messageId } = await sender().sendMedia({ name: 'open' }, { number, media })
    expect(simulator.control.sent('open').at(-1)).toMatchObject({ id: messageId, kind, text, number })
  })

  it('has the verdicts of Evolution on media, and nothing was sent', async () => {
    const { control } = simulator
    const before = sentSoFar()
    const endingOf = async (media: OutgoingMedia, name = 'open') => {
      const error: unknown = await sender({ startGraceMs: 0 })
        .sendMedia({ name }, { number, media })
        .catch((thrown: unknown) => thrown)
      if (!isNotSent(error)) throw error
      const { verdict } = error.cause as SendFailure
      if (verdict.sent !== 'no') throw error
      expect(error.elsewhere).toBe(verdict.elsewhere)
      return [verdict.why, verdict.elsewhere, error.releaseCause]
    }
    for (const kind of ['image', 'audio'] as const) {
      expect(await endingOf({ kind, url: 'http://127.0.0.1:9/a' })).toEqual([
        'media_unavailable',
        false,
        'refused',
      ])
      control.uploadsFail(true)
      expect(await endingOf({ kind, base64: 'AAAA' })).toEqual(['media_unavailable', true, 'refused'])
      control.uploadsFail(false)
      expect(await endingOf({ kind, url: 'not an address' })).toEqual(['invalid_message', false, 'refused'])
      expect(await endingOf({ kind, base64: 'AAAA' }, 'lost')).toEqual(['line_down', true, 'line_down'])
      expect(await endingOf({ kind, base64: 'AAAA' }, 'gone')).toEqual(['unknown_instance', true, 'refused'])
    }
    expect(await endingOf({ kind: 'document', base64: 'AAAA' })).toEqual([
      'invalid_message',
      false,
      'refused',
    ])
    expect(sentSoFar()).toBe(before)
  })

  it('may have been sent when its answer is lost, once', async () => {
    const before = sentSoFar()
    simulator.control.fault({ kind: 'answer_lost', times: 1 })
    const error: unknown = await sender()
      .sendMedia({ name: 'open' }, { number, media: { kind: 'image', url } })
      .catch((thrown: unknown) => thrown)
    expect(isFleetError(error, 'MAYBE_SENT')).toBe(true)
    expect(sentSoFar()).toBe(before + 1)
  })

  it('waits for an Evolution that has just started, as a text does', async () => {
    const booting = await startSimulator({ timeScale: 0.01 })
    try {
      booting.control.addInstance({ name: 'one' })
      booting.control.restartEvolution({ absentMs: 600 })
      const { url: evolution, apiKey } = booting
      const patient = createEvolutionSender({ url: evolution, apiKey })
      for (const kind of ['image', 'audio'] as const)
        await patient.sendMedia({ name: 'one' }, { number, media: { kind, url } })
      expect(booting.control.sent('one').map((one) => one.kind)).toEqual(['image', 'voice'])
    } finally {
      await booting.close()
    }
  })

  it('passes other fields of the route on, and waits for the delay on top of its timeout', async () => {
    const bodies: unknown[] = []
    const spying = createEvolutionSender({
      url: simulator.url,
      apiKey: simulator.apiKey,
      fetch: (input, init) => {
        bodies.push(JSON.parse(String(init?.body)))
        return fetch(input, init)
      },
    })
    const quoted = { key: { id: '3EB0' } }
    await spying.sendMedia({ name: 'open' }, { number, media: { kind: 'image', url }, delay: 1, quoted })
    expect(bodies).toEqual([{ number, mediatype: 'image', media: url, delay: 1, quoted }])
  })

  it('refuses media without a source, or with two, before it calls Evolution', async () => {
    const before = simulator.control.calls().length
    for (const media of [{ kind: 'image' } as const, { kind: 'image', url, base64: 'AAAA' } as const])
      await expect(sender().sendMedia({ name: 'open' }, { number, media })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('one of url and base64'),
      })
    expect(simulator.control.calls()).toHaveLength(before)
  })

  it('is in no error, whatever Evolution repeats', async () => {
    const message = [`Failed with ${url} for ${number}: a secret between two people`]
    const body = { status: 400, error: 'x', response: { message } }
    simulator.control.fault({ kind: 'status', code: 400, body, times: 2 })
    const caption = 'a secret between two people'
    const errors = [
      await sender()
        .sendMedia({ name: 'open' }, { number, media: { kind: 'image', url, caption } })
        .catch((e) => e),
      await sender()
        .sendText({ name: 'open' }, { number, text: caption })
        .catch((e) => e),
    ]
    for (const error of errors) {
      expect(isNotSent(error)).toBe(true)
      expect(error.message).toContain('Failed with')
      expect(inspect(error, { depth: 12 })).not.toMatch(new RegExp(`${number}|secret between`))
    }
    expect(inspect(errors[0], { depth: 12 })).not.toContain('s3cret')
  })
})

it('errors hold neither the key nor the text', async () => {
  const sender = createEvolutionSender({ url: simulator.url, apiKey: simulator.apiKey })
  const text = 'a secret between two people'
  const error = await sender
    .sendText({ name: 'lost' }, { number: '5511987654321', text })
    .catch((thrown) => thrown)
  const shown = inspect(error, { depth: 12, showHidden: true })
  expect(shown).toContain('Connection Closed')
  expect(shown).not.toContain(simulator.apiKey)
  expect(shown).not.toContain(text)
})
