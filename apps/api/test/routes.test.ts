import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeFleet, openFleet, silentLog } from '@zapfleet/core'
import { startSimulator } from '@zapfleet/simulator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import { REST_ROUTES } from '../src/routes/route.ts'
import {
  OPERATIONS as ALL_OPERATIONS,
  bodySchema,
  type CallInit,
  expectDescribed,
  expectExamplesDescribed,
  routeCaller,
  unseen,
} from './described.ts'
import {
  ADMIN_KEY,
  BOT_KEY,
  call,
  type FleetApi,
  mutate,
  query,
  startFleetApi,
  testKeyRing,
  VIEWER_KEY,
} from './fleet-api.ts'
import { inject, testRefusals } from './route-refusals.ts'

const NO_RESERVATION = '01a204bd-49f0-7000-8000-000000000000'
/** Adopted numbers can have any name that Evolution accepts. */
const ODD_NAMES = [
  'Loja São Paulo/1',
  'a b',
  '100%25 sim',
  '?&=#+;',
  '%2F',
  'nome.com.ponto',
  '🏬',
  "o'x",
  '"',
]

let api: FleetApi
let database: pg.Client
beforeAll(async () => {
  api = await startFleetApi()
  database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  for (const name of ['one', 'two']) {
    api.simulator.control.addInstance({ name })
    await database.query(
      `insert into public.whatsapp_instances (nome, status, capacidade_hora, capacidade_dia) values ($1, 'connected', 3, 50)`,
      [name],
    )
  }
})
afterAll(async () => {
  await database?.end()
  await api?.close()
})

const callRoute = routeCaller(() => api.address, BOT_KEY)

const reserve = (body: unknown, init: CallInit = {}) =>
  callRoute('POST /v1/reservations', '/v1/reservations', { body, ...init })
const complete = (verb: 'confirm' | 'release', id: string, init: CallInit = {}) =>
  callRoute(`POST /v1/reservations/{id}/${verb}`, `/v1/reservations/${id}/${verb}`, init)
const get = (path: string, of: string, init: CallInit = {}) => callRoute(`GET ${path}`, of, init)

const OPERATIONS = ALL_OPERATIONS.filter((operation) => operation.includes(' /v1/'))

