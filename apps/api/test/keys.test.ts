import { randomBytes } from 'node:crypto'
import { closeFleet, openFleet, silentLog } from '@zapfleet/core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import {
  ADMIN_KEY,
  BOT_KEY,
  type FleetApi,
  keyRingOf,
  mutate,
  query,
  startFleetApi,
  VIEWER_KEY,
} from './fleet-api.ts'

let api: FleetApi
let elsewhere: { api: FleetApi; close(): Promise<void> }
let database: pg.Client
beforeAll(async () => {
  api = await startFleetApi()
  elsewhere = await anotherProcess(api)
  database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
})
afterAll(async () => {
  await database?.end()
  await elsewhere?.close()
  await api?.close()
})

/** A second API over the same database, with a cache of its own. */
async function anotherProcess(first: FleetApi): Promise<{ api: FleetApi; close(): Promise<void> }> {
  const fleet = await openFleet({
    databaseUrl: first.database.url,
    timeZone: 'America/Sao_Paulo',
    evolution: first.evolution,
    log: silentLog,
  })
  const server = buildServer({ fleet, keyRing: keyRingOf(fleet), log: createLog('silent') })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    api: { ...first, server, fleet, address },
    async close() {
      await server.close()
      await closeFleet(fleet)
    },
  }
}

type Made = { key: { id: string }; secret: string }

async function make(role = 'bot', more: object = {}): Promise<Made> {
  const { status, body } = await mutate(api, 'key.create', { label: `a ${role}`, role, ...more })
  expect(status).toBe(200)
  return body.result.data
}

async function statusOf(key: string, at: FleetApi = api): Promise<number> {
  return (await query(at, 'key.whoAmI', {}, key)).status
}

describe('a key that was made', () => {
  it('is accepted at once for the calls of its role, in this process and in others', async () => {
    for (const role of ['bot', 'viewer', 'admin']) {
      const { key, secret } = await make(role)
      expect(secret).toMatch(new RegExp(`^zf_${role}_${key.id}_[A-Za-z0-9_-]{43}$`))
      for (const at of [api, elsewhere.api]) {
        const { body } = await query(at, 'key.whoAmI', {}, secret)
        expect(body.result.data).toEqual({ role, label: `a ${role}` })
      }
      expect((await mutate(api, 'health.checkAll', {}, secret)).status).toBe(role === 'admin' ? 200 : 403)
    }
  })

  it('is shown once, and stored as its SHA-256 alone', async () => {
    const { key, secret } = await make()
    const { body } = await query(api, 'key.list', {})
    const stored = await database.query(`select a::text as "row" from zapfleet.api_keys a`)
    const random = secret.slice(-43)
    expect(JSON.stringify([body, stored.rows])).toContain(key.id)
    expect(JSON.stringify([body, stored.rows])).not.toContain(random)
  })

  it('is unknown with one character changed, with another secret, and as its id alone', async () => {
    const { key, secret } = await make()
    const last = secret.endsWith('A') ? 'E' : 'A'
    const forged = `zf_bot_${key.id}_${randomBytes(32).toString('base64url')}`
    for (const wrong of [secret.slice(0, -1) + last, forged, secret.slice(0, -1), `${secret}A`, key.id])
      expect(await statusOf(wrong)).toBe(401)
    // The role is part of the hash: a changed row does not match.
    expect(await statusOf(secret.replace('zf_bot_', 'zf_admin_'))).toBe(401)
    expect(await statusOf(secret)).toBe(200)
  })

  it('ends at its expiresAt', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000)
    const { key, secret } = await make('bot', { expiresAt: expiresAt.toISOString() })
    expect(await statusOf(secret)).toBe(200)
    await database.query(`update zapfleet.api_keys set expires_at = clock_timestamp() where id = $1`, [
      key.id,
    ])
    for (const at of [api, elsewhere.api])
      await vi.waitFor(async () => expect(await statusOf(secret, at)).toBe(401), { timeout: 60_000 })
    const { body } = await query(api, 'key.list', {})
    expect(body.result.data.find((one: { id: string }) => one.id === key.id)).toMatchObject({
      state: 'expired',
    })
  })

  it('is on the list with its last use, beside the keys of the environment', async () => {
    const { key, secret } = await make('viewer')
    await query(api, 'instance.list', {}, secret)
    const { body } = await query(api, 'key.list', {})
    const list = body.result.data
    expect(list.slice(0, 2).map((one: { id: string }) => one.id)).toEqual(['ADMIN_API_KEY', 'BOT_API_KEY'])
    const mine = list.find((one: { id: string }) => one.id === key.id)
    expect(mine).toMatchObject({
      role: 'viewer',
      label: 'a viewer',
      source: 'database',
      state: 'active',
      createdBy: 'ADMIN_API_KEY',
      expiresAt: null,
      revokedAt: null,
      replaces: null,
    })
    expect(Date.parse(mine.lastUsedAt)).toBeGreaterThanOrEqual(Date.parse(mine.createdAt))
  })
})

