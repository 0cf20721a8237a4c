import { connect } from 'node:net'
import { type Fleet, readWebhookSecret } from '@zapfleet/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import { ADMIN_KEY, call, type FleetApi, mutate, query, startFleetApi, testKeyRing } from './fleet-api.ts'
import { sendOnWire } from './fuzz/wire.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
})
afterAll(() => api?.close())

const REFUSED: [string, 'query' | 'mutation', unknown, string][] = [
  ['instance.list', 'query', { status: ['open'] }, 'status[0]'],
  ['instance.list', 'query', { extra: 1 }, 'unknown field "extra"'],
  ['instance.list', 'query', null, 'got null'],
  ['instance.get', 'query', undefined, 'got nothing'],
  ['instance.get', 'query', { name: '' }, 'name: expected 1 to 50'],
  ['instance.get', 'query', { name: 'a'.repeat(51) }, 'got 51'],
  ['instance.create', 'mutation', { name: '__proto__' }, 'name:'],
  ['instance.create', 'mutation', { name: 'a b' }, 'name:'],
  ['instance.create', 'mutation', { name: 'ok', phoneNumber: '11 98765' }, 'phoneNumber:'],
  ['instance.create', 'mutation', { name: 'ok', phoneNumber: null }, 'phoneNumber:'],
  ['instance.create', 'mutation', { name: 'ok', hourlyCapacity: -1 }, 'hourlyCapacity:'],
  ['instance.create', 'mutation', { name: 'ok', dailyCapacity: 1_000_001 }, 'dailyCapacity:'],
  ['instance.create', 'mutation', { name: 'ok', priority: 0 }, 'priority:'],
  ['instance.create', 'mutation', [], 'got an array'],
  ['instance.update', 'mutation', { name: 'ok', paused: 'yes' }, 'paused: expected a boolean, got "yes"'],
  ['instance.choose', 'mutation', { strategy: 'random' }, 'strategy: expected one of "sticky"'],
  ['reservation.reserve', 'mutation', { contactId: '' }, 'contactId:'],
  ['reservation.reserve', 'mutation', { contactId: 'a\0b' }, 'NUL'],
  ['reservation.reserve', 'mutation', { contactId: 'a'.repeat(256) }, 'got 256'],
  ['reservation.reserve', 'mutation', { idempotencyKey: 7 }, 'idempotencyKey:'],
  ['reservation.reserve', 'mutation', { fallback: 'stay' }, 'fallback:'],
  [
    'reservation.reserve',
    'mutation',
    { exclude: Array.from({ length: 101 }, String) },
    'exclude: expected at most 100',
  ],
  ['reservation.confirm', 'mutation', { id: '1' }, 'id: expected a UUID'],
  ['contact.get', 'query', { id: 5 }, 'id: expected a string, got 5'],
  ['contact.setPreference', 'mutation', { id: 'c' }, 'instanceName: expected a string, got nothing'],
  ['health.checkAll', 'mutation', { name: 'a' }, 'unknown field "name"'],
  ['fleet.stats', 'query', { day: 1 }, 'unknown field "day"'],
]