describe('the REST routes', () => {
  it('reserve, confirm and release like the procedures', async () => {
    const { status, body } = await reserve({ contactId: 'ana', idempotencyKey: 'k1' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ contactId: 'ana', state: 'reserved', preference: 'assigned' })
    expect((await reserve({ contactId: 'ana', idempotencyKey: 'k1' })).body.id).toBe(body.id)
    const again = await reserve({ contactId: 'bia', idempotencyKey: 'k1' })
    expect([again.status, again.body.error.code]).toEqual([409, 'CONFLICT'])

    expect((await complete('confirm', body.id)).body.state).toBe('confirmed')
    expect((await complete('release', body.id)).body.error.code).toBe('CONFLICT')
    const other = (await reserve(undefined)).body
    expect((await complete('release', other.id, { body: {} })).body.state).toBe('released')
    expect((await complete('confirm', other.id)).body.error.code).toBe('CONFLICT')
    for (const verb of ['confirm', 'release'] as const) {
      expect((await complete(verb, NO_RESERVATION)).body.error.code).toBe('NOT_FOUND')
      expect((await complete(verb, 'not-a-uuid')).body.error.code).toBe('INVALID_INPUT')
    }
  })

  it('know no pool that no number is in', async () => {
    const pool = 'no-such-pool'
    for (const [path, body] of [
      ['/v1/reservations', { pool }],
      ['/v1/choose', { pool }],
      ['/v1/messages', { pool, to: '5511900000001', text: 'Olá!' }],
    ] as const) {
      const answer = await callRoute(`POST ${path}`, path, { body })
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 404, 'NOT_FOUND'])
    }
  })

  it('read a reservation, and store what became of its message', async () => {
    const { id, instanceName } = (await reserve({ contactId: 'caio' })).body
    const messageId = '3EB096FFCE09261DDFD8E4'
    expect((await complete('confirm', id, { body: { messageId } })).body.messageId).toBe(messageId)
    const events = [{ instanceName, messageId, status: 'failed', error: '463' }]
    const report = 'POST /v1/reservations/report'
    const reported = await callRoute(report, '/v1/reservations/report', { body: { events } })
    expect(reported.body).toEqual({ matched: 1, unmatched: 0 })
    const one = await get('/v1/reservations/{id}', `/v1/reservations/${id}`)
    expect(one.body).toMatchObject({ id, messageId, outcome: { status: 'failed', error: '463' } })
    expect((await get('/v1/reservations/{id}', `/v1/reservations/${NO_RESERVATION}`)).status).toBe(404)
  })

  it('reserve and choose name row level security where it hides every number', async () => {
    const table = 'public.whatsapp_instances'
    await database.query(
      `create role api_serving login password 'serving'; grant usage on schema public, zapfleet to api_serving;
       grant select, insert, update on all tables in schema public, zapfleet to api_serving; alter table ${table} enable row level security`,
    )
    const url = new URL(api.database.url)
    const fleet = await openFleet({
      databaseUrl: Object.assign(url, { username: 'api_serving', password: 'serving' }).href,
      timeZone: 'America/Sao_Paulo',
      evolution: api.evolution,
      log: silentLog,
    })
    const server = buildServer({ fleet, keyRing: testKeyRing, log: createLog('silent') })
    try {
      for (const path of ['/v1/reservations', '/v1/choose']) {
        const answer = await inject(server, 'POST', path, { key: BOT_KEY })
        expect([answer.status, answer.body.error.code]).toEqual([412, 'INVALID_STATE'])
        expect(answer.body.error.message).toContain('RLS')
        expectDescribed(`POST ${path}`, answer)
      }
      expect((await inject(server, 'GET', '/health/ready')).body.reason).toContain('RLS')
    } finally {
      await server.close()
      await closeFleet(fleet)
      await database.query(
        `alter table ${table} disable row level security; drop owned by api_serving; drop role api_serving`,
      )
    }
  })

  it('name a number without counting, and count a send that happened', async () => {
    const before = (await query(api, 'fleet.stats', {})).body.result.data.hour.sent
    const { body } = await callRoute('POST /v1/choose', '/v1/choose', { body: { contactId: 'ana' } })
    expect(['one', 'two']).toContain(body.instanceName)
    const record = 'POST /v1/instances/{name}/record-send'
    expect((await callRoute(record, `/v1/instances/one/record-send`, { method: 'POST' })).status).toBe(200)
    expect((await callRoute(record, '/v1/instances/nobody/record-send', { body: {} })).status).toBe(404)
    expect((await query(api, 'fleet.stats', {})).body.result.data.hour.sent).toBe(before + 1)
  })

  it('read what the procedures read', async () => {
    const list = await get('/v1/instances', '/v1/instances')
    expect(list.body).toEqual((await query(api, 'instance.list', {})).body.result.data)
    const one = await get('/v1/instances/{name}', '/v1/instances/one')
    expect(one.body).toEqual(list.body[0])
    expect((await get('/v1/instances/{name}', '/v1/instances/nobody')).status).toBe(404)
    const ana = await get('/v1/contacts/{id}', '/v1/contacts/ana')
    expect(ana.body).toMatchObject({ id: 'ana', preferredInstance: expect.any(String) })
    const stats = await get('/v1/stats', '/v1/stats', { key: VIEWER_KEY })
    expect(stats.body).toEqual((await query(api, 'fleet.stats', {})).body.result.data)
    const plan = '?newContactsPerDay=80&waiting=1000'
    const forecast = await get('/v1/forecast', `/v1/forecast${plan}`, { key: VIEWER_KEY })
    expect(forecast.body).toEqual(
      (await query(api, 'fleet.forecast', { newContactsPerDay: 80, waiting: 1_000 })).body.result.data,
    )
    expect((await get('/v1/forecast', '/v1/forecast', { key: VIEWER_KEY })).status).toBe(400)
    expect((await get('/v1/health', '/v1/health')).body.total).toBe(2)
    const { secret } = (await mutate(api, 'key.create', { label: 'sales', role: 'bot', pools: ['vendas'] }))
      .body.result.data
    expect((await get('/v1/health', '/v1/health', { key: secret })).body.total).toBe(0)
    expect((await get('/v1/health', '/v1/health?pool=suporte', { key: secret })).status).toBe(403)
  })

  it('list alerts: open ones, closed ones, and all', async () => {
    await database.query(
      `insert into zapfleet.alerts (id, rule, severity, subject, facts, opened_at, closed_at) values
         ('01900000-0000-7000-8000-000000000001', 'number_banned', 'critical', 'one', '{}', '2026-05-05T10:00:00Z', null),
         ('01900000-0000-7000-8000-000000000002', 'number_down', 'warning', 'two', '{}', '2026-05-05T11:00:00Z', '2026-05-05T11:20:00Z')`,
    )
    const list = async (search: string) =>
      (await get('/v1/alerts', `/v1/alerts${search}`, { key: VIEWER_KEY })).body
    const subjects = async (search: string) =>
      (await list(search)).map((one: { subject: string }) => one.subject)
    expect(await subjects('')).toEqual(['two', 'one'])
    expect(await subjects('?open=true')).toEqual(['one'])
    expect(await subjects('?open=false')).toEqual(['two'])
    expect(await subjects('?limit=1')).toEqual(['two'])
    expect(await list('?open=true')).toEqual(
      (await query(api, 'alert.list', { open: true })).body.result.data,
    )
    expect((await list('?open=true'))[0]).toMatchObject({
      rule: 'number_banned',
      severity: 'critical',
      closedAt: null,
      notified: [],
      text: {
        en: expect.stringMatching(/^WhatsApp banned "one"\n/),
        'pt-BR': expect.stringContaining('bloqueou'),
      },
    })
    expect((await get('/v1/alerts', '/v1/alerts?limit=201', { key: VIEWER_KEY })).status).toBe(400)
    expect((await get('/v1/alerts', '/v1/alerts', { key: BOT_KEY })).status).toBe(403)
  })

  it('parse lists, yes and no from the query', async () => {
    const names = async (search: string) =>
      (await get('/v1/instances', `/v1/instances${search}`)).body.map((one: { name: string }) => one.name)
    expect(await names('?status=connected')).toEqual(['one', 'two'])
    expect(await names('?status=banned&status=connected')).toEqual(['one', 'two'])
    expect(await names('?status=banned')).toEqual([])
    expect(await names('?availableOnly=false')).toEqual(['one', 'two'])
    await mutate(api, 'instance.update', { name: 'two', paused: true })
    expect(await names('?availableOnly=true&status=connected')).toEqual(['one'])
    await mutate(api, 'instance.update', { name: 'two', paused: false })
  })

  it('send a message, read it, list it, and cancel one that waits', async () => {
    const send = (body: unknown) => callRoute('POST /v1/messages', '/v1/messages', { body })
    const message = { to: '5511900000001', text: 'Olá!', idempotencyKey: 'm-1' }
    const { status, body } = await send(message)
    expect([status, body.state, body.to]).toEqual([200, 'sent', '5511900000001'])
    expect((await send(message)).body.id).toBe(body.id)
    const other = await send({ ...message, text: 'Oi!' })
    expect([other.status, other.body.error.code]).toEqual([409, 'CONFLICT'])
    const full = await send({ to: '5511900000002', text: 'Olá!', exclude: ['one', 'two'] })
    expect([full.status, full.body.error.code, full.body.error.reasons]).toEqual([
      429,
      'NO_CAPACITY',
      { EXCLUDED: 2 },
    ])
    await mutate(api, 'contact.block', { id: '5511900000003' })
    expect((await send({ to: '5511900000003', text: 'Olá!' })).body.error.code).toBe('CONTACT_BLOCKED')

    const read = await get('/v1/messages/{id}', `/v1/messages/${body.id}`)
    expect(read.body).toMatchObject({ id: body.id, instanceName: body.instanceName })
    const later = new Date(Date.now() + 3_600_000).toISOString()
    const queued = (await send({ to: '5511900000001', text: 'Olá!', sendAt: later })).body
    expect(queued).toMatchObject({ state: 'queued', notBefore: later })
    const list = (search: string) => get('/v1/messages', `/v1/messages${search}`, { key: ADMIN_KEY })
    expect((await list('?contactId=5511900000001&limit=1')).body).toEqual([queued])
    expect((await list(`?before=${queued.id}`)).body).toMatchObject([{ id: body.id }])
    const cancel = (id: string) => callRoute('POST /v1/messages/{id}/cancel', `/v1/messages/${id}/cancel`)
    expect((await cancel(queued.id)).body.state).toBe('canceled')
    expect((await cancel(body.id)).body.error.code).toBe('CONFLICT')
    for (const missing of [
      await cancel(NO_RESERVATION),
      await get('/v1/messages/{id}', `/v1/messages/${NO_RESERVATION}`),
    ])
      expect([missing.status, missing.body.error.code]).toEqual([404, 'NOT_FOUND'])
  })

  it('return when a full fleet has room again, in the body and as Retry-After', async () => {
    for (let sent = 0; sent < 7; sent++) await reserve({})
    const { status, headers, body } = await reserve({ exclude: [] })
    expect(status).toBe(429)
    expect(body.error).toMatchObject({ code: 'NO_CAPACITY', reasons: { HOURLY_LIMIT: 2 } })
    const waitMs = new Date(body.error.availableAt).getTime() - Date.now()
    expect(waitMs).toBeGreaterThan(0)
    expect(Math.abs(Number(headers.get('retry-after')) - waitMs / 1000)).toBeLessThan(10)
    const never = await reserve({ exclude: ['one', 'two'] })
    expect(never.body.error).toMatchObject({ availableAt: null, reasons: { EXCLUDED: 2 } })
    expect(never.headers.get('retry-after')).toBeNull()
  })

  it('decode names and ids in a path just once, whatever they hold', async () => {
    for (const name of ODD_NAMES) {
      await database.query(`insert into public.whatsapp_instances (nome, status) values ($1, 'banned')`, [
        name,
      ])
      const path = `/v1/instances/${encodeURIComponent(name)}`
      expect((await get('/v1/instances/{name}', path)).body.name).toBe(name)
      const sent = await callRoute('POST /v1/instances/{name}/record-send', `${path}/record-send`)
      expect(sent.body).toMatchObject({ name, sentToday: 1 })
      const contact = await get('/v1/contacts/{id}', `/v1/contacts/${encodeURIComponent(name)}`)
      expect(contact.body.id).toBe(name)
    }
    const long = '🏬'.repeat(255)
    expect((await get('/v1/contacts/{id}', `/v1/contacts/${encodeURIComponent(long)}`)).body.id).toBe(long)
  })

  it('treat an empty body of any type as none, as curl and urllib send it', async () => {
    const { id } = (await mutate(api, 'reservation.reserve', { exclude: [], contactId: 'ana' })).body.result
      ?.data ?? { id: NO_RESERVATION }
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await complete('release', id, { raw: '', headers: form })
    expect([200, 404]).toContain(answer.status)
    expect((await complete('release', id, { raw: '', headers: {} })).status).toBe(answer.status)
  })
})