describe('a key that is revoked', () => {
  it('is refused at once here, soon in every other process, and permanently', async () => {
    const { key, secret } = await make()
    expect([await statusOf(secret), await statusOf(secret, elsewhere.api)]).toEqual([200, 200])
    const { body } = await mutate(api, 'key.revoke', { id: key.id })
    expect(body.result.data).toMatchObject({ id: key.id, state: 'revoked' })
    expect(await statusOf(secret)).toBe(401)
    await vi.waitFor(async () => expect(await statusOf(secret, elsewhere.api)).toBe(401), { timeout: 60_000 })
    const again = await mutate(api, 'key.revoke', { id: key.id })
    expect(again.body.result.data.revokedAt).toBe(body.result.data.revokedAt)
  })

  it('may be the caller’s own; the keys of the environment cannot be', async () => {
    const { key, secret } = await make('admin')
    expect((await mutate(api, 'key.revoke', { id: key.id }, secret)).status).toBe(200)
    expect(await statusOf(secret)).toBe(401)
    for (const act of ['key.revoke', 'key.rotate']) {
      const { status, body } = await mutate(api, act, { id: 'ADMIN_API_KEY' })
      expect([status, body.error.data.fleet.code]).toEqual([412, 'INVALID_STATE'])
    }
    expect((await query(api, 'key.list', {})).status).toBe(200)
  })
})

describe('a key that is rotated', () => {
  it('works until its grace ends, while the new one works already', async () => {
    const old = await make('bot')
    const { body } = await mutate(api, 'key.rotate', { id: old.key.id, graceSeconds: 3_600 })
    const { key, secret, replaced } = body.result.data
    expect(key).toMatchObject({ role: 'bot', label: 'a bot', replaces: old.key.id, expiresAt: null })
    expect(replaced).toMatchObject({ id: old.key.id, state: 'active' })
    expect(Date.parse(replaced.expiresAt) - Date.parse(key.createdAt)).toBe(3_600_000)
    for (const at of [api, elsewhere.api])
      expect([await statusOf(old.secret, at), await statusOf(secret, at)]).toEqual([200, 200])
  })

  it('ends at once without a grace, and cannot be rotated again', async () => {
    const old = await make('bot')
    const { body } = await mutate(api, 'key.rotate', { id: old.key.id, graceSeconds: 0 })
    expect(await statusOf(body.result.data.secret)).toBe(200)
    expect(await statusOf(old.secret)).toBe(401)
    const again = await mutate(api, 'key.rotate', { id: old.key.id })
    expect(again.body.error.data.fleet.code).toBe('INVALID_STATE')
    expect(again.body.error.message).toContain('expired')
  })

  it('passes its lifetime on to the new one', async () => {
    const expiresAt = new Date(Date.now() + 90 * 86_400_000).toISOString()
    const old = await make('bot', { expiresAt })
    const { body } = await mutate(api, 'key.rotate', { id: old.key.id })
    const { key, replaced } = body.result.data
    const lifeOf = (one: { expiresAt: string }, createdAt: string) =>
      Math.round((Date.parse(one.expiresAt) - Date.parse(createdAt)) / 86_400_000)
    expect(lifeOf(key, key.createdAt)).toBe(90)
    expect(lifeOf(replaced, key.createdAt)).toBe(1)
  })
})