describe('inputs', () => {
  it.each(REFUSED)('%s (%s) refuses %j, naming %j', async (path, type, input, words) => {
    const { status, body } = await (type === 'query' ? query : mutate)(api, path, input)
    expect(status).toBe(400)
    expect(body.error.data).toMatchObject({ code: 'BAD_REQUEST', path, fleet: { code: 'INVALID_INPUT' } })
    expect(body.error.message).toContain(words)
    expect(body.error.data).not.toHaveProperty('stack')
  })

  it.each([
    ['/trpc/reservation.reserve', '{"contactId":"Jos\xe9"}'],
    ['/trpc/reservation.reserve?batch=1', '{"0":{"contactId":"Jos\xe9"}}'],
    ['/trpc/message.send', '{"to":"5511987654321","text":"Ol\xe1"}'],
    ['/v1/reservations', '{"contactId":"Jos\xe9"}'],
    ['/v1/messages', '{"to":"5511987654321","text":"Ol\xe1"}'],
    ['/admin/instances', '{"nome":"vendas","numero_telefone":"\xe9"}'],
  ])(
    'of %s in Latin-1 are refused: each letter with an accent would become the same one',
    async (path, body) => {
      const response = await fetch(`${api.address}${path}`, {
        method: 'POST',
        headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
        body: Buffer.from(body, 'latin1'),
      })
      expect([response.status, await response.text()]).toEqual([
        path.startsWith('/admin') ? 422 : 400,
        expect.stringContaining('not valid UTF-8'),
      ])
    },
  )

  it.each([
    '/trpc/contact.get?input=%7B%22id%22%3A%22Jos%E9%22%7D',
    '/trpc/contact.get?batch=1&input=%7B%220%22%3A%7B%22id%22%3A%22Jos%E9%22%7D%7D',
    '/v1/messages?instanceName=Jos%E9',
  ])('of %s are refused', async (path) => {
    const response = await fetch(`${api.address}${path}`, { headers: { 'x-api-key': ADMIN_KEY } })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('UTF-8')])
  })

  it('may be missing where every field is optional', async () => {
    expect((await query(api, 'instance.list', undefined)).status).toBe(200)
    expect((await query(api, 'fleet.stats', {})).status).toBe(200)
    expect((await mutate(api, 'health.checkAll', {})).body).toEqual({ result: { data: [] } })
    const bare = await call(`${api.address}/trpc/health.checkAll`, { method: 'POST', key: ADMIN_KEY })
    expect(bare.body).toEqual({ result: { data: [] } })
    expect((await mutate(api, 'instance.choose', undefined)).body).toEqual({
      result: { data: { instanceName: null } },
    })
  })

  it('of queries about a person may be in the body of a POST, which no proxy logs', async () => {
    const known = await mutate(api, 'contact.get', { id: 'maria' })
    expect(known).toEqual({ ...(await query(api, 'contact.get', { id: 'maria' })), headers: known.headers })
    expect(known.body.result.data).toMatchObject({ id: 'maria', preferredInstance: null })
    expect(await mutate(api, 'instance.explain', { contactId: 'maria' })).toMatchObject({ status: 200 })
    expect(await mutate(api, 'contact.get', {})).toMatchObject({ status: 400 })
    expect(await mutate(api, 'contact.get', { id: 'maria' }, 'no-key')).toMatchObject({ status: 401 })
    expect(await mutate(api, 'contact.get,contact.get', { 0: { id: 'a' } })).toMatchObject({ status: 404 })
    expect(await mutate(api, 'contact.counts', {})).toMatchObject({ status: 405 })
  })

  it('with a lone surrogate, or with __proto__ as a field, are refused', async () => {
    const url = `${api.address}/trpc/reservation.reserve`
    const surrogate = await call(url, { key: ADMIN_KEY, raw: '{"contactId":"a\\ud800"}' })
    expect([surrogate.status, surrogate.body.error.message]).toEqual([
      400,
      expect.stringContaining('surrogate'),
    ])
    const proto = await call(url, { key: ADMIN_KEY, raw: '{"__proto__":{"contactId":"x"}}' })
    expect([proto.status, proto.body.error.message]).toEqual([400, expect.stringContaining('__proto__')])
  })
})

