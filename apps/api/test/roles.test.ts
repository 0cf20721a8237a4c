import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import { procedureContract, procedureContracts } from '../src/procedure-contract.ts'
import { REST_ROUTES } from '../src/routes/route.ts'
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
import { type Route, routesOf } from './fuzz/routes.ts'

type Who = 'bot' | 'viewer' | 'admin'

/**
 * Every procedure with the roles that may call it, written by hand and compared with the router. `in pools`: keys of these roles that are bound
 * to pools may call it too, and its answer keeps to the pools (`pools/calls.test.ts`). `fleet`: they may not.
 */
const PROCEDURES: Record<string, readonly [type: string, reach: 'in pools' | 'fleet', ...Who[]]> = {
  'alert.list': ['query', 'fleet', 'viewer', 'admin'],
  'alertRoute.create': ['mutation', 'fleet', 'admin'],
  'alertRoute.delete': ['mutation', 'fleet', 'admin'],
  'alertRoute.list': ['query', 'fleet', 'admin'],
  'alertRoute.test': ['mutation', 'fleet', 'admin'],
  'alertRoute.update': ['mutation', 'fleet', 'admin'],
  'audit.list': ['query', 'fleet', 'admin'],
  'contact.block': ['mutation', 'in pools', 'bot', 'admin'],
  'contact.clearPreference': ['mutation', 'fleet', 'admin'],
  'contact.counts': ['query', 'in pools', 'viewer', 'admin'],
  'contact.export': ['query', 'fleet', 'admin'],
  'contact.forget': ['mutation', 'fleet', 'admin'],
  'contact.get': ['query', 'in pools', 'bot', 'viewer', 'admin'],
  'contact.link': ['mutation', 'fleet', 'admin'],
  'contact.recordInbound': ['mutation', 'in pools', 'bot', 'admin'],
  'contact.setPreference': ['mutation', 'fleet', 'admin'],
  'contact.unblock': ['mutation', 'fleet', 'bot', 'admin'],
  'contact.unlink': ['mutation', 'fleet', 'admin'],
  'fleet.conditions': ['query', 'in pools', 'viewer', 'admin'],
  'fleet.forecast': ['query', 'in pools', 'viewer', 'admin'],
  'fleet.stats': ['query', 'in pools', 'viewer', 'admin'],
  'health.check': ['mutation', 'fleet', 'admin'],
  'health.checkAll': ['mutation', 'fleet', 'admin'],
  'health.summary': ['query', 'in pools', 'bot', 'viewer', 'admin'],
  'instance.activity': ['query', 'in pools', 'viewer', 'admin'],
  'instance.choose': ['mutation', 'in pools', 'bot', 'admin'],
  'instance.create': ['mutation', 'fleet', 'admin'],
  'instance.delete': ['mutation', 'fleet', 'admin'],
  'instance.explain': ['query', 'in pools', 'viewer', 'admin'],
  'instance.get': ['query', 'in pools', 'bot', 'viewer', 'admin'],
  'instance.history': ['query', 'in pools', 'viewer', 'admin'],
  'instance.import': ['mutation', 'fleet', 'admin'],
  'instance.list': ['query', 'in pools', 'bot', 'viewer', 'admin'],
  'instance.logout': ['mutation', 'fleet', 'admin'],
  'instance.move': ['mutation', 'fleet', 'admin'],
  'instance.onChange': ['subscription', 'in pools', 'viewer', 'admin'],
  'instance.onPairing': ['subscription', 'fleet', 'admin'],
  'instance.qrCode': ['mutation', 'fleet', 'admin'],
  'instance.recordSend': ['mutation', 'in pools', 'bot', 'admin'],
  'instance.restart': ['mutation', 'fleet', 'admin'],
  'instance.setRestriction': ['mutation', 'fleet', 'admin'],
  'instance.update': ['mutation', 'fleet', 'admin'],
  'key.create': ['mutation', 'fleet', 'admin'],
  'key.list': ['query', 'fleet', 'admin'],
  'key.revoke': ['mutation', 'fleet', 'admin'],
  'key.rotate': ['mutation', 'fleet', 'admin'],
  'key.whoAmI': ['query', 'in pools', 'bot', 'viewer', 'admin'],
  'message.cancel': ['mutation', 'in pools', 'bot', 'admin'],
  'message.get': ['query', 'in pools', 'bot', 'viewer', 'admin'],
  'message.list': ['query', 'fleet', 'admin'],
  'message.onChange': ['subscription', 'in pools', 'bot', 'viewer', 'admin'],
  'message.send': ['mutation', 'in pools', 'bot', 'admin'],
  'reservation.confirm': ['mutation', 'in pools', 'bot', 'admin'],
  'reservation.get': ['query', 'in pools', 'bot', 'viewer', 'admin'],
  'reservation.release': ['mutation', 'in pools', 'bot', 'admin'],
  'reservation.report': ['mutation', 'in pools', 'bot', 'admin'],
  'reservation.reserve': ['mutation', 'in pools', 'bot', 'admin'],
  'server.add': ['mutation', 'fleet', 'admin'],
  'server.check': ['mutation', 'fleet', 'admin'],
  'server.list': ['query', 'fleet', 'admin'],
  'server.remove': ['mutation', 'fleet', 'admin'],
  'server.update': ['mutation', 'fleet', 'admin'],
  'webhookEndpoint.create': ['mutation', 'fleet', 'admin'],
  'webhookEndpoint.delete': ['mutation', 'fleet', 'admin'],
  'webhookEndpoint.list': ['query', 'fleet', 'admin'],
  'webhookEndpoint.test': ['mutation', 'fleet', 'admin'],
}

