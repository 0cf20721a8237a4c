import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BODY_LIMIT_BYTES, SEND_BODY_LIMIT_BYTES } from '../../src/body-limits.ts'
import { ADMIN_KEY, BOT_KEY, type FleetApi, mutate, startFleetApi, VIEWER_KEY } from '../fleet-api.ts'
import {
  byAdapter,
  bytesOf,
  exchange,
  expectSame,
  type Loud,
  type Sent,
  shown,
  startLoud,
} from './both-ways.ts'

let base: FleetApi
let api: Loud
let database: pg.Client
/** Reservations of the bot, of the admin, and one that is confirmed; a bot key that is bound to pools. */
const made = { open: '', confirmed: '', ofAdmin: '', bound: '', elsewhere: '' }

beforeAll(async () => {
  base = await startFleetApi()
  base.simulator.control.addInstance({ name: 'vendas' })
  database = new pg.Client({ connectionString: base.database.url })
  await database.connect()
  await database.query(
    `insert into public.whatsapp_instances (nome, status, etiquetas, capacidade_hora, capacidade_dia)
     values ('vendas', 'connected', '{sales}', 100000, 100000)`,
  )
  api = await startLoud(base)
  const idOf = async (key: string) =>
    (await mutate(base, 'reservation.reserve', { contactId: 'maria' }, key)).body.result.data.id
  const keyOf = async (pool: string) =>
    (await mutate(base, 'key.create', { label: 'bound', role: 'bot', pools: [pool] })).body.result.data.secret
  made.open = await idOf(BOT_KEY)
  made.confirmed = await idOf(BOT_KEY)
  made.ofAdmin = await idOf(ADMIN_KEY)
  await mutate(base, 'reservation.confirm', { id: made.confirmed, messageId: 'M1' }, BOT_KEY)
  made.bound = await keyOf('sales')
  made.elsewhere = await keyOf('support')
})
afterAll(async () => {
  await api?.close()
  await database?.end()
  await base?.close()
})

const JSON_TYPE = ['content-type', 'application/json'] as const
const PIXEL = 'aGVsbG8h'

function post(path: string, input: unknown, more: Partial<Sent> & { key?: string | null } = {}): Sent {
  const { key = BOT_KEY, headers = [JSON_TYPE], ...rest } = more
  return {
    target: `/trpc/${path}`,
    body: typeof input === 'string' || Buffer.isBuffer(input) ? input : JSON.stringify(input),
    headers: [...(key === null ? [] : [['x-api-key', key] as const]), ...headers],
    ...rest,
  }
}
const reserve = (input: unknown, more?: Parameters<typeof post>[2]): Sent =>
  post('reservation.reserve', input, more)
function get(path: string, query = '', key = BOT_KEY, headers: Sent['headers'] = []): Sent {
  return {
    target: `/trpc/${path}${query}`,
    method: 'GET',
    headers: [['x-api-key', key], ...headers],
    body: null,
  }
}
const input = (value: unknown): string => `input=${encodeURIComponent(JSON.stringify(value))}`
const batch = (inputs: unknown): string => `?batch=1&${input(inputs)}`
const UNKNOWN = '00000000-0000-4000-8000-000000000000'

