import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createEvolution, type Evolution, type EvolutionCall, EvolutionError } from '../src/index.ts'
import { type Act, envelope, startScriptedServer } from './scripted-server.ts'

const KEY = 'evo-key-123456'
const OK: Act = { status: 200, json: { status: 'SUCCESS', error: false, response: { message: 'done' } } }
const SENT: Act = { status: 201, json: { key: { id: 'M1' } } }
const STATE: Act = { status: 200, json: { instance: { instanceName: 'a1', state: 'open' } } }
const ended: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(ended.splice(0).map((end) => end()))
})

async function talkTo(...script: Act[]) {
  const server = await startScriptedServer(...script)
  const events: EvolutionCall[] = []
  const evolution = createEvolution({
    url: `${server.url}/`,
    apiKey: KEY,
    log: (event) => events.push(event),
  })
  ended.push(evolution.close, server.close)
  return { server, evolution, events }
}

async function caught(promise: Promise<unknown>): Promise<EvolutionError> {
  const error = await promise.then(
    (value) => new Error(`expected an error, came ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof EvolutionError)) throw error
  return error
}

describe('every call', () => {
  const calls: [string, Act, (e: Evolution) => Promise<unknown>, string, unknown?][] = [
    ['connectionState', STATE, (e) => e.connectionState('a1'), 'GET /instance/connectionState/a1'],
    ['connect', { status: 200, json: { count: 0 } }, (e) => e.connect('a1'), 'GET /instance/connect/a1'],
    [
      'connect with a number',
      { status: 200, json: { count: 0 } },
      (e) => e.connect('a1', { number: '+55 (11) 98888-7777' }),
      'GET /instance/connect/a1?number=5511988887777',
    ],
    ['fetchInstances', { status: 200, json: [] }, (e) => e.fetchInstances(), 'GET /instance/fetchInstances'],
    [
      'fetchInstances of one',
      { status: 200, json: [] },
      (e) => e.fetchInstances({ name: 'a&b=1' }),
      'GET /instance/fetchInstances?instanceName=a%26b%3D1',
    ],
    ['restart', STATE, (e) => e.restart('a1'), 'POST /instance/restart/a1'],
    ['logout', OK, (e) => e.logout('a1'), 'DELETE /instance/logout/a1'],
    ['delete', OK, (e) => e.delete('a1'), 'DELETE /instance/delete/a1'],
    [
      'setWebhook',
      { status: 201, json: { id: 'x' } },
      (e) => e.setWebhook('a1', { url: 'http://h/', events: ['CONNECTION_UPDATE'] }),
      'POST /webhook/set/a1',
      {
        webhook: {
          enabled: true,
          url: 'http://h/',
          events: ['CONNECTION_UPDATE'],
          headers: {},
          byEvents: false,
          base64: false,
        },
      },
    ],
    ['findWebhook', { status: 200, json: null }, (e) => e.findWebhook('a1'), 'GET /webhook/find/a1'],
    [
      'send of a text',
      SENT,
      (e) => e.send('a1', { number: '5511977776666', text: 'olá' }),
      'POST /message/sendText/a1',
      { number: '5511977776666', text: 'olá' },
    ],
    [
      'send of a document',
      SENT,
      (e) =>
        e.send('a 1', {
          number: '5511977776666',
          media: {
            kind: 'document',
            base64: 'UERG',
            fileName: 'a.pdf',
            mimeType: 'application/pdf',
            caption: 'oi',
          },
        }),
      'POST /message/sendMedia/a%201',
      {
        number: '5511977776666',
        mediatype: 'document',
        media: 'UERG',
        fileName: 'a.pdf',
        mimetype: 'application/pdf',
        caption: 'oi',
      },
    ],
    [
      'send of audio',
      SENT,
      (e) =>
        e.send('a1', { number: '5511977776666', media: { kind: 'audio', url: 'http://h.example/a.ogg' } }),
      'POST /message/sendWhatsAppAudio/a1',
      { number: '5511977776666', audio: 'http://h.example/a.ogg' },
    ],
    [
      'create',
      { status: 201, json: { instance: { instanceName: 'a1' } } },
      (e) => e.create({ name: 'a1' }),
      'POST /instance/create',
      { instanceName: 'a1', integration: 'WHATSAPP-BAILEYS', qrcode: false },
    ],
    [
      'create with everything',
      { status: 201, json: { instance: { instanceName: 'a1' } } },
      (e) =>
        e.create({
          name: 'a1',
          number: '+5511988887777',
          qrcode: true,
          webhook: { url: 'http://h/', events: [], headers: { 'x-secret': 's' }, enabled: false },
        }),
      'POST /instance/create',
      {
        instanceName: 'a1',
        integration: 'WHATSAPP-BAILEYS',
        qrcode: true,
        number: '5511988887777',
        webhook: {
          enabled: false,
          url: 'http://h/',
          events: [],
          headers: { 'x-secret': 's' },
          byEvents: false,
          base64: false,
        },
      },
    ],
    ['version', { status: 200, json: { version: '2.3.6' } }, (e) => e.version(), 'GET /'],
  ]

  it.each(calls)(
    'sends what Evolution expects, once, with the key in its header: %s',
    async (_name, act, call, line, body) => {
      const { server, evolution, events } = await talkTo(act)
      await call(evolution)
      expect(server.seen.map((request) => `${request.method} ${request.path}`)).toEqual([line])
      expect(server.seen[0]?.headers.apikey).toBe(KEY)
      expect(server.seen[0]?.body ? JSON.parse(server.seen[0].body) : undefined).toEqual(body)
      expect(events).toMatchObject([
        { outcome: 'ok', status: act instanceof Function ? 0 : act.status, attempt: 1 },
      ])
    },
  )

  it.each(['', '.', '..', '\ud800'])('refuses the name %j before any call', async (name) => {
    const { server, evolution, events } = await talkTo(STATE)
    const calls: Promise<unknown>[] = [
      evolution.create({ name }),
      evolution.connect(name),
      evolution.connectionState(name),
      evolution.fetchInstances({ name }),
      evolution.restart(name),
      evolution.logout(name),
      evolution.delete(name),
      evolution.setWebhook(name, { url: '', events: [] }),
      evolution.findWebhook(name),
      evolution.send(name, { number: '5511', text: 'x' }),
    ]
    for (const error of await Promise.all(calls.map(caught))) {
      expect(error).toMatchObject({
        code: 'EVOLUTION_REFUSED',
        refusal: 'invalid',
        maybeActed: false,
        status: undefined,
      })
    }
    expect(server.seen).toEqual([])
    expect(events).toEqual([])
  })

  it('sends any other name to its own route and no other', async () => {
    const { server, evolution } = await talkTo(STATE)
    const names = [
      '../a',
      'a/../b',
      '%2e%2e',
      'a?b#c',
      'loja número 1',
      '__proto__',
      '...',
      '日本',
      'x'.repeat(300),
    ]
    for (const name of names) await evolution.connectionState(name)
    const arrived = server.seen.map((request) => request.path.split('/'))
    expect(arrived.map((segments) => segments.length)).toEqual(names.map(() => 4))
    expect(arrived.map((segments) => decodeURIComponent(segments[3] ?? ''))).toEqual(names)
  })

  it('sends random names unchanged', async () => {
    const { server, evolution } = await talkTo(STATE)
    const names = fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => !['.', '..'].includes(name))
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        await evolution.connectionState(name)
        const segments = server.seen.at(-1)?.path.split('/') ?? []
        expect(segments).toHaveLength(4)
        expect(decodeURIComponent(segments[3] ?? '')).toBe(name)
      }),
      { numRuns: 50 },
    )
  })

  it('keeps the path prefix of a server', async () => {
    const server = await startScriptedServer(STATE)
    const evolution = createEvolution({ url: `${server.url}/evo/v2/`, apiKey: KEY })
    ended.push(evolution.close, server.close)
    await evolution.connectionState('a1')
    expect(server.seen[0]?.path).toBe('/evo/v2/instance/connectionState/a1')
  })
})

describe('answers that are no failure', () => {
  it('logout of an instance that is not connected returns that', async () => {
    const { evolution } = await talkTo(OK, envelope(400, ['The "a1" instance is not connected']))
    expect(await evolution.logout('a1')).toEqual({ wasConnected: true })
    expect(await evolution.logout('a1')).toEqual({ wasConnected: false })
  })

  it('delete of an instance that does not exist returns that', async () => {
    const { evolution } = await talkTo(OK, envelope(404, ['The "a1" instance does not exist']))
    expect(await evolution.delete('a1')).toEqual({ existed: true })
    expect(await evolution.delete('a1')).toEqual({ existed: false })
  })

  it('an unknown name is an empty inventory, but a server without that route is an error', async () => {
    const { evolution } = await talkTo(
      envelope(404, ['Instance "a1" not found']),
      envelope(404, ['Cannot GET /instance/fetchInstances']),
    )
    expect(await evolution.fetchInstances({ name: 'a1' })).toEqual([])
    expect(await caught(evolution.fetchInstances({ name: 'a1' }))).toMatchObject({
      refusal: 'other',
      status: 404,
    })
  })

  it('recognises the simulator by its own field', async () => {
    const { evolution } = await talkTo(
      { status: 200, json: { version: '2.3.6', simulator: true } },
      { status: 200, json: { version: '2.3.6', simulator: 'No WhatsApp is behind this.' } },
      { status: 200, json: { version: '2.3.6' } },
    )
    expect(await evolution.version()).toEqual({ version: '2.3.6', simulated: true })
    expect(await evolution.version()).toEqual({ version: '2.3.6', simulated: true })
    expect(await evolution.version()).toEqual({ version: '2.3.6', simulated: false })
  })
})

describe('secrets', () => {
  it('are not in errors and events, whatever the server echoes', async () => {
    const webhook = { url: 'http://h/', events: [], headers: { 'x-secret': 'hook-secret-1' } }
    const echo = envelope(
      500,
      `failed with ${KEY}, hook-secret-1, "querida Maria" for 5511977776666, "token":"T0K3N"`,
    )
    const { evolution, events } = await talkTo(echo)
    const errors = await Promise.all(
      [evolution.create({ name: 'a1', webhook }), evolution.setWebhook('a1', webhook)].map(caught),
    )
    const sent = await evolution.send('a1', { number: '5511977776666', text: 'querida Maria' })
    const everything = JSON.stringify([
      events,
      errors,
      errors.map((error) => [error.message, error.words, error.stack]),
      sent,
    ])
    expect(everything).not.toContain(KEY)
    expect(everything).not.toContain('T0K3N')
    const [created, set] = errors.map((error) => error.words)
    expect(created).not.toContain('hook-secret-1')
    expect(set).not.toContain('hook-secret-1')
    expect(sent).toMatchObject({ sent: 'no', words: expect.stringContaining('failed with [redacted]') })
    expect(JSON.stringify(sent)).not.toMatch(/Maria|97777/)
  })

  it('are not in errors about the settings', () => {
    expect(() => createEvolution({ url: 'http://bob:pa55word@h/', apiKey: KEY })).toThrow(
      /must not hold a user/,
    )
    expect(() => createEvolution({ url: 'http://bob:pa55word@h/', apiKey: KEY })).not.toThrow(/pa55word/)
    expect(() => createEvolution({ url: 'http://h/', apiKey: `${KEY}\n` })).toThrow(/visible ASCII/)
    expect(() => createEvolution({ url: 'http://h/', apiKey: `${KEY}\n` })).not.toThrow(KEY)
  })
})

describe('settings that cannot work', () => {
  it.each(['', 'evolution.example.com', 'ftp://h/', 'http://h/?x=1', 'http://h/#x'])(
    'refuses the address %j',
    (url) => {
      expect(() => createEvolution({ url, apiKey: KEY })).toThrow(TypeError)
    },
  )

  it('refuses an empty key', () => {
    expect(() => createEvolution({ url: 'http://h/', apiKey: '' })).toThrow(TypeError)
  })

  it.each(['abc', '', '12345', '0551198', '55119888877776666'])(
    'refuses to pair with the number %j',
    async (number) => {
      const { server, evolution } = await talkTo(STATE)
      expect(await caught(evolution.connect('a1', { number }))).toMatchObject({
        refusal: 'invalid',
        maybeActed: false,
      })
      expect(await caught(evolution.create({ name: 'a1', number }))).toMatchObject({ refusal: 'invalid' })
      expect(server.seen).toEqual([])
    },
  )
})
