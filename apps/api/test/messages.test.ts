import { once } from 'node:events'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { createLog } from '@zapfleet/telemetry'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BODY_LIMIT_BYTES, SEND_BODY_LIMIT_BYTES } from '../src/body-limits.ts'
import { buildServer } from '../src/index.ts'
import {
  ADMIN_KEY,
  BOT_KEY,
  call,
  type FleetApi,
  keyRingOf,
  mutate,
  query,
  startFleetApi,
} from './fleet-api.ts'

const TO = '5511987654321'
const PIXEL = 'aGVsbG8h'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
  api.simulator.control.addInstance({ name: 'vendas' })
  const database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  await database.query(
    `insert into public.whatsapp_instances (nome, status, capacidade_hora, capacidade_dia) values ('vendas', 'connected', 1000, 1000)`,
  )
  await database.end()
})
afterAll(() => api?.close())

const send = (input: unknown) => mutate(api, 'message.send', input, BOT_KEY)
const arrived = () => api.simulator.control.sent('vendas')

describe('message.send', () => {
  it('sends a text and each kind of file, over tRPC and over REST', async () => {
    const before = arrived().length
    const media = (more: object) => ({ to: TO, media: { ...more } })
    const answers = [
      await send({ to: TO, text: 'olá' }),
      await send(media({ kind: 'image', base64: PIXEL, caption: 'foto' })),
      await send(media({ kind: 'document', base64: PIXEL, fileName: 'contrato.pdf' })),
      await send(media({ kind: 'audio', base64: PIXEL })),
      await call(`${api.address}/v1/messages`, {
        key: BOT_KEY,
        body: media({ kind: 'video', url: 'https://example.com/a.mp4' }),
      }),
    ]
    for (const { status, body } of answers) {
      expect(status, JSON.stringify(body)).toBe(200)
      expect(body.result?.data ?? body).toMatchObject({ state: 'sent', to: TO, instanceName: 'vendas' })
    }
    expect(arrived()).toHaveLength(before + 5)
  })

  it.each<[string, object, string]>([
    [
      'both text and media',
      { text: 'a', media: { kind: 'image', base64: PIXEL } },
      'exactly one of text and media, got both',
    ],
    ['neither', {}, 'exactly one of text and media, got neither'],
    ['an empty text', { text: '' }, 'text: expected 1 to 65536 characters, got an empty text'],
    [
      'both url and base64',
      { media: { kind: 'image', base64: PIXEL, url: 'https://a.b/c' } },
      'media: expected exactly one of url and base64, got both',
    ],
    [
      'a file without content',
      { media: { kind: 'image' } },
      'media: expected exactly one of url and base64, got neither',
    ],
    [
      'a data URL',
      { media: { kind: 'image', base64: `data:image/png;base64,${PIXEL}` } },
      'media.base64: expected the base64 alone, got it behind "data:image/png;base64,"',
    ],
    [
      'an address without http',
      { media: { kind: 'image', url: 'example.com/a.png' } },
      'media.url: expected an address',
    ],
    ['a document without a name', { media: { kind: 'document', base64: PIXEL } }, 'media: expected fileName'],
    [
      'a caption of a voice message',
      { media: { kind: 'audio', base64: PIXEL, caption: 'a' } },
      'media: expected no caption for audio',
    ],
    [
      'another kind',
      { media: { kind: 'sticker', base64: PIXEL } },
      'media.kind: expected one of "image", "video", "document", "audio", got "sticker"',
    ],
    [
      'a moment in words',
      { text: 'a', sendAt: 'tomorrow' },
      'sendAt: expected an instant as 2027-01-31T12:00:00Z, got "tomorrow"',
    ],
    [
      'a moment in 32 days',
      { text: 'a', sendAt: new Date(Date.now() + 32 * 86_400_000).toISOString() },
      'sendAt: expected an instant within 31 days',
    ],
    ['a validity of months', { text: 'a', validForS: 10_000_000 }, 'validForS: expected at most 604800'],
    ['blanks', { to: '   ', text: 'a' }, 'to: expected 1 to 255 characters, got only blanks'],
    ['an id of a CRM', { to: 'crm-1042', text: 'a' }, 'to: expected a phone number with its country code'],
    ['a misspelt field', { message: 'a', text: 'a' }, 'unknown field "message"'],
  ])('refuses %s', async (_what, input, words) => {
    const { status, body } = await send({ to: TO, ...input })
    expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
    expect(body.error.message).toContain(words)
    expect(body.error.message.split(words.slice(0, 20))).toHaveLength(2)
  })

  it('takes a moment in the past as now', async () => {
    const { body } = await send({ to: TO, text: 'agora', sendAt: '2020-01-01T00:00:00Z' })
    expect(body.result.data).toMatchObject({ state: 'sent' })
  })

  it('does not let a bot cancel a message of another key, and an admin may', async () => {
    const { id } = (await mutate(api, 'message.send', { to: TO, text: 'depois', sendAt: inAnHour() })).body
      .result.data
    const byOther = await mutate(api, 'message.cancel', { id }, BOT_KEY)
    expect([byOther.status, byOther.body.error.data.fleet.code]).toEqual([403, 'FORBIDDEN'])
    expect((await mutate(api, 'message.cancel', { id })).body.result.data).toMatchObject({
      state: 'canceled',
    })
    const again = await call(`${api.address}/v1/messages/${id}/cancel`, { method: 'POST', key: ADMIN_KEY })
    expect(again.body).toMatchObject({ id, state: 'canceled' })
    expect((await query(api, 'message.get', { id })).body.result.data).toEqual(again.body)
  })
})

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