/** Answered without the adapter, with this status. */
const ALONE: [string, number, () => Sent][] = [
  ['a reserve', 200, () => reserve({ contactId: 'maria' })],
  ['no input', 200, () => reserve('{}')],
  ['no body and no type', 200, () => reserve('', { headers: [] })],
  ['no body at all', 200, () => ({ ...reserve('', { headers: [] }), body: null })],
  ['a byte order mark', 200, () => reserve('\ufeff{"contactId":"maria"}')],
  ['a charset', 200, () => reserve({}, { headers: [['content-type', 'application/json; charset=utf-8']] })],
  [
    'a bearer',
    200,
    () => reserve({}, { key: null, headers: [JSON_TYPE, ['authorization', `Bearer ${BOT_KEY}`]] }),
  ],
  [
    'a chunked body',
    200,
    () => reserve('2\r\n{}\r\n0\r\n\r\n', { headers: [JSON_TYPE, ['transfer-encoding', 'chunked']] }),
  ],
  ['an Expect', 200, () => reserve({}, { headers: [JSON_TYPE, ['expect', '100-continue']] })],
  ['any Accept', 200, () => reserve({}, { headers: [JSON_TYPE, ['accept', 'text/html, */*']] })],
  ['an admin', 200, () => reserve({}, { key: ADMIN_KEY })],
  ['a bound key', 200, () => reserve({ contactId: 'joao' }, { key: made.bound })],
  ['a bound key and a foreign pool', 403, () => reserve({ pool: 'support' }, { key: made.bound })],
  ['a bound key whose pool has no number', 404, () => reserve({}, { key: made.elsewhere })],
  [
    'a bound key at a call for the whole fleet',
    403,
    () => post('instance.update', { name: 'vendas' }, { key: made.bound }),
  ],
  ['a viewer', 403, () => reserve({ extra: 1 }, { key: VIEWER_KEY })],
  ['a viewer and a body that is no JSON', 403, () => reserve('{', { key: VIEWER_KEY })],
  ['no capacity', 429, () => reserve({ exclude: ['vendas'] })],
  ['an unknown field', 400, () => reserve({ extra: 1, 'a"b': 2 })],
  ['wrong types', 400, () => reserve({ contactId: 7, maxWaitMs: -1, exclude: [1] })],
  ['null', 400, () => reserve('null')],
  ['an array', 400, () => reserve('[]')],
  ['a text', 400, () => reserve('"contactId"')],
  ['no JSON', 400, () => reserve('{"contactId":')],
  ['a byte order mark alone', 400, () => reserve('\ufeff')],
  ['__proto__', 400, () => reserve('{"__proto__":{"contactId":"x"}}')],
  ['a lone surrogate', 400, () => reserve('{"contactId":"a\\ud800"}')],
  ['a confirm', 200, () => post('reservation.confirm', { id: made.confirmed, messageId: 'M1' })],
  ['a confirm of nothing', 404, () => post('reservation.confirm', { id: UNKNOWN })],
  ['a confirm without id', 400, () => post('reservation.confirm', {})],
  ['a confirm of another key', 403, () => post('reservation.confirm', { id: made.ofAdmin })],
  [
    'a confirm of what a bound key does not see',
    404,
    () => post('reservation.confirm', { id: made.open }, { key: made.elsewhere }),
  ],
  ['a release', 200, () => post('reservation.release', { id: made.open, cause: 'not_tried' })],
  ['a release of a confirmed one', 409, () => post('reservation.release', { id: made.confirmed })],
  ['a send', 200, () => post('message.send', { to: '5511987654321', text: 'olá', idempotencyKey: 'one' })],
  [
    'a send of another text under one key',
    409,
    () => post('message.send', { to: '5511987654321', text: 'oi', idempotencyKey: 'one' }),
  ],
  ['a send without text', 400, () => post('message.send', { to: '5511987654321' })],
  [
    'a send of a large file',
    200,
    () =>
      post('message.send', {
        to: '5511987654321',
        idempotencyKey: 'large',
        media: { kind: 'image', base64: PIXEL.repeat(200_000) },
      }),
  ],
  ['a list', 200, () => get('instance.list')],
  ['a list with a type', 200, () => get('instance.list', '', BOT_KEY, [JSON_TYPE])],
  ['a list for a viewer', 200, () => get('instance.list', `?${input({ availableOnly: true })}`, VIEWER_KEY)],
  ['a list for a bound key', 200, () => get('instance.list', '', made.bound)],
  ['a list that is empty', 200, () => get('instance.list', `?${input({ status: ['banned'] })}`)],
  ['a contact', 200, () => get('contact.get', `?${input({ id: 'João & "Zé" + 1 ✓' })}`)],
  ['a plus for a space', 200, () => get('contact.get', '?input={%22id%22:+%22a+b%22}')],
  ['a query without its input', 400, () => get('instance.get')],
  ['a query with a wrong input', 400, () => get('instance.get', `?${input({ name: 7, more: 1 })}`)],
  ['a query with null', 400, () => get('instance.get', '?input=null')],
  ['a query of nothing', 404, () => get('instance.get', `?${input({ name: 'nothing' })}`)],
  ['a query for admins only', 403, () => get('key.list', '', VIEWER_KEY)],
  ['a batch of one', 200, () => post('reservation.reserve?batch=1', { 0: {} })],
  ['a batch of one query', 200, () => get('instance.list', batch({ 0: {} }))],
  ['a batch of two', 207, () => post('reservation.reserve,reservation.confirm?batch=1', { 0: {}, 1: {} })],
  ['a batch that fails', 400, () => post('reservation.confirm,message.send?batch=1', { 0: {}, 1: {} })],
  ['a batch without inputs', 200, () => post('reservation.reserve,reservation.reserve?batch=1', '')],
  ['a batch with other inputs', 200, () => post('reservation.reserve?batch=1', { 1: 'a', x: 2 })],
  ['a batch with a byte order mark', 200, () => post('reservation.reserve?batch=1', '\ufeff{"0":{}}')],
  ['a batch with null', 400, () => post('reservation.reserve?batch=1', { 0: null })],
  [
    'a batch of which a key may call one',
    207,
    () => post('instance.update,reservation.reserve?batch=1', { 0: { name: 'a', priority: 'x' }, 1: {} }),
  ],
  ['a batch for a viewer', 403, () => post('reservation.reserve?batch=1', { 0: {} }, { key: VIEWER_KEY })],
  ['a batch of equal lists', 200, () => get('instance.list,instance.list,instance.list', '?batch=1')],
  [
    'a batch of different queries',
    207,
    () =>
      get(
        'instance.list,contact.get,instance.get,key.list,instance.list',
        batch({ 1: { id: 'maria' }, 2: { name: 'ç' }, 4: { status: ['banned'] } }),
      ),
  ],
  ['a batch of queries with an empty query', 200, () => get('instance.list,instance.list', '?batch=1&')],
]