/**
 * Every route and its callers; `all`: no key is needed, `secret`: the header must hold the secret, `address`: the path
 * must, keys are not read.
 */
const ROUTES: readonly (readonly [
  url: RegExp,
  'all' | 'secret' | 'address' | readonly Who[],
  onlyWhere?: string | undefined,
  /** Of these methods alone; the others have the row without a method. */
  methods?: readonly string[],
])[] = [
  [/^\/$|^\/openapi\.json$|^\/docs(\/|$)|^\/health\/(instances|live|ready)$/, 'all'],
  // Its files show only what procedures return.
  [/^\/assets\//, 'all', 'the page was built'],
  [/^\/metrics$/, ['viewer', 'admin'], 'figures are kept, and not open to all'],
  [/^\/webhooks\/evolution(\/servers\/:server)?\/?(\/:event)?$/, 'secret'],
  [/^\/webhooks\/evolution\/global\/:secret\/?(\/:event)?$/, 'address'],
  [/^\/admin\/instances(\/:nome\/qrcode)?$/, ['admin']],
  [/^\/stats\/instances$|^\/dashboard\/(instances(\/:nome)?|health)$/, ['viewer', 'admin']],
  [/^\/trpc\/:path$/, ['bot', 'viewer', 'admin']],
  [/^\/trpc\/message\.send$/, ['bot', 'admin']],
  [/^\/v1\/reservations(\/:id\/(confirm|release)|\/report)?$/, ['bot', 'admin']],
  [/^\/v1\/reservations\/:id$/, ['bot', 'viewer', 'admin']],
  [/^\/v1\/messages$/, ['bot', 'admin'], undefined, ['POST']],
  [/^\/v1\/messages$/, ['admin']],
  [/^\/v1\/messages\/:id$/, ['bot', 'viewer', 'admin']],
  [/^\/v1\/messages\/:id\/cancel$/, ['bot', 'admin']],
  [/^\/v1\/choose$|^\/v1\/instances\/:name\/record-send$/, ['bot', 'admin']],
  [/^\/v1\/(instances|instances\/:name|contacts\/:id|health)$/, ['bot', 'viewer', 'admin']],
  [/^\/v1\/contacts\/:id\/(record-inbound|block|unblock)$/, ['bot', 'admin']],
  [/^\/v1\/contacts\/:id\/(link|unlink|export|forget)$/, ['admin']],
  [/^\/v1\/stats$/, ['viewer', 'admin']],
  [/^\/v1\/forecast$/, ['viewer', 'admin']],
  [/^\/v1\/alerts$/, ['viewer', 'admin']],
  [/^\/v1\/instances$/, ['admin'], undefined, ['POST']],
  [/^\/v1\/instances\/:name$/, ['admin'], undefined, ['PATCH', 'DELETE']],
  [/^\/v1\/instances\/:name\/(pair|restart|restriction|logout|move)$/, ['admin']],
  [/^\/v1\/keys(\/:id\/(rotate|revoke))?$/, ['admin']],
  [/^\/v1\/alert-routes(\/:name(\/test)?)?$/, ['admin']],
  [/^\/v1\/webhook-endpoints(\/:name(\/test)?)?$/, ['admin']],
  [/^\/v1\/servers(\/:name(\/check)?)?$/, ['admin']],
  [/^\/session$/, 'all', undefined, ['GET']],
  // Only with the header of the dashboard, which this matrix does not send: see sessions.test.ts.
  [/^\/session$/, [], undefined, ['POST']],
  [/^\/session(\/all|\/:id)?$/, ['bot', 'viewer', 'admin'], undefined, ['DELETE']],
]

/** Keys that are not valid; the two that ended had the role admin. */
const CLOSED = ['no key', 'a wrong key', 'an expired key', 'a revoked key'] as const
const ROLES = ['bot', 'viewer', 'admin'] as const
/** The roles of keys that may be bound to pools. */
const BOUND = ['bot', 'viewer'] as const

let api: FleetApi
const keys = new Map<(typeof CLOSED)[number] | Who, string | undefined>([
  ['no key', undefined],
  ['a wrong key', `${ADMIN_KEY}x`],
])
const boundKeys = new Map<Who, string>()
beforeAll(async () => {
  api = await startFleetApi()
  for (const role of BOUND) boundKeys.set(role, (await makeKey(role, { pools: ['vendas'] })).secret)
  for (const role of ROLES) keys.set(role, (await makeKey(role)).secret)
  keys.set('a revoked key', await revokedKey())
  keys.set('an expired key', await expiredKey())
})
afterAll(() => api?.close())

const makeKey = async (role: Who, more: object = {}) => {
  const { body } = await mutate(api, 'key.create', { label: `of a ${role}`, role, ...more })
  return body.result.data as { key: { id: string }; secret: string }
}
const opens = async (secret: string) => (await query(api, 'key.whoAmI', {}, secret)).status === 200

async function revokedKey(): Promise<string> {
  const { key, secret } = await makeKey('admin')
  expect(await opens(secret)).toBe(true)
  await mutate(api, 'key.revoke', { id: key.id })
  expect(await opens(secret)).toBe(false)
  return secret
}

async function expiredKey(): Promise<string> {
  const { key, secret } = await makeKey('admin')
  expect(await opens(secret)).toBe(true)
  const database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  await database.query('update zapfleet.api_keys set expires_at = clock_timestamp() where id = $1', [key.id])
  await database.end()
  await vi.waitFor(async () => expect(await opens(secret)).toBe(false), { timeout: 60_000, interval: 100 })
  return secret
}

describe('the matrix of procedures', () => {
  it('lists every procedure of the router, and no other', () => {
    const found = [...procedureContracts()].map(([path, { type, meta }]) => [
      path,
      type,
      meta.keepsToPools ? 'in pools' : 'fleet',
    ])
    expect(found.sort()).toEqual(
      Object.entries(PROCEDURES).map(([path, [type, reach]]) => [path, type, reach]),
    )
  })

  // Inputs are refused after the role was checked, so that no call runs.
  const askWith = (path: string, type: string, key: string | undefined) => {
    const url = `${api.address}/trpc/${path}`
    const input = { noSuchField: 1 }
    const held = key === undefined ? {} : { key }
    if (type === 'mutation') return call(url, { method: 'POST', body: input, ...held })
    return call(`${url}?input=${encodeURIComponent(JSON.stringify(input))}`, held)
  }

  // All at once: unknown keys of one moment share a read of the database.
  const refusals = new Map<string, ReturnType<typeof askWith>>()
  const refusalOf = (path: string, which: (typeof CLOSED)[number]) => {
    if (refusals.size === 0)
      for (const [each, [type]] of Object.entries(PROCEDURES))
        for (const closed of CLOSED) refusals.set(`${each} ${closed}`, askWith(each, type, keys.get(closed)))
    return refusals.get(`${path} ${which}`) as ReturnType<typeof askWith>
  }

  describe.each(Object.entries(PROCEDURES))('%s', (path, [type, reach, ...roles]) => {
    it.each(CLOSED)('is closed to %s', async (which) => {
      const { status, headers, body } = await refusalOf(path, which)
      expect(status).toBe(401)
      expect(headers.get('www-authenticate')).toBe('Bearer')
      expect(body.error.data).toMatchObject({ code: 'UNAUTHORIZED', fleet: { code: 'UNAUTHORIZED' } })
      expect(JSON.stringify(body)).not.toContain(keys.get(which) ?? ADMIN_KEY)
    })

    it.each(ROLES)('checks a key of role %s rightly', async (role) => {
      const { status, body } = await askWith(path, type, keys.get(role))
      if (roles.includes(role)) {
        expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
      } else {
        expect([status, body.error.data.fleet.code]).toEqual([403, 'FORBIDDEN'])
        expect(body.error.message).toContain('needs a key of role')
        expect(body.error.message).toContain(role)
      }
    })

    it.each(BOUND)('checks a key of a %s that is bound to a pool rightly', async (role) => {
      const { status, body } = await askWith(path, type, boundKeys.get(role))
      if (roles.includes(role) && reach === 'in pools') {
        expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
      } else {
        expect([status, body.error.data.fleet.code]).toEqual([403, 'FORBIDDEN'])
        expect(body.error.message).toContain(
          roles.includes(role) ? 'that is not bound' : 'the role of this key',
        )
        for (const may of roles.filter((one) => one !== role)) expect(body.error.message).toContain(may)
      }
    })
  })
})

describe('the matrix of routes', () => {
  const rowOf = ({ method, url }: Route) => {
    const rows = ROUTES.filter(([pattern]) => pattern.test(url))
    const own = rows.filter(([_pattern, _who, _onlyWhere, methods]) => methods?.includes(method))
    return own.length > 0
      ? own
      : rows.filter(([_pattern, _who, _onlyWhere, methods]) => methods === undefined)
  }

  it('lists every route of the server in one row, and has no row without a route', async () => {
    const routes = await routesOf(api.server)
    const strange = routes.filter((route) => rowOf(route).length !== 1)
    expect(strange, 'list the callers of these in ROUTES').toEqual([])
    const empty = ROUTES.filter(([pattern]) => !routes.some(({ url }) => pattern.test(url)))
    expect(empty.filter(([_pattern, _who, onlyWhere]) => onlyWhere === undefined)).toEqual([])
  })

  it('agrees with the roles in the OpenAPI document', () => {
    for (const { method, path, procedure } of REST_ROUTES) {
      const [[, who] = []] = rowOf({ method, url: path.replaceAll(/\{(\w+)\}/g, ':$1') })
      expect([path, procedureContract(procedure).roles]).toEqual([path, who])
    }
  })

  it.each([...CLOSED, ...ROLES])('answers %s rightly at each', async (which) => {
    const key = keys.get(which)
    const routes = await routesOf(api.server)
    const statuses = await Promise.all(routes.map((route) => statusAt(route, key)))
    for (const [place, route] of routes.entries()) {
      const [[, who] = []] = rowOf(route)
      const status = statuses[place]
      const mayCall = who === 'all' || (Array.isArray(who) && (who as readonly string[]).includes(which))
      const isKnown = (ROLES as readonly string[]).includes(which)
      const what = `${route.method} ${route.url}`
      // On a busy machine the database may not answer a health probe in its time.
      if (who === 'address') expect(`${what} ${status}`).toBe(`${what} 404`)
      else if (mayCall && route.url.startsWith('/health/')) expect([200, 404, 405, 503]).toContain(status)
      else if (mayCall) expect(`${what} ${status}`).toMatch(/ (200|204|400|404|405|422)$/)
      // The role is checked before the input; with any key the answer is that a path has no such method.
      else if (isKnown && who !== 'secret') expect(`${what} ${status}`).toMatch(/ (403|405)$/)
      else expect(`${what} ${status}`).toBe(`${what} 401`)
    }
  })

  /** Calls a route with an input that it refuses once the key was accepted. */
  async function statusAt({ method, url }: Route, key: string | undefined): Promise<number> {
    const path = url.replaceAll(/:\w+|\*/g, 'x')
    const answer = await api.server.inject({
      method: method as 'GET',
      url: path.startsWith('/v1') ? `${path}?noSuchField=1` : path,
      headers: key === undefined ? {} : { 'x-api-key': key },
      ...(method === 'POST' ? { payload: { noSuchField: 1 } } : {}),
    })
    return answer.statusCode
  }
})

describe('keys', () => {
  it('are accepted as Authorization: Bearer too', async () => {
    const { status } = await call(`${api.address}/trpc/instance.list`, {
      headers: { authorization: `Bearer ${BOT_KEY}` },
    })
    expect(status).toBe(200)
    const basic = await call(`${api.address}/trpc/instance.list`, {
      headers: { authorization: `Basic ${BOT_KEY}` },
    })
    expect(basic.status).toBe(401)
  })

  it('are never read from the URL', async () => {
    const presented = [
      `x-api-key=${ADMIN_KEY}`,
      `apikey=${ADMIN_KEY}`,
      `connectionParams=${encodeURIComponent(JSON.stringify({ 'x-api-key': ADMIN_KEY }))}`,
    ]
    for (const path of ['/trpc/instance.list', '/v1/instances', '/admin/instances/a/qrcode'])
      for (const search of presented) expect((await call(`${api.address}${path}?${search}`)).status).toBe(401)
  })

  it('are required before an answer shows anything of a procedure or a route', async () => {
    for (const path of ['/trpc/no.such', '/v1/no-such', '/v1/reservations'])
      expect((await call(`${api.address}${path}`)).status).toBe(401)
    expect((await call(`${api.address}/trpc/instance.create`, { raw: '{' })).status).toBe(401)
    expect((await call(`${api.address}/v1/reservations`, { raw: '{' })).status).toBe(401)
  })

  it('of the environment allow what their roles may, whatever the database holds', async () => {
    const server = buildServer({ fleet: api.fleet, keyRing: keyRingOf(), log: createLog('silent') })
    for (const [key, status] of [
      [ADMIN_KEY, 400],
      [BOT_KEY, 403],
    ] as const) {
      const answer = await server.inject({ url: '/trpc/key.list?input=1', headers: { 'x-api-key': key } })
      expect(answer.statusCode).toBe(status)
    }
    await server.close()
  })
})