describe('a REST route refuses', () => {
  const KEPT_SAFE: [string, string, string, CallInit, number, string | RegExp][] = [
    [
      'an unknown field',
      'POST /v1/reservations',
      '',
      { body: { contact: 'ana' } },
      400,
      'unknown field "contact"',
    ],
    ['__proto__', 'POST /v1/reservations', '', { raw: '{"__proto__":{"contactId":"a"}}' }, 400, '__proto__'],
    ['broken JSON', 'POST /v1/reservations', '', { raw: '{"a' }, 400, 'not valid JSON'],
    ['an array', 'POST /v1/reservations', '', { raw: '[]' }, 400, 'expected the body to be a JSON object'],
    ['null', 'POST /v1/choose', '', { raw: 'null' }, 400, 'expected the body to be a JSON object'],
    ['a field in the query', 'POST /v1/reservations', '?contactId=ana', { body: {} }, 400, 'contactId'],
    [
      'plain text',
      'POST /v1/choose',
      '',
      { raw: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'JSON',
    ],
    [
      'a form',
      'POST /v1/reservations',
      '',
      { raw: 'a=1', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      415,
      'JSON',
    ],
    [
      'too much',
      'POST /v1/reservations',
      '',
      { raw: `{"contactId":"${'a'.repeat(1_048_576)}"}` },
      413,
      '1048576 bytes',
    ],
    [
      'a wrong value',
      'POST /v1/choose',
      '',
      { body: { strategy: 'random' } },
      400,
      'strategy: expected one of "sticky"',
    ],
    ['an unknown parameter', 'GET /v1/instances', '?state=open', {}, 400, 'unknown field "state"'],
    [
      'a wrong parameter',
      'GET /v1/instances',
      '?availableOnly=yes',
      {},
      400,
      'availableOnly: expected a boolean, got "yes"',
    ],
    [
      'a parameter that is sent twice',
      'GET /v1/instances',
      '?availableOnly=true&availableOnly=false',
      {},
      400,
      'availableOnly',
    ],
    ['a wrong status', 'GET /v1/instances', '?status=open', {}, 400, 'status[0]'],
    ['any parameter', 'GET /v1/health', '?a=1', {}, 400, 'unknown field "a"'],
  ]
  it.each(KEPT_SAFE)('%s at %s', async (_what, operation, search, init, status, words) => {
    const path = operation.split(' ')[1] ?? ''
    const answer = await callRoute(operation, path + search, init)
    expect([answer.status, answer.body.error.code]).toEqual([status, 'INVALID_INPUT'])
    expect(answer.body.error.message).toContain(words)
    expect(answer.body.error.requestId).toBe(answer.headers.get('x-request-id'))
    expect(JSON.stringify(answer.body)).not.toMatch(/stack|node_modules/)
  })

  it('a body that is not UTF-8, and a field that the path holds already', async () => {
    const bytes = Buffer.concat([Buffer.from('{"contactId":"'), Buffer.from([0xff]), Buffer.from('"}')])
    const response = await fetch(`${api.address}/v1/reservations`, {
      method: 'POST',
      headers: { 'x-api-key': BOT_KEY, 'content-type': 'application/json' },
      body: bytes,
    })
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('UTF-8') } })
    const twice = await complete('confirm', NO_RESERVATION, { body: { id: NO_RESERVATION } })
    expect(twice.body.error.message).toContain('id stands in the path')
  })

  it('a name that cannot exist, a path that does not, a path that cannot be decoded', async () => {
    const tooLong = await get('/v1/instances/{name}', `/v1/instances/${'a'.repeat(51)}`)
    expect(tooLong.body.error.message).toContain('name: expected 1 to 50')
    for (const [path, status, code] of [
      ['/v1/nothing', 404, 'NOT_FOUND'],
      ['/v1/instances/a/b/c', 404, 'NOT_FOUND'],
      ['/v1/instances/%zz', 400, 'INVALID_INPUT'],
      [`/v1/contacts/${'a'.repeat(6_000)}`, 400, 'INVALID_INPUT'],
    ] as const) {
      const answer = await call(`${api.address}${path}`, { key: BOT_KEY })
      expect([path.slice(0, 30), answer.status, answer.body.error.code]).toEqual([
        path.slice(0, 30),
        status,
        code,
      ])
    }
  })

  it.each([...new Set(REST_ROUTES.map((route) => route.path))])(
    'other methods than those of %s, naming the right ones in Allow',
    async (path) => {
      const methods = REST_ROUTES.filter((route) => route.path === path).map((route): string => route.method)
      for (const wrong of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (methods.includes(wrong)) continue
        const answer = await call(`${api.address}${path.replaceAll(/\{\w+\}/g, 'x')}`, {
          method: wrong,
          key: ADMIN_KEY,
        })
        expect([wrong, answer.status, answer.body.error.code]).toEqual([wrong, 405, 'INVALID_INPUT'])
        expect(answer.headers.get('allow')).toBe(
          methods.map((method) => (method === 'GET' ? 'GET, HEAD' : method)).join(', '),
        )
      }
    },
  )

  it('shows nothing of its routes without a key', async () => {
    for (const path of ['/v1/instances', '/v1/nothing'])
      expect((await call(`${api.address}${path}`, { method: 'DELETE' })).status).toBe(401)
  })
})