describe('refusals', () => {
  it.each([
    ['key.create', { label: '', role: 'bot' }, 400, 'INVALID_INPUT'],
    ['key.create', { label: 'a', role: 'root' }, 400, 'INVALID_INPUT'],
    ['key.create', { label: 'a', role: 'bot', expiresAt: 'tomorrow' }, 400, 'INVALID_INPUT'],
    ['key.create', { label: 'a', role: 'bot', expiresAt: '2020-01-01T00:00:00Z' }, 400, 'INVALID_INPUT'],
    ['key.create', { label: 'ADMIN_API_KEY', role: 'bot' }, 400, 'INVALID_INPUT'],
    ['key.revoke', { id: 'nosuchkey123' }, 404, 'NOT_FOUND'],
    ['key.rotate', { id: 'nosuchkey123' }, 404, 'NOT_FOUND'],
    ['key.rotate', { id: 'nosuchkey123', graceSeconds: -1 }, 400, 'INVALID_INPUT'],
    ['key.rotate', { id: 'nosuchkey123', graceSeconds: 1e9 }, 400, 'INVALID_INPUT'],
  ])('%s %j with %i', async (act, input, status, code) => {
    const count = async () => (await database.query('select from zapfleet.api_keys')).rowCount
    const before = await count()
    const answer = await mutate(api, act, input)
    expect([answer.status, answer.body.error.data.fleet.code]).toEqual([status, code])
    expect(await count()).toBe(before)
  })

  it('a whole key given for its id is not repeated in the refusal', async () => {
    const { secret } = await make()
    const { status, body } = await mutate(api, 'key.revoke', { id: secret })
    expect(status).toBe(404)
    expect(JSON.stringify(body)).not.toContain(secret.slice(-43))
  })

  it.each([BOT_KEY, VIEWER_KEY])('bots and viewers can neither list nor make keys', async (key) => {
    expect((await query(api, 'key.list', {}, key)).status).toBe(403)
    expect((await mutate(api, 'key.create', { label: 'mine', role: 'admin' }, key)).status).toBe(403)
  })
})

describe('the keys that a key made', () => {
  const stateOf = async (id: string) => {
    const { body } = await query(api, 'key.list', {})
    return body.result.data.find((one: { id: string }) => one.id === id)
  }

  it('have its id, are shown when it is revoked, and stay valid unless they are revoked as well', async () => {
    const maker = await make('admin')
    const { body } = await mutate(api, 'key.create', { label: 'a admin', role: 'admin' }, maker.secret)
    const made: Made = body.result.data
    const madeByMade = await mutate(api, 'key.create', { label: 'deep', role: 'bot' }, made.secret)
    const deep: Made = madeByMade.body.result.data
    expect(await stateOf(made.key.id)).toMatchObject({ createdByKey: maker.key.id, createdBy: 'a admin' })
    expect(await stateOf(maker.key.id)).toMatchObject({ createdByKey: 'ADMIN_API_KEY' })

    const shown = (await mutate(api, 'key.revoke', { id: maker.key.id })).body.result.data
    expect(shown.made.map((one: { id: string }) => one.id)).toEqual([made.key.id, deep.key.id])
    expect(await statusOf(made.secret)).toBe(200)

    const ended = (await mutate(api, 'key.revoke', { id: maker.key.id, alsoMade: true })).body.result.data
    expect(ended.made.map((one: { state: string }) => one.state)).toEqual(['revoked', 'revoked'])
    for (const { secret } of [made, deep]) expect(await statusOf(secret)).toBe(401)
    const acts = await query(api, 'audit.list', { act: 'key.revoke', target: maker.key.id })
    expect(acts.body.result.data.entries.map((one: { after: object }) => one.after)).toMatchObject([
      { alsoRevoked: [made.key.id, deep.key.id] },
      { madeStillActive: [made.key.id, deep.key.id] },
    ])
  })
})