/** A message.send whose body has so many bytes. */
const sized = (bytes: number): string => {
  const frame = JSON.stringify({ to: TO, media: { kind: 'image', base64: '' } })
  const base64 = 'A'.repeat((bytes - frame.length) & ~3)
  return JSON.stringify({ to: TO, media: { kind: 'image', base64 } }).padEnd(bytes)
}

describe('a key', () => {
  it('has its sends counted like its other calls, each of a batch as one', async () => {
    const server = buildServer({
      fleet: api.fleet,
      keyRing: keyRingOf(api.fleet),
      log: createLog({ app: 'api', level: 'silent' }),
      // A burst of five calls.
      network: { limits: { callsPerSecond: 1 } },
    })
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const message = { to: TO, text: '' }
    const statusOf = async (path: string, body: unknown) =>
      (await call(`${address}${path}`, { key: BOT_KEY, body })).status
    try {
      expect(await statusOf('/trpc/message.send,message.send?batch=1', { 0: message, 1: message })).toBe(400)
      expect(await statusOf('/trpc/message.send?batch=1', { 0: message })).toBe(400)
      expect(await statusOf('/trpc/message.send', message)).toBe(400)
      const rest = await Promise.all(Array.from({ length: 30 }, () => statusOf('/v1/messages', message)))
      expect(rest).toContain(429)
    } finally {
      await server.close()
    }
  })
})

describe('a large body', () => {
  it('of 16 MiB of base64 arrives, over tRPC and over REST', async () => {
    const before = arrived().length
    const base64 = Buffer.alloc(16 * 1_048_576, 7).toString('base64')
    const body = { to: TO, media: { kind: 'document', base64, fileName: 'catalogo.pdf' } }
    const answers = [await send(body), await call(`${api.address}/v1/messages`, { key: BOT_KEY, body })]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(arrived()).toHaveLength(before + 2)
  }, 120_000)

  it.each(['/trpc/message.send', '/v1/messages'])(
    'above the limit is refused at %s with the limit',
    async (path) => {
      const { status, body } = await call(`${api.address}${path}`, {
        key: BOT_KEY,
        raw: sized(SEND_BODY_LIMIT_BYTES + 1),
      })
      expect(status).toBe(413)
      expect(body.error.message).toContain(`larger than ${SEND_BODY_LIMIT_BYTES} bytes`)
      expect(body.error.message).toContain('by url')
    },
  )

  it.each([
    ['a batch', '/trpc/message.send?batch=1'],
    ['several calls', '/trpc/message.send,message.send?batch=1'],
    ['another procedure', '/trpc/reservation.reserve'],
    ['another route', '/v1/reservations'],
  ])('of %s keeps the limit of 1 MiB', async (_what, path) => {
    const { status, body } = await call(`${api.address}${path}`, {
      key: BOT_KEY,
      raw: sized(BODY_LIMIT_BYTES + 1),
    })
    expect(status).toBe(413)
    const { message } = Array.isArray(body) ? body[0].error : body.error
    expect(message).toContain(`larger than ${BODY_LIMIT_BYTES} bytes`)
    expect(message).toContain('message.send')
  })

  it('is refused without a key before it is read', async () => {
    const { request, answer } = open(api.address, { 'content-length': 20_000_000, 'x-api-key': 'wrong' })
    request.flushHeaders()
    expect((await answer).statusCode).toBe(401)
    request.destroy()
  })

  it('without an announced length has the same limits', async () => {
    const small = open(api.address, {})
    small.request.end(JSON.stringify({ to: TO, text: 'em partes' }))
    expect((await small.answer).statusCode).toBe(200)
    const large = open(api.address, {})
    large.request.on('error', () => {})
    large.request.end(sized(SEND_BODY_LIMIT_BYTES + 1))
    expect((await large.answer).statusCode).toBe(413)
  })

  it('waits while others have all the room, is refused when it waited too long, and has the room of one that went away', async () => {
    const bytes = 2 * BODY_LIMIT_BYTES
    const server = buildServer({
      fleet: api.fleet,
      keyRing: keyRingOf(api.fleet),
      log: createLog({ app: 'api', level: 'silent' }),
      largeBodies: { roomBytes: bytes, waitMs: 1_000 },
    })
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const headers = { 'content-length': bytes }
    try {
      const first = open(address, headers)
      first.request.on('error', () => {})
      first.answer.catch(() => {})
      first.request.write(sized(bytes).slice(0, 1_000))
      await once(server.server, 'request')
      const refused = open(address, headers)
      refused.request.end(sized(bytes))
      const answer = await refused.answer
      expect([answer.statusCode, answer.headers['retry-after'] ?? null]).toEqual([503, null])
      first.request.destroy()
      const next = open(address, headers)
      next.request.end(sized(bytes))
      expect((await next.answer).statusCode).toBe(200)
      // Its room is free again after the answer.
      const last = open(address, headers)
      last.request.end(sized(bytes))
      expect((await last.answer).statusCode).toBe(200)
    } finally {
      await server.close()
    }
  })
})

/** A message.send whose body the test writes. */
function open(
  address: string,
  headers: Record<string, string | number>,
): { request: ClientRequest; answer: Promise<IncomingMessage> } {
  const request = httpRequest(`${address}/trpc/message.send`, {
    method: 'POST',
    agent: false,
    headers: { 'x-api-key': BOT_KEY, 'content-type': 'application/json', ...headers },
  })
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('error', reject)
    request.once('response', (response) => {
      response.resume()
      resolve(response)
    })
  })
  return { request, answer }
}
