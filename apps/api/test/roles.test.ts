import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN_KEY,
  BOT_KEY,
  call,
  type FleetApi,
  mutate,
  query,
  startFleetApi,
  VIEWER_KEY,
} from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
})
afterAll(() => api?.close())

/** Every procedure with the roles that may call it. Inputs are refused (after the key), so that nothing happens. */
const PROCEDURES = {
  'instance.list': ['query', 'bot', 'viewer', 'admin'],
  'instance.get': ['query', 'bot', 'viewer', 'admin'],
  'instance.create': ['mutation', 'admin'],
  'instance.update': ['mutation', 'admin'],
  'instance.qrCode': ['mutation', 'admin'],
  'instance.restart': ['mutation', 'admin'],
  'instance.logout': ['mutation', 'admin'],
  'instance.delete': ['mutation', 'admin'],
  'instance.import': ['mutation', 'admin'],
  'instance.onPairing': ['subscription', 'admin'],
  'instance.choose': ['mutation', 'bot', 'admin'],
  'instance.recordSend': ['mutation', 'bot', 'admin'],
  'instance.history': ['query', 'viewer', 'admin'],
  'instance.onChange': ['subscription', 'viewer', 'admin'],
  'reservation.reserve': ['mutation', 'bot', 'admin'],
  'reservation.confirm': ['mutation', 'bot', 'admin'],
  'reservation.release': ['mutation', 'bot', 'admin'],
  'contact.get': ['query', 'bot', 'viewer', 'admin'],
  'contact.setPreference': ['mutation', 'admin'],
  'contact.clearPreference': ['mutation', 'admin'],
  'health.check': ['mutation', 'admin'],
  'health.checkAll': ['mutation', 'admin'],
  'health.summary': ['query', 'bot', 'viewer', 'admin'],
  'fleet.stats': ['query', 'viewer', 'admin'],
  'audit.list': ['query', 'admin'],
  'key.whoAmI': ['query', 'bot', 'viewer', 'admin'],
  'key.list': ['query', 'admin'],
  'key.create': ['mutation', 'admin'],
  'key.rotate': ['mutation', 'admin'],
  'key.revoke': ['mutation', 'admin'],
} as const

const KEYS = { bot: BOT_KEY, viewer: VIEWER_KEY, admin: ADMIN_KEY }
const NONSENSE = { noSuchField: 1 }

describe.each(Object.entries(PROCEDURES))('%s', (path, [type, ...roles]) => {
  const ask = type === 'mutation' ? mutate : query

  it('is closed without a key and with a wrong one', async () => {
    const url = `${api.address}/trpc/${path}`
    const method = type === 'mutation' ? 'POST' : 'GET'
    const wrong = { 'x-api-key': `${ADMIN_KEY}x` }
    for (const headers of [{}, wrong, { authorization: `Basic ${ADMIN_KEY}` }]) {
      const { status, body } = await call(url, { method, headers })
      expect(status).toBe(401)
      expect(body.error.data).toMatchObject({ code: 'UNAUTHORIZED', fleet: { code: 'UNAUTHORIZED' } })
      expect(JSON.stringify(body)).not.toContain(ADMIN_KEY)
    }
  })

  it.each(['bot', 'viewer', 'admin'] as const)('judges a key of role %s rightly', async (role) => {
    const { status, body } = await ask(api, path, NONSENSE, KEYS[role])
    if ((roles as readonly string[]).includes(role)) {
      expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
    } else {
      expect([status, body.error.data.fleet.code]).toEqual([403, 'FORBIDDEN'])
      expect(body.error.message).toContain(`needs a key of role`)
      expect(body.error.message).toContain(role)
    }
  })
})

describe('keys', () => {
  it('are taken as Authorization: Bearer too', async () => {
    const { status } = await call(`${api.address}/trpc/instance.list`, {
      headers: { authorization: `Bearer ${BOT_KEY}` },
    })
    expect(status).toBe(200)
  })

  it('are never taken from the URL', async () => {
    const url = `${api.address}/trpc/instance.list`
    const presented = [
      `x-api-key=${ADMIN_KEY}`,
      `apikey=${ADMIN_KEY}`,
      `connectionParams=${encodeURIComponent(JSON.stringify({ 'x-api-key': ADMIN_KEY }))}`,
    ]
    for (const search of presented) expect((await call(`${url}?${search}`)).status).toBe(401)
  })

  it('are asked for before anything about a procedure is told', async () => {
    expect((await call(`${api.address}/trpc/no.such`)).status).toBe(401)
    expect((await call(`${api.address}/trpc/instance.create`, { raw: '{' })).status).toBe(401)
  })

  it.each([
    ['POST', '/admin/instances'],
    ['GET', '/admin/instances/a/qrcode'],
  ])('open %s %s to admins only', async (method, path) => {
    const statusOf = async (key: string | undefined) =>
      (await call(`${api.address}${path}`, { method, ...(key === undefined ? {} : { key }) })).status
    expect(await statusOf(undefined)).toBe(401)
    expect(await statusOf('wrong')).toBe(401)
    expect(await statusOf(BOT_KEY)).toBe(403)
    expect(await statusOf(VIEWER_KEY)).toBe(403)
    expect(await statusOf(ADMIN_KEY)).toBe(method === 'POST' ? 422 : 404)
  })

  it.each(['/', '/health/live', '/health/ready', '/health/instances'])(
    'are not asked for at %s',
    async (path) => {
      expect((await call(`${api.address}${path}`)).status).toBe(200)
    },
  )
})