testRefusals(OPERATIONS)

describe('the routes of admins', () => {
  const admin = (operation: string, path: string, init: CallInit = {}) =>
    callRoute(operation, path, { key: ADMIN_KEY, ...init })
  const create = (body: unknown) => admin('POST /v1/instances', '/v1/instances', { body })
  const act = (verb: 'pair' | 'restart' | 'logout', name: string, body?: unknown) =>
    admin(`POST /v1/instances/{name}/${verb}`, `/v1/instances/${name}/${verb}`, { body })
  const update = (name: string, body: unknown) =>
    admin('PATCH /v1/instances/{name}', `/v1/instances/${name}`, { body })
  const remove = (name: string) => admin('DELETE /v1/instances/{name}', `/v1/instances/${name}`)
  beforeAll(async () => {
    api.simulator.control.addInstance({ name: 'tres' })
    await database.query(`insert into public.whatsapp_instances (nome, status) values ('tres', 'connected')`)
  })
  const lastAct = async () => (await query(api, 'audit.list', { limit: 1 })).body.result.data.entries[0]

  it('create, pair, change, pause, restart, log out and delete an instance, each in the audit as over tRPC', async () => {
    const made = await create({ name: 'porta', hourlyCapacity: 7 })
    expect([made.status, made.body.instance.hourlyCapacity]).toEqual([200, 7])
    expect(made.body.pairing.state).toMatch(/^(qr|not_ready)$/)
    expect(await lastAct()).toMatchObject({ act: 'instance.create', target: 'porta', outcome: 'done' })
    expect((await create({ name: 'porta' })).body.error.code).toBe('CONFLICT')

    expect((await act('pair', 'porta', {})).body).toMatchObject({ state: 'qr', base64: expect.any(String) })
    expect((await act('pair', 'porta', { phoneNumber: '+5511987650009' })).body.state).toBe('qr')
    expect((await create({ name: 'outra', phoneNumber: '+5511987650010' })).status).toBe(200)
    const taken = await act('pair', 'porta', { phoneNumber: '+5511987650010' })
    expect([taken.status, taken.body.error.code]).toEqual([409, 'CONFLICT'])
    expect((await remove('outra')).status).toBe(200)
    expect((await create({ name: 'quarta', server: 'no-such-server' })).body.error.code).toBe('NOT_FOUND')

    const changed = await update('porta', { dailyCapacity: 9, paused: true, pauseReason: 'em teste' })
    expect(changed.body).toMatchObject({ hourlyCapacity: 7, dailyCapacity: 9, pauseReason: 'em teste' })
    expect(await lastAct()).toMatchObject({
      act: 'instance.update',
      target: 'porta',
      key: { label: expect.any(String) },
    })
    expect((await update('porta', { paused: false })).body).toMatchObject({
      paused: false,
      pauseReason: null,
    })
    expect((await update('porta', { hourlyCapacity: -1 })).status).toBe(400)

    expect((await act('restart', 'tres')).body).toEqual({ name: 'tres', verified: true })
    expect((await act('logout', 'tres')).body).toEqual({ name: 'tres', verified: true })
    expect((await act('restart', 'tres')).body.error.code).toBe('INVALID_STATE')
    expect((await remove('porta')).body).toEqual({ name: 'porta', verified: true })
    expect(await lastAct()).toMatchObject({ act: 'instance.delete', target: 'porta', outcome: 'done' })
    expect((await get('/v1/instances/{name}', '/v1/instances/porta')).status).toBe(404)
  })

  it('make, list, change, test and delete an alert route, each act in the audit without its secrets', async () => {
    const all = '/v1/alert-routes'
    const one = (method: string, verb: string, name: string, init: CallInit = {}) =>
      admin(`${method} ${all}/{name}${verb}`, `${all}/${name}${verb}`, init)
    const webhookUrl = 'http://127.0.0.1:9/services/planted-path'
    const quietHours = { from: '22:00', to: '07:00' }
    const body = { name: 'team', kind: 'slack', webhookUrl, quietHours, language: 'pt-BR' }
    const made = await admin(`POST ${all}`, all, { body })
    const route = {
      name: 'team',
      kind: 'slack',
      address: { host: '127.0.0.1:9', chatId: null, to: null },
      minSeverity: 'warning',
      quietHours,
      language: 'pt-BR',
      createdAt: expect.stringMatching(/Z$/),
      lastDelivery: null,
    }
    expect([made.status, made.body]).toEqual([200, { ...route, secret: null }])
    expect(await lastAct()).toMatchObject({
      act: 'alertRoute.create',
      target: 'team',
      before: null,
      after: { kind: 'slack', host: '127.0.0.1:9', quietHours },
      outcome: 'done',
    })
    expect((await admin(`POST ${all}`, all, { body })).body.error.code).toBe('CONFLICT')
    const wrong = await admin(`POST ${all}`, all, { body: { ...body, name: 'x', kind: 'telegram' } })
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'INVALID_INPUT'])
    expect(JSON.stringify(wrong.body)).not.toContain('planted')
    expect((await admin(`GET ${all}`, all)).body).toEqual([route])
    const changed = await one('PATCH', '', 'team', { body: { minSeverity: 'critical', quietHours: null } })
    expect(changed.body).toEqual({ ...route, minSeverity: 'critical', quietHours: null })
    expect(await lastAct()).toMatchObject({
      act: 'alertRoute.update',
      before: { minSeverity: 'warning', quietHours },
      after: { minSeverity: 'critical', quietHours: null },
    })
    // Private addresses are refused without ALERTS_ALLOW_PRIVATE.
    expect((await one('POST', '/test', 'team')).body).toMatchObject({
      lastDelivery: { ok: false, error: expect.stringContaining('127.0.0.1 is a private address') },
    })
    expect((await one('POST', '/test', 'nobody')).body.error.code).toBe('NOT_FOUND')
    const mail = { name: 'mail', kind: 'email', to: ['planted-person@example.com'] }
    await admin(`POST ${all}`, all, { body: mail })
    expect(JSON.stringify(await lastAct())).not.toMatch(/planted-person/)
    await one('DELETE', '', 'mail')
    expect((await one('DELETE', '', 'team')).body).toMatchObject({ name: 'team' })
    expect(await lastAct()).toMatchObject({ act: 'alertRoute.delete', target: 'team', after: null })
    expect((await admin(`GET ${all}`, all)).body).toEqual([])
    for (const [method, verb, init] of [
      ['DELETE', '', {}],
      ['PATCH', '', { body: { language: 'en' } }],
    ] as const)
      expect((await one(method, verb, 'team', init)).body.error.code).toBe('NOT_FOUND')
    await admin(`POST ${all}`, all, { body: { name: 'hook', kind: 'webhook', url: webhookUrl } })
    await database.query(
      `update zapfleet.alert_routes set sealed = 'v1.00000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA'`,
    )
    expect((await one('POST', '/test', 'hook')).body.error.code).toBe('INVALID_STATE')
    const kept = await one('PATCH', '', 'hook', { body: { url: 'https://bot.example.com/' } })
    expect([kept.status, kept.body.error.code]).toEqual([412, 'INVALID_STATE'])
    await database.query(
      `insert into zapfleet.alert_routes (name, kind, address, created_at) select 'r' || n, 'email', '{}', now() from generate_series(1, 19) n`,
    )
    expect((await admin(`POST ${all}`, all, { body: mail })).body.error.code).toBe('INVALID_STATE')
    await database.query('delete from zapfleet.alert_routes')
    const { rows } = await database.query('select row_to_json(a)::text entry from zapfleet.audit a')
    expect(rows.filter(({ entry }) => entry.includes('planted-path'))).toEqual([])
  })

  it('make, list, test and delete a webhook endpoint, each act in the audit without its secret', async () => {
    const all = '/v1/webhook-endpoints'
    const make = (body: unknown) => admin(`POST ${all}`, all, { body })
    const one = (verb: string, name: string, init: CallInit = {}) =>
      admin(`${verb === '' ? 'DELETE' : 'POST'} ${all}/{name}${verb}`, `${all}/${name}${verb}`, init)
    const received: string[] = []
    const receiver = createServer((request, response) => {
      received.push(String(request.headers['webhook-id']))
      response.writeHead(204).end()
    })
    await once(receiver.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?token=planted-token`
    try {
      const made = await make({ name: 'bot', url, events: ['instance', 'outcome'] })
      expect([made.status, made.body]).toEqual([
        200,
        {
          name: 'bot',
          url,
          events: ['outcome', 'instance'],
          createdAt: expect.stringMatching(/Z$/),
          lastDelivery: null,
          secret: expect.stringMatching(/^whsec_/),
        },
      ])
      expect(await lastAct()).toMatchObject({
        act: 'webhookEndpoint.create',
        target: 'bot',
        before: null,
        after: { origin: new URL(url).origin, events: ['outcome', 'instance'] },
        outcome: 'done',
      })
      expect((await make({ name: 'bot', url, events: ['outcome'] })).body.error.code).toBe('CONFLICT')
      const { secret, ...listed } = made.body
      expect((await admin(`GET ${all}`, all)).body).toEqual([listed])
      expect((await one('/test', 'bot')).body).toMatchObject({ lastDelivery: { ok: true, error: null } })
      expect(received).toEqual([expect.stringMatching(/^test-/)])
      expect((await one('/test', 'nobody')).body.error.code).toBe('NOT_FOUND')
      await database.query(
        `update zapfleet.webhook_endpoints set sealed_secret = 'v1.00000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA'`,
      )
      const closed = await one('/test', 'bot')
      expect([closed.status, closed.body.error.code]).toEqual([412, 'INVALID_STATE'])
      expect((await one('', 'bot')).body).toMatchObject({ name: 'bot' })
      expect(await lastAct()).toMatchObject({ act: 'webhookEndpoint.delete', target: 'bot', after: null })
      expect((await one('', 'bot')).body.error.code).toBe('NOT_FOUND')
      for (let n = 0; n < 20; n++) await make({ name: `bot-${n}`, url, events: ['outcome'] })
      expect((await make({ name: 'more', url, events: ['outcome'] })).body.error.code).toBe('INVALID_STATE')
      const { rows } = await database.query('select a::text as text from zapfleet.audit a')
      for (const word of [secret, 'planted-token']) expect(JSON.stringify(rows)).not.toContain(word)
    } finally {
      receiver.close()
      await database.query('delete from zapfleet.webhook_endpoints')
    }
  })

  it.each([
    [{ name: 'a b' }, 'name: expected 1 to 50 letters'],
    [{ url: 'bot.example.com' }, 'url: expected an http or https URL'],
    [{ url: 'http://169.254.169.254/' }, 'url: 169.254.169.254 is a link-local address'],
    [{ url: 'https://u:planted@bot.example.com' }, 'url: expected a URL without a user name'],
    [{ events: [] }, 'events: expected at least 1'],
    [{ events: ['outcome', 'outcome'] }, 'events: expected each kind once'],
    [{ events: ['inbound'] }, 'events[0]: expected one of "message", "outcome", "instance"'],
    [{ secret: 'planted' }, 'secret: expected whsec_ and base64, or a text of 16 to 200 characters, got 7'],
    [
      { secret: `whsec_${'planted'.repeat(3)}AAA` },
      'secret: expected base64 of 24 to 64 bytes after whsec_, got 18',
    ],
  ])('refuse a webhook endpoint with %j', async (wrong, words) => {
    const body = { name: 'bot', url: 'http://127.0.0.1:9/', events: ['outcome'], ...wrong }
    const answer = await admin('POST /v1/webhook-endpoints', '/v1/webhook-endpoints', { body })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'INVALID_INPUT'])
    expect(answer.body.error.message).toContain(words)
    expect(answer.body.error.message).not.toContain('planted')
  })

  it('add, check, change and remove an Evolution server, and move an instance there, each in the audit without its key', async () => {
    const all = '/v1/servers'
    const add = (body: unknown) => admin(`POST ${all}`, all, { body })
    const change = (name: string, body: unknown) => admin(`PATCH ${all}/{name}`, `${all}/${name}`, { body })
    const removeServer = (name: string) => admin(`DELETE ${all}/{name}`, `${all}/${name}`)
    const check = (name: string) => admin(`POST ${all}/{name}/check`, `${all}/${name}/check`)
    const move = (name: string, server: string) =>
      admin('POST /v1/instances/{name}/move', `/v1/instances/${name}/move`, { body: { server } })
    const second = await startSimulator({ apiKey: 'planted-key-of-the-second', timeScale: 0.01 })
    const { url, apiKey } = second
    try {
      const added = await add({ name: 'b', url, apiKey })
      expect([added.status, added.body]).toEqual([
        200,
        expect.objectContaining({
          name: 'b',
          url,
          reachable: true,
          problem: null,
          licensed: true,
          numbers: 0,
        }),
      ])
      expect(await lastAct()).toMatchObject({ act: 'server.add', target: 'b', before: null, after: { url } })
      expect((await add({ name: 'b', url, apiKey })).status).toBe(409)
      expect((await add({ name: 'c', url: `${url}/sub`, apiKey: 'planted-wrong' })).status).toBe(502)
      const listed = await admin(`GET ${all}`, all)
      expect(listed.body.map(({ name }: { name: string }) => name)).toEqual(['default', 'b'])
      expect((await check('b')).body).toMatchObject({ name: 'b', reachable: true })
      expect((await check('nobody')).status).toBe(404)
      expect((await change('b', { apiKey })).body).toMatchObject({ name: 'b', url })
      expect((await change('b', { url: api.simulator.url })).status).toBe(409)
      expect((await change('b', { apiKey: 'planted-wrong' })).status).toBe(502)
      expect((await change('nobody', { apiKey })).status).toBe(404)

      const moved = await move('tres', 'b')
      expect(moved.body).toMatchObject({ instance: { server: 'default', movingTo: 'b' }, pairing: {} })
      expect(await lastAct()).toMatchObject({
        act: 'instance.move',
        target: 'tres',
        before: { server: 'default', movingTo: null },
        after: { movingTo: 'b' },
      })
      expect((await removeServer('b')).status).toBe(409)
      expect((await move('tres', 'default')).body).toMatchObject({
        instance: { movingTo: null },
        pairing: null,
      })
      expect((await move('tres', 'default')).status).toBe(409)
      expect((await move('tres', 'nobody')).status).toBe(404)
      await second.control.outage('refuse')
      expect((await move('tres', 'b')).status).toBe(502)
      await second.control.outage(null)

      const sealed = 'v1.00000000.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA'
      await database.query('update zapfleet.servers set sealed_key = $1', [sealed])
      const closed = await change('b', { url: `${url}/` })
      expect([closed.status, closed.body.error.code]).toEqual([412, 'INVALID_STATE'])
      // The move that was cancelled: the scheduler deletes on the server what it left there.
      expect((await removeServer('b')).status).toBe(409)
      await database.query('delete from zapfleet.leftovers')
      expect((await removeServer('b')).body).toMatchObject({ name: 'b', numbers: 0, licensed: true })
      expect(await lastAct()).toMatchObject({ act: 'server.remove', target: 'b', after: null })
      expect((await removeServer('b')).status).toBe(404)
      await database.query(
        `insert into zapfleet.servers (name, url, sealed_key) select 's' || n, 'http://127.0.0.1:9/' || n, $1 from generate_series(1, 50) n`,
        [sealed],
      )
      expect((await add({ name: 'more', url, apiKey })).status).toBe(412)
      const { rows } = await database.query('select a::text as text from zapfleet.audit a')
      expect(JSON.stringify(rows)).not.toContain('planted')
    } finally {
      await database.query('delete from zapfleet.servers; delete from zapfleet.leftovers')
      await api.fleet.servers.refresh()
      await second.close()
    }
  })

  it.each([
    [{ name: 'default' }, 'name: expected another name than "default"'],
    [{ name: 'a b' }, 'name: expected 1 to 50 letters'],
    [{ url: 'b.example.com' }, 'url: expected an address such as https://evolution.example.com'],
    [{ url: 'https://u:planted@b.example.com' }, 'url: expected an address without a user'],
    [{ apiKey: 'planted'.repeat(100) }, 'apiKey: expected 1 to 500 visible'],
    [{ apiKey: 'planted key' }, 'apiKey: expected 1 to 500 visible ASCII characters without blanks'],
  ])('refuse an Evolution server with %j', async (wrong, words) => {
    const body = { name: 'b', url: 'http://127.0.0.1:9/', apiKey: 'a-key', ...wrong }
    const answer = await admin('POST /v1/servers', '/v1/servers', { body })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'INVALID_INPUT'])
    expect(answer.body.error.message).toContain(words)
    expect(answer.body.error.message).not.toContain('planted')
  })

  it('restrict an instance and end the restriction, each in the audit', async () => {
    const restrict = (body: unknown, name = 'two') =>
      admin('POST /v1/instances/{name}/restriction', `/v1/instances/${name}/restriction`, { body })
    const until = new Date(Date.now() + 3_600_000).toISOString()
    expect((await restrict({ until })).body.restriction).toMatchObject({ until, source: 'operator' })
    expect(await lastAct()).toMatchObject({
      act: 'instance.setRestriction',
      target: 'two',
      outcome: 'done',
      after: { restriction: { until } },
    })
    expect((await restrict({ until: null })).body.restriction).toMatchObject({ until: null })
    expect((await restrict({ restricted: false })).body.restriction).toBeNull()
    expect((await restrict({})).status).toBe(400)
    expect((await restrict({ until: '2026-01-01T00:00:00Z' })).body.error.code).toBe('INVALID_INPUT')
    expect((await restrict({ until: null }, 'nobody')).body.error.code).toBe('NOT_FOUND')
    // Instants in forms that PostgreSQL does not read.
    expect((await restrict({ until: '0000-01-01T00:00:00Z' })).body.error.code).toBe('INVALID_INPUT')
    for (const [given, stored] of [
      ['2127-01-01T16:00:00+16:00', '2127-01-01T00:00:00.000Z'],
      ['9999-12-31T23:59:59-12:00', '9999-12-31T23:59:59.999Z'],
    ])
      expect((await restrict({ until: given })).body.restriction).toMatchObject({ until: stored })
    expect((await restrict({ restricted: false })).body.restriction).toBeNull()
  })

  it('record that a contact wrote to a number', async () => {
    const record = (body?: object, key = BOT_KEY, id = 'rui') =>
      callRoute('POST /v1/contacts/{id}/record-inbound', `/v1/contacts/${id}/record-inbound`, { key, body })
    const instanceName = 'two'
    const at = '2026-01-02T03:04:05.000Z'
    const recorded = { preferredInstance: instanceName, lastInbound: { instanceName, at } }
    for (let turn = 0; turn < 2; turn++)
      expect((await record({ instanceName, at, messageId: 'ACF7' })).body).toMatchObject(recorded)
    const unknown = await record({ instanceName: 'no-such-number' })
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'NOT_FOUND'])
    for (const [moment, message] of [
      ['yesterday', /at: expected .* got "yesterday"/],
      [new Date(Date.now() + 3_600_000).toISOString(), /at: expected a moment .* got /],
    ] as const) {
      const { status, body } = await record({ instanceName, at: moment })
      expect([status, body.error.code]).toEqual([400, 'INVALID_INPUT'])
      expect(body.error.message).toMatch(message)
    }
    expect((await get('/v1/contacts/{id}', '/v1/contacts/rui')).body).toMatchObject(recorded)
  })

  it('block, unblock, link and unlink a contact', async () => {
    const contact = (verb: string, body?: object, key = ADMIN_KEY, id = '5547988887777') =>
      callRoute(`POST /v1/contacts/{id}/${verb}`, `/v1/contacts/${id}/${verb}`, { key, body })
    expect((await contact('block', { reason: 'STOP' }, BOT_KEY)).body).toEqual({
      id: '5547988887777',
      preferredInstance: null,
      aliases: [],
      lastInbound: null,
      blocked: true,
    })
    const refused = await reserve({ contactId: '+55 47 8888-7777' })
    expect([refused.status, refused.body.error.code]).toEqual([403, 'CONTACT_BLOCKED'])
    expect((await contact('unblock', {}, BOT_KEY)).body).toMatchObject({ blocked: false })

    const alias = 'crm-1042'
    expect((await contact('link', { alias })).body).toMatchObject({ aliases: [alias] })
    expect(await lastAct()).toMatchObject({
      act: 'contact.link',
      target: '554***77',
      before: { aliases: [] },
      after: { aliases: ['crm***42'] },
    })
    const other = await contact('link', { alias }, ADMIN_KEY, 'ana')
    expect([other.status, other.body.error.code]).toEqual([409, 'CONFLICT'])
    expect((await contact('link', { alias: '5547988887777' })).body.error.code).toBe('INVALID_INPUT')
    expect((await contact('unlink', { alias })).body).toMatchObject({ aliases: [] })
    expect((await contact('unlink', { alias })).body.error.code).toBe('NOT_FOUND')
    await contact('link', { alias: '5547988887777' }, ADMIN_KEY, 'main')
    expect((await contact('unlink', { alias: '554788887777' })).body.error.code).toBe('CONFLICT')
    expect((await contact('link', { alias }, BOT_KEY)).body.error.code).toBe('FORBIDDEN')
  })

  it('export a person and forget it, in the audit too', async () => {
    const id = '5547988886666'
    const path = `/v1/contacts/${id}`
    await mutate(api, 'contact.setPreference', { id: '+55 (47) 98888-6666', instanceName: 'two' })
    await mutate(api, 'contact.link', { id, alias: 'crm-6666' })
    const read = () => admin('GET /v1/contacts/{id}/export', `${path}/export`)
    expect((await read()).body).toMatchObject({
      id,
      ids: [{ id }, { id: 'crm-6666', isAlias: true }],
      contact: { preferredInstance: 'two' },
      audit: [
        { act: 'contact.setPreference', target: '+55***66', after: { preferredInstance: 'two' } },
        { act: 'contact.link', target: '554***66', after: { aliases: ['crm***66'] } },
      ],
    })
    const forget = await admin('POST /v1/contacts/{id}/forget', `${path}/forget`)
    expect(forget.body).toEqual({ forgotten: true })
    expect((await read()).body).toMatchObject({ contact: { preferredInstance: null }, audit: [] })
    const [forgotten, link] = (await query(api, 'audit.list', { limit: 2 })).body.result.data.entries
    expect(forgotten).toMatchObject({
      act: 'contact.forget',
      target: null,
      before: null,
      after: null,
      outcome: 'done',
    })
    expect(link).toMatchObject({
      act: 'contact.link',
      target: null,
      before: null,
      after: null,
      outcome: 'done',
    })
    expect((await query(api, 'contact.get', { id })).body.result.data).toMatchObject({ aliases: [] })
  })

  it('refuse a phone of another instance, and wait for a call that works on the same instance', async () => {
    await update('one', { phoneNumber: '+5511987650001' })
    expect((await update('two', { phoneNumber: '+5511987650001' })).body.error.code).toBe('CONFLICT')
    const hold = () =>
      database.query(
        `insert into zapfleet.leases (name, holder, expires_at) values ('instance:two', $1, now() + interval '10 s')
         on conflict (name) do update set expires_at = excluded.expires_at`,
        [NO_RESERVATION],
      )
    await hold()
    const holding = setInterval(() => void hold(), 2_000)
    const busy = await Promise.all([act('restart', 'two'), act('logout', 'two'), remove('two')])
    clearInterval(holding)
    await database.query(`delete from zapfleet.leases where name = 'instance:two'`)
    expect(busy.map(({ status, body }) => [status, body.error.code])).toEqual(
      Array(3).fill([409, 'CONFLICT']),
    )
  })

  it('report what only a person can repair: a foreign column without a default, 1,000 active keys', async () => {
    await database.query(
      `alter table public.whatsapp_instances add column dono text not null default 'x';
       alter table public.whatsapp_instances alter column dono drop default`,
    )
    expect((await create({ name: 'sem-dono' })).body.error.code).toBe('INVALID_STATE')
    await database.query('alter table public.whatsapp_instances drop column dono')
    await database.query(
      `insert into zapfleet.api_keys (id, digest, role, label, created_at, created_by)
       select 'filled' || i, sha256(i::text::bytea), 'bot', 'filled', now(), 'test' from generate_series(1, 1000) i`,
    )
    const full = await admin('POST /v1/keys', '/v1/keys', { body: { label: 'one too many', role: 'bot' } })
    expect(full.body.error.code).toBe('INVALID_STATE')
    await database.query(`delete from zapfleet.api_keys where created_by = 'test'`)
  })

  it('answer as documented where the instance does not exist, or Evolution does not answer', async () => {
    for (const verb of ['pair', 'restart', 'logout'] as const)
      expect((await act(verb, 'nobody')).body.error.code).toBe('NOT_FOUND')
    expect((await update('nobody', { priority: 1 })).status).toBe(404)
    expect((await remove('nobody')).status).toBe(404)
    const refusing = api.simulator.control.fault({
      kind: 'status',
      code: 400,
      match: { route: 'instance/connect', name: 'tres' },
    })
    expect((await act('pair', 'tres')).body.error.code).toBe('EVOLUTION_REFUSED')
    refusing.remove()
    await api.simulator.control.outage('refuse')
    try {
      expect((await create({ name: 'sem-evolution' })).body.error.code).toBe('EVOLUTION_UNREACHABLE')
      for (const verb of ['restart', 'logout'] as const) expect((await act(verb, 'two')).status).toBe(502)
      expect((await remove('two')).status).toBe(502)
    } finally {
      await api.simulator.control.outage(null)
    }
  })

  it('make, list, replace and end keys, which allow what their roles may', async () => {
    const { body } = await admin('POST /v1/keys', '/v1/keys', { body: { label: 'da porta', role: 'bot' } })
    expect(await lastAct()).toMatchObject({ act: 'key.create', outcome: 'done' })
    expect((await get('/v1/instances', '/v1/instances', { key: body.secret })).status).toBe(200)
    const listed = await admin('GET /v1/keys', '/v1/keys')
    expect(listed.body).toEqual((await query(api, 'key.list', {})).body.result.data)
    expect(JSON.stringify(listed.body)).not.toContain(body.secret)

    const path = `/v1/keys/${body.key.id}`
    const rotated = await admin('POST /v1/keys/{id}/rotate', `${path}/rotate`, { body: { graceSeconds: 0 } })
    expect(rotated.body).toMatchObject({ key: { label: 'da porta' }, replaced: { id: body.key.id } })
    const again = await admin('POST /v1/keys/{id}/rotate', `${path}/rotate`)
    expect([again.status, again.body.error.code]).toEqual([412, 'INVALID_STATE'])
    const revoke = (id: string) => admin('POST /v1/keys/{id}/revoke', `/v1/keys/${id}/revoke`)
    expect((await revoke(rotated.body.key.id)).body).toMatchObject({ state: 'revoked', made: [] })
    expect(await lastAct()).toMatchObject({ act: 'key.revoke', target: rotated.body.key.id })
    expect((await revoke('nobody')).status).toBe(404)
    expect((await admin('POST /v1/keys/{id}/rotate', '/v1/keys/nobody/rotate')).status).toBe(404)
    expect((await revoke('ADMIN_API_KEY')).status).toBe(412)
  })
})

describe('the document', () => {
  it('has no example that its own schema refuses, and no answer that no test has caused', () => {
    expectExamplesDescribed()
    for (const route of REST_ROUTES) {
      const validate = bodySchema(`${route.method} ${route.path}`)
      if (route.bodyExample !== undefined) expect(validate?.(route.bodyExample)).toBe(true)
    }
    expect(unseen(OPERATIONS)).toEqual([])
  })
})