/** Answered by Fastify before a procedure is chosen, with this status, or by the adapter. */
const OTHERWISE: [string, number, () => Sent][] = [
  ['no key', 401, () => reserve({}, { key: null })],
  ['a wrong key', 401, () => reserve({}, { key: 'zf_bot_wrong' })],
  ['a text type', 415, () => reserve('{}', { headers: [['content-type', 'text/plain']] })],
  ['a form', 415, () => reserve('a=1', { headers: [['content-type', 'application/x-www-form-urlencoded']] })],
  ['parts', 415, () => reserve('--a--', { headers: [['content-type', 'multipart/form-data; boundary=a']] })],
  ['no type', 415, () => reserve('{}', { headers: [] })],
  ['a broken type', 415, () => reserve('{}', { headers: [['content-type', 'application/jsonx']] })],
  ['a large body', 413, () => reserve(`{"contactId":"${'a'.repeat(BODY_LIMIT_BYTES)}"}`)],
  [
    'a large body of a send',
    413,
    () =>
      post('message.send', Buffer.alloc(0), {
        headers: [JSON_TYPE, ['content-length', String(SEND_BODY_LIMIT_BYTES + 1)]],
      }),
  ],
  ['a type in capitals', 200, () => reserve({}, { headers: [['content-type', 'Application/JSON']] })],
  ['a stream', 400, () => reserve({}, { headers: [JSON_TYPE, ['accept', 'application/jsonl']] })],
  [
    'a stream of tRPC',
    400,
    () => reserve({}, { headers: [JSON_TYPE, ['trpc-accept', 'application/jsonl']] }),
  ],
  ['a host with a name', 400, () => reserve({}, { headers: [JSON_TYPE, ['host', 'a@b']] })],
  ['a host with a space', 400, () => reserve({}, { headers: [JSON_TYPE, ['host', 'a b']] })],
  ['a host with a wrong port', 400, () => reserve({}, { headers: [JSON_TYPE, ['host', 'localhost:99999']] })],
  ['no host', 400, () => reserve({}, { headers: [JSON_TYPE, ['host', '']] })],
  ['GET with a type', 405, () => reserve({}, { method: 'GET', body: null })],
  ['GET', 405, () => reserve({}, { method: 'GET', headers: [], body: null })],
  ['HEAD', 404, () => reserve({}, { method: 'HEAD', headers: [], body: null })],
  ['PUT', 404, () => reserve({}, { method: 'PUT' })],
  ['OPTIONS', 404, () => reserve({}, { method: 'OPTIONS', headers: [], body: null })],
  ['a slash at the end', 200, () => post('reservation.reserve/', {})],
  ['a percent-encoded path', 200, () => post('reservation%2Ereserve', {})],
  ['a path that is encoded twice', 400, () => post('reservation%252Ereserve', {})],
  ['an unknown path', 404, () => post('reservation.nothing', {})],
  ['a path of Object', 404, () => post('__proto__', {})],
  ['another case', 404, () => post('Reservation.reserve', {})],
  ['a batch whose inputs are an array', 400, () => post('reservation.reserve?batch=1', [{}])],
  ['a batch whose inputs are null', 400, () => post('reservation.reserve?batch=1', 'null')],
  ['a batch of queries whose inputs are null', 400, () => get('instance.list', batch(null))],
  ['a batch whose inputs are no JSON', 400, () => get('instance.list,instance.list', '?batch=1&input={')],
  ['a batch of another type', 415, () => post('reservation.reserve?batch=1', '{}', { headers: [] })],
  [
    'a batch with an unknown path',
    207,
    () => post('reservation.reserve,reservation.nothing?batch=1', { 0: {}, 1: {} }),
  ],
  ['a batch with an empty path', 207, () => post('reservation.reserve,?batch=1', { 0: {} })],
  ['a batch of a query and a mutation', 400, () => get('instance.list,reservation.reserve', '?batch=1')],
  ['a batch of mutations by GET', 405, () => get('reservation.reserve,reservation.reserve', '?batch=1')],
  ['a batch of queries by POST', 405, () => post('instance.list,instance.list?batch=1', {})],
  ['a batch with a subscription', 400, () => get('instance.onChange', '?batch=1', ADMIN_KEY)],
  [
    'a batch that is a stream',
    200,
    () => get('instance.list,instance.list', '?batch=1', BOT_KEY, [['trpc-accept', 'application/jsonl']]),
  ],
  ['a batch with two inputs', 200, () => get('contact.get', `${batch({ 0: { id: 'a' } })}&${input({})}`)],
  ['a batch with its input before', 200, () => get('instance.list', `?${input({ 0: {} })}&batch=1`)],
  ['a batch of 65 queries', 400, () => get(Array(65).fill('instance.list').join(), '?batch=1')],
  ['a query whose input is no JSON', 400, () => get('instance.get', '?input={')],
  ['a query whose input is empty', 200, () => get('instance.list', '?input=')],
  ['a query whose input is no UTF-8', 400, () => get('contact.get', '?input=%22%ff%22')],
  ['a query whose input has a byte order mark', 400, () => get('instance.list', '?input=%EF%BB%BF{}')],
  ['two paths without batch', 404, () => post('reservation.reserve,reservation.reserve', { 0: {}, 1: {} })],
  ['batch=0', 200, () => post('reservation.reserve?batch=0', {})],
  ['an input in the query', 200, () => post('reservation.reserve?input=%7B%22extra%22%3A1%7D', {})],
  ['wrong connection parameters', 400, () => post('reservation.reserve?connectionParams=%5B%5D', {})],
  ['a query by POST', 200, () => post('contact.get', { id: 'maria' })],
]