describe('a reservation', () => {
  const complete = async (id: string, verb: string, key: string, at: FleetApi = api) => {
    const { status, body } = await mutate(at, `reservation.${verb}`, { id }, key)
    return status === 200 ? body.result.data.state : body.error.data.fleet.code
  }
  const reserve = async (key: string, input: object = {}): Promise<string> =>
    (await mutate(api, 'reservation.reserve', input, key)).body.result.data.id

  it('is completed by the key that made it, by the key that replaced that one in a rotation, and by admins', async () => {
    await mutate(api, 'instance.create', { name: 'owned' })
    await database.query(`update whatsapp_instances set status = 'connected'`)
    const mine = await make('bot')
    const other = await make('bot')
    for (const input of [
      {},
      { contactId: 'owned-1' },
      { idempotencyKey: 'owned-1' },
      { strategy: 'round_robin' },
    ])
      for (const verb of ['release', 'confirm']) {
        const id = await reserve(mine.secret, {
          ...input,
          ...('idempotencyKey' in input ? { idempotencyKey: verb } : {}),
        })
        for (const key of [other.secret, BOT_KEY])
          expect(await complete(id, verb, key, elsewhere.api)).toBe('FORBIDDEN')
        const both = await Promise.all([complete(id, verb, other.secret), complete(id, verb, mine.secret)])
        expect(both).toEqual(['FORBIDDEN', `${verb}${verb.endsWith('e') ? 'd' : 'ed'}`])
      }
    const held = await reserve(mine.secret)
    const rotated = await mutate(api, 'key.rotate', { id: mine.key.id })
    const again = await mutate(api, 'key.rotate', { id: rotated.body.result.data.key.id })
    expect(await complete(held, 'confirm', again.body.result.data.secret)).toBe('confirmed')
    expect(await complete(await reserve(mine.secret), 'release', ADMIN_KEY)).toBe('released')
    expect(await complete(await reserve(BOT_KEY), 'release', BOT_KEY)).toBe('released')
  })

  it('without an owner, as from before owners were stored, is completed by any bot', async () => {
    const id = await reserve(BOT_KEY)
    await database.query('update zapfleet.reservations set owner = null where id = $1', [id])
    expect(await complete(id, 'release', (await make('bot')).secret)).toBe('released')
  })
})

describe('a key that is bound to pools', () => {
  const whoAmI = async (key: string, at: FleetApi = api) =>
    (await query(at, 'key.whoAmI', {}, key)).body.result.data

  it('shows its pools, once each and in order, in every answer about it and in the audit', async () => {
    for (const role of ['bot', 'viewer'] as const) {
      const { key, secret } = await make(role, { pools: ['vendas', 'cobranca', 'vendas'] })
      const pools = ['cobranca', 'vendas']
      expect(key).toMatchObject({ role, pools })
      expect(await whoAmI(secret)).toEqual({ role, label: `a ${role}`, pools })
      expect(await whoAmI(secret, elsewhere.api)).toEqual({ role, label: `a ${role}`, pools })
      const { body: list } = await query(api, 'key.list', {})
      expect(list.result.data.find((one: { id: string }) => one.id === key.id)).toMatchObject({ pools })
      const { body: audit } = await query(api, 'audit.list', { act: 'key.create', target: key.id })
      expect(audit.result.data.entries).toMatchObject([{ after: { pools } }])
    }
  })

  it('is not bound without pools or with null, as those of the environment', async () => {
    for (const more of [{}, { pools: null }])
      expect((await make('viewer', more)).key).toMatchObject({ pools: null })
    expect(await whoAmI(BOT_KEY)).toEqual({ role: 'bot', label: 'BOT_API_KEY' })
    const { body } = await query(api, 'key.list', {})
    const environment = body.result.data.filter((one: { source: string }) => one.source === 'environment')
    expect(environment.map((one: { pools: unknown }) => one.pools)).toEqual([null, null])
  })

  it('keeps its pools through rotations', async () => {
    const { key } = await make('bot', { pools: ['vendas'] })
    const first = (await mutate(api, 'key.rotate', { id: key.id })).body.result.data
    expect(first).toMatchObject({ key: { pools: ['vendas'] }, replaced: { pools: ['vendas'] } })
    const second = (await mutate(api, 'key.rotate', { id: first.key.id })).body.result.data
    for (const at of [api, elsewhere.api])
      expect(await whoAmI(second.secret, at)).toMatchObject({ pools: ['vendas'] })
  })

  it('is refused for the role admin, for an empty list, for too many pools, and for a tag that is none', async () => {
    const refusalOf = async (role: string, pools: unknown) => {
      const { body } = await mutate(api, 'key.create', { label: 'bound', role, pools })
      expect(body.error.data.fleet.code).toBe('INVALID_INPUT')
      return body.error.message as string
    }
    expect(await refusalOf('admin', ['vendas'])).toContain('make a key of role bot or viewer')
    expect(await refusalOf('bot', [])).toContain('leave pools out, or give null')
    expect(
      await refusalOf(
        'bot',
        Array.from({ length: 21 }, (_, n) => `pool ${n}`),
      ),
    ).toContain('20')
    expect(await refusalOf('bot', ['a,b'])).toContain('without commas')
  })
})