describe('every refusal has the one shape', () => {
  it('for errors of core, with their details', async () => {
    const missing = await query(api, 'instance.get', { name: 'nobody' })
    expect(missing.status).toBe(404)
    expect(missing.body.error.data).toMatchObject({
      code: 'NOT_FOUND',
      httpStatus: 404,
      fleet: { code: 'NOT_FOUND' },
    })

    const full = await mutate(api, 'reservation.reserve', {})
    expect(full.status).toBe(429)
    expect(full.body.error.data).toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      fleet: { code: 'NO_CAPACITY', availableAt: null, reasons: {} },
    })
  })

  it.each([
    ['GET', 'reservation.reserve', 'Send GET for a query or subscription, and POST for a mutation.'],
    ['POST', 'instance.list', 'Send GET for a query or subscription, and POST for a mutation.'],
    ['POST', 'reservation.take', 'Expected /trpc/<noun>.<verb>, such as /trpc/reservation.reserve'],
  ])('with what to do, for %s %s', async (method, path, words) => {
    const answer = await call(`${api.address}/trpc/${path}`, { key: ADMIN_KEY, method })
    expect(answer.body.error.message).toContain(words)
  })

  it.each([
    ['an unknown procedure', 'no.such', { body: {} }, 404, 'NOT_FOUND'],
    ['a path that is no procedure', 'a/b/c', { body: {} }, 404, 'NOT_FOUND'],
    ['no path', '', { body: {} }, 404, 'NOT_FOUND'],
    ['a query sent as a mutation', 'instance.list', { body: {} }, 405, 'INVALID_INPUT'],
    ['a mutation sent as a query', 'health.checkAll', { method: 'GET' }, 405, 'INVALID_INPUT'],
    ['another method', 'instance.list', { method: 'DELETE' }, 404, 'NOT_FOUND'],
    ['broken JSON', 'reservation.reserve', { raw: '{"a' }, 400, 'INVALID_INPUT'],
    ['broken JSON in the query', 'instance.list?input={', { method: 'GET' }, 400, 'INVALID_INPUT'],
    [
      'plain text',
      'reservation.reserve',
      { raw: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'INVALID_INPUT',
    ],
    [
      'a form',
      'reservation.reserve',
      { raw: 'a=1', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      415,
      'INVALID_INPUT',
    ],
    [
      'a huge body',
      'reservation.reserve',
      { raw: `{"contactId":"${'a'.repeat(1_048_576)}"}` },
      413,
      'INVALID_INPUT',
    ],
    ['a badly encoded path', '%zz', { method: 'GET' }, 400, 'INVALID_INPUT'],
    ['an endless path', 'a'.repeat(6_000), { method: 'GET' }, 400, 'INVALID_INPUT'],
  ])('for %s', async (_what, path, init, status, code) => {
    const answer = await call(`${api.address}/trpc/${path}`, { key: ADMIN_KEY, ...init })
    expect([answer.status, answer.body.error.data.fleet.code]).toEqual([status, code])
    expect(answer.body.error.data).not.toHaveProperty('stack')
    expect(answer.body.error.message).not.toMatch(/node_modules|\n/)
    expect(answer.headers.get('x-request-id')).toBeTruthy()
  })

  it('for one call of a batch, beside the answers of the other calls', async () => {
    const inputs = encodeURIComponent(JSON.stringify({ 0: {}, 1: { name: 'nobody' } }))
    const { status, body } = await call(
      `${api.address}/trpc/fleet.stats,instance.get?batch=1&input=${inputs}`,
      {
        key: ADMIN_KEY,
      },
    )
    expect(status).toBe(207)
    expect(body[0].result.data.total).toBe(0)
    expect(body[1].error.data.fleet).toEqual({ code: 'NOT_FOUND' })
  })

  it('and survives hosts and methods that no client sends', async () => {
    const { port } = new URL(api.address)
    const sendRaw = (head: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), '127.0.0.1', () =>
          socket.write(`${head}\r\nconnection: close\r\n\r\n`),
        )
        let answer = ''
        socket.on('data', (chunk) => {
          answer += chunk
        })
        socket.on('end', () => resolve(answer))
        socket.on('error', reject)
      })
    const key = `x-api-key: ${ADMIN_KEY}`
    expect(await sendRaw(`GET /trpc/fleet.stats HTTP/1.1\r\nhost: u:p@h\r\n${key}`)).toMatch(
      /^HTTP\/1\.1 4\d\d/,
    )
    expect(await sendRaw(`GET /trpc/fleet.stats HTTP/1.1\r\nhost: [\r\n${key}`)).toMatch(/^HTTP\/1\.1 4\d\d/)
    expect(await sendRaw(`GET http://u:p@h/trpc/fleet.stats HTTP/1.1\r\nhost: h\r\n${key}`)).toMatch(
      /^HTTP\/1\.1 4\d\d/,
    )
    expect(await sendRaw(`TRACE /trpc/fleet.stats HTTP/1.1\r\nhost: h\r\n${key}`)).toMatch(
      /^HTTP\/1\.1 4\d\d/,
    )
  })
})

describe('a request that Node’s parser rejects', () => {
  const key = ['x-api-key', ADMIN_KEY] as const
  it.each([
    [
      'headers without end',
      431,
      [
        ['host', 'h'],
        ['x-long', 'a'.repeat(20_000)],
      ],
      '16 KiB',
    ],
    ['a URL without end', 431, [['host', 'h']], '16 KiB', `/trpc/instance.get?input=${'a'.repeat(20_000)}`],
    ['bytes that belong in no URL', 400, [['host', 'h']], 'no HTTP request', '/\xff'],
    [
      'a header without a name',
      400,
      [
        ['host', 'h'],
        ['', 'x'],
      ],
      'no HTTP request',
    ],
    [
      'an unknown Expect',
      417,
      [
        ['host', 'h'],
        ['expect', '200-ok'],
      ],
      '100-continue',
    ],
  ] as [string, number, [string, string][], string, string?][])(
    'is answered in both shapes: %s',
    async (_what, status, headers, words, target = '/trpc/fleet.stats') => {
      const request = { method: 'GET', target, headers: [...headers, key], body: null }
      const answer = await sendOnWire(api.address, request)
      expect([answer.status, answer.headers.get('connection')]).toEqual([status, 'close'])
      const message = expect.stringContaining(words)
      expect(JSON.parse(answer.body)).toEqual({ error: { code: 'INVALID_INPUT', message }, detail: message })
      expect((await call(`${api.address}/health/live`)).status).toBe(200)
    },
  )
})