describe('without the adapter', () => {
  it.each(ALONE)(
    '%s has status %i and the answer and log lines of the adapter',
    async (_, status, request) => {
      // A first message to a contact has another answer than a second one.
      await exchange(api.address, [request()])
      const { alone, adapter } = await expectSame(api, request())
      expect(alone.status).toContain(` ${status} `)
      expect([alone.framing, adapter.framing]).toEqual(['length', 'chunked'])
    },
  )
})

describe('a long batch of lists', () => {
  it('has the bytes of the adapter, also for a caller that reads slowly and one that goes away', async () => {
    await database.query(
      `insert into public.whatsapp_instances (nome, status) select 'número ' || n, 'disconnected' from generate_series(1, 500) n`,
    )
    const lists = get(Array(40).fill('instance.list').join(), '?batch=1')
    await exchange(api.address, [lists])
    const { alone } = await expectSame(api, lists)
    expect([alone.framing, alone.body.length > 4_000_000]).toEqual(['length', true])
    const leaving = connect(Number(new URL(api.address).port), '127.0.0.1')
    leaving.write(bytesOf(lists, true))
    await once(leaving, 'data')
    leaving.destroy()
    const slow = connect(Number(new URL(api.address).port), '127.0.0.1')
    slow.write(bytesOf(lists, true))
    let bytes = 0
    for await (const chunk of slow) {
      bytes += chunk.length
      if (bytes < 1_000_000) await sleep(5)
    }
    expect(bytes).toBeGreaterThan(Buffer.byteLength(alone.body))
    expect(api.lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([])
    await database.query("delete from public.whatsapp_instances where nome like 'número %'")
  })
})

describe('by Fastify or the adapter', () => {
  it.each(OTHERWISE)('%s has status %i with and without a further query', async (_, status, request) => {
    const { alone, adapter } = await expectSame(api, request())
    expect(alone.status).toContain(` ${status} `)
    expect(alone.framing).toBe(adapter.framing)
  })
})

describe('a repeat under an idempotency key', () => {
  it('has the same bytes without the adapter as by it', async () => {
    const repeat = reserve({ contactId: 'ana', idempotencyKey: 'ana-1' })
    const [, first] = await exchange(api.address, [repeat, repeat])
    const [, second] = await exchange(api.address, [byAdapter(repeat), byAdapter(repeat)])
    expect([first?.framing, second?.framing]).toEqual(['length', 'chunked'])
    expect(first?.body).toBe(second?.body)
    const { alone } = await expectSame(api, reserve({ contactId: 'jose', idempotencyKey: 'ana-1' }))
    expect(alone.status).toContain('409')
  })
})

describe('a connection', () => {
  const SEVERAL = [reserve({}), reserve('{'), reserve({}, { key: null }), reserve({ extra: 1 }), reserve({})]

  it('is kept for pipelined calls, which are answered in their order', async () => {
    const alone = await exchange(api.address, SEVERAL)
    const adapter = await exchange(api.address, SEVERAL.map(byAdapter))
    expect(alone.map(({ status }) => status.slice(9, 12))).toEqual(['200', '400', '401', '400', '200'])
    expect(alone.map(shown)).toEqual(adapter.map(shown))
    expect(alone[0]?.headers).toContain('keep-alive: timeout=4')
    expect(alone.at(-1)?.headers).toContain('Connection: close')
  })

  it('of HTTP/1.0 is closed by both', async () => {
    for (const request of [reserve({}), reserve('{'), reserve({ exclude: ['vendas'] })]) {
      const { alone, adapter } = await expectSame(api, { ...request, version: '1.0' })
      expect([alone.framing, adapter.framing]).toEqual(['length', 'close'])
    }
  })
})

describe('calls of admins', () => {
  it('are equal rows in the audit', async () => {
    const update = (input: object) => post('instance.update', input, { key: ADMIN_KEY })
    const readRows = async (): Promise<object[]> => {
      const { rows } = await database.query(
        "select to_jsonb(a) - array['id', 'at', 'took_ms'] row from zapfleet.audit a order by id",
      )
      return rows.map(({ row }) => row)
    }
    await exchange(api.address, [update({ name: 'vendas', hourlyCapacity: 99_999 })])
    const from = (await readRows()).length
    await expectSame(api, update({ name: 'vendas', hourlyCapacity: 99_999 }))
    await expectSame(api, update({ name: 'nothing-here', hourlyCapacity: 1 }))
    await expectSame(api, update({ name: 'vendas', hourlyCapacity: 'x' }))
    const rows = (await readRows()).slice(from)
    expect(rows).toMatchObject([{ outcome: 'done' }, {}, { outcome: 'NOT_FOUND' }, {}])
    expect([rows[0], rows[2]]).toEqual([rows[1], rows[3]])
  })
})