describe('a client that closes the connection in the middle of its body', () => {
  it.each([
    ['/webhooks/evolution', 'x-zapfleet-webhook'],
    ['/v1/messages', 'x-api-key'],
    ['/trpc/reservation.reserve', 'x-api-key'],
  ])('is no defect: POST %s', async (path, header) => {
    const lines: string[] = []
    const log = createLog('debug', { write: (line) => lines.push(line) })
    const server = buildServer({ fleet: api.fleet, keyRing: testKeyRing, log })
    const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }))
    const secret = header === 'x-api-key' ? ADMIN_KEY : await readWebhookSecret(api.fleet)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: a\r\n${header}: ${secret}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"event":`,
      () => socket.destroy(),
    )
    await vi.waitFor(() => expect(lines.join('')).toContain('The connection ended before the body'), {
      timeout: 30_000,
    })
    await server.close()
    expect(lines.filter((line) => ['error', 'fatal'].includes(JSON.parse(line).level))).toEqual([])
  })
})

describe('the id of a request', () => {
  const idOf = async (presented: string) =>
    (await call(`${api.address}/health/live`, { headers: { 'x-request-id': presented } })).headers.get(
      'x-request-id',
    )

  it.each(['12345678-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '0190f7a1-1111-7222-8333-123456789012', 'order-1042'])(
    'is that of the caller, also a UUID with many digits: %s',
    async (id) => expect(await idOf(id)).toBe(id),
  )

  it.each(['5511987654321', 'order-5511987654321', 'with blanks'])(
    'is a new one where the log must not hold it: %s',
    async (id) => expect(await idOf(id)).not.toBe(id),
  )

  it('is in a refusal that tRPC makes before it has a context', async () => {
    const url = `${api.address}/trpc/reservation.reserve,instance.list?batch=1`
    const { body, headers } = await call(url, { key: ADMIN_KEY, body: {} })
    const [first] = Array.isArray(body) ? body : [body]
    expect(first.error.data.requestId).toBe(headers.get('x-request-id'))
  })
})

it('an input of a query that is nested deeply is refused as any other', async () => {
  const raw = `{"id":${'['.repeat(5_000)}${']'.repeat(5_000)}}`
  const { status, body } = await call(`${api.address}/trpc/contact.get`, { key: ADMIN_KEY, raw })
  expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
})

describe('an internal error', () => {
  it('is not shown: the caller gets a request id, the log gets the cause', async () => {
    const lines: string[] = []
    const log = createLog('info', { write: (line) => lines.push(line) })
    // A fleet without a database: every procedure throws a TypeError.
    const broken = buildServer({ fleet: { sql: {} } as Fleet, keyRing: testKeyRing, log })
    const headers = { 'x-api-key': ADMIN_KEY, 'x-request-id': 'sent-by-caller' }
    const trpc = await broken.inject({ url: '/trpc/fleet.stats', headers })
    expect(trpc.statusCode).toBe(500)
    expect(trpc.json().error.data.fleet).toEqual({ code: 'UNEXPECTED' })
    expect(trpc.json().error.message).toContain('sent-by-caller')
    expect(trpc.body).not.toMatch(/undefined|TypeError|node_modules/)
    const rest = await broken.inject({ url: '/health/instances' })
    expect(rest.statusCode).toBe(500)
    expect(rest.json().detail).toMatch(/^Erro interno/)
    expect(lines.filter((line) => line.includes('TypeError') && line.includes('stack'))).toHaveLength(2)
    await broken.close()
  })

  it('is DATABASE_UNAVAILABLE, not UNEXPECTED, when a key ring cannot read its database', async () => {
    const { FleetError } = await import('@zapfleet/core')
    const down = new FleetError('DATABASE_UNAVAILABLE', 'The database does not answer.')
    for (const keyRing of [
      () => Promise.reject(down),
      () => {
        throw down
      },
    ]) {
      const server = buildServer({ fleet: { sql: {} } as Fleet, keyRing, log: createLog('silent') })
      const answer = await server.inject({ url: '/trpc/fleet.stats', headers: { 'x-api-key': 'any' } })
      expect([answer.statusCode, answer.json().error.data.fleet.code]).toEqual([503, 'DATABASE_UNAVAILABLE'])
      const rest = await server.inject({ url: '/admin/instances/a/qrcode', headers: { 'x-api-key': 'any' } })
      expect([rest.statusCode, rest.headers['retry-after']]).toEqual([503, '2'])
      await server.close()
    }
  })
})
