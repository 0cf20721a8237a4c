import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AUDITED_ACTS } from '../src/procedures/audit.ts'
import { appRouter } from '../src/router.ts'
import { ADMIN_KEY, BOT_KEY, call, type FleetApi, mutate, query, startFleetApi } from './fleet-api.ts'

let api: FleetApi
let database: pg.Client
beforeAll(async () => {
  api = await startFleetApi()
  database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  await mutate(api, 'instance.create', { name: 'loja', phoneNumber: '+5511987654321' })
})
afterAll(async () => {
  await database?.end()
  await api?.close()
})
beforeEach(() => database.query('truncate zapfleet.audit'))

async function audit(filter: object = {}) {
  const { status, body } = await query(api, 'audit.list', filter)
  expect(status).toBe(200)
  return body.result.data.entries
}

describe('an act of an admin', () => {
  it('adds a row: key, address, act, target, values before and after, and the outcome', async () => {
    const { headers } = await mutate(api, 'instance.update', {
      name: 'loja',
      hourlyCapacity: 7,
      paused: true,
    })
    expect(await audit()).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        at: expect.stringMatching(/Z$/),
        requestId: headers.get('x-request-id'),
        key: { id: 'ADMIN_API_KEY', label: 'ADMIN_API_KEY' },
        address: '127.0.0.*',
        act: 'instance.update',
        target: 'loja',
        before: expect.objectContaining({ hourlyCapacity: 20, paused: false, phoneNumber: '+55***21' }),
        after: expect.objectContaining({ hourlyCapacity: 7, paused: true, dailyCapacity: 100 }),
        outcome: 'done',
        tookMs: expect.any(Number),
      },
    ])
  })

  it('that the fleet refuses adds one too, with the code', async () => {
    await mutate(api, 'instance.update', { name: 'nobody', paused: true })
    await mutate(api, 'instance.create', { name: 'loja' })
    const outcomes = (await audit()).map((entry: { outcome: string }) => entry.outcome)
    expect(outcomes).toEqual(['CONFLICT', 'NOT_FOUND'])
    expect((await audit({ target: '***' }))[0]).toMatchObject({ before: null, after: null })
  })

  it('on a name that no instance has stores no phone and no contact in clear', async () => {
    for (const name of ['5511955554444', 'maria-da-silva']) {
      await mutate(api, 'instance.update', { name, paused: true })
      await call(`${api.address}/admin/instances/${name}/qrcode`, { key: ADMIN_KEY })
    }
    const all = JSON.stringify(await audit())
    expect(all).not.toContain('5511955554444')
    expect(all).not.toContain('maria-da-silva')
    expect(all).toContain('551***44')
  })

  it('on a contact stores it masked, and is found by its whole id', async () => {
    await mutate(api, 'contact.setPreference', { id: '5511912345678', instanceName: 'loja' })
    await mutate(api, 'contact.clearPreference', { id: '5511912345678' })
    const [cleared, set] = await audit({ target: '5511912345678' })
    expect(set).toMatchObject({
      target: '551***78',
      before: { preferredInstance: null },
      after: { preferredInstance: 'loja' },
    })
    expect(cleared).toMatchObject({
      before: { preferredInstance: 'loja' },
      after: { preferredInstance: null },
    })
  })

  it('on a key stores its id, and no secret', async () => {
    const made = (await mutate(api, 'key.create', { label: 'the bot', role: 'bot' })).body.result.data
    const rotated = (await mutate(api, 'key.rotate', { id: made.key.id })).body.result.data
    await mutate(api, 'key.revoke', { id: made.key.id })
    await mutate(api, 'key.revoke', { id: rotated.secret })
    const [wrong, revoked, replaced, created] = await audit({ act: 'key' })
    expect(created).toMatchObject({
      act: 'key.create',
      target: made.key.id,
      before: null,
      after: { label: 'the bot', role: 'bot' },
    })
    expect(replaced).toMatchObject({
      target: made.key.id,
      before: { expiresAt: null },
      after: { expiresAt: rotated.replaced.expiresAt, replacedBy: rotated.key.id },
    })
    expect(revoked).toMatchObject({ before: { state: 'active' }, after: { state: 'revoked' } })
    // The caller sent the whole key in place of its id.
    expect(wrong).toMatchObject({ target: rotated.key.id, outcome: 'NOT_FOUND' })
    const rows = JSON.stringify((await database.query('select * from zapfleet.audit')).rows)
    for (const { secret } of [made, rotated]) expect(rows).not.toContain(secret.slice(-43))
  })

  it('names the key of the database that called', async () => {
    const { key, secret } = (await mutate(api, 'key.create', { label: 'ana', role: 'admin' })).body.result
      .data
    await mutate(api, 'instance.update', { name: 'loja', priority: 3 }, secret)
    expect(await audit({ keyId: key.id })).toMatchObject([{ act: 'instance.update', key: { label: 'ana' } }])
  })

  it('over the Portuguese routes adds one as well', async () => {
    await call(`${api.address}/admin/instances`, { key: ADMIN_KEY, body: { nome: 'antiga' } })
    await call(`${api.address}/admin/instances/antiga/qrcode`, { key: ADMIN_KEY })
    expect(await audit({ target: 'antiga' })).toMatchObject([
      { act: 'instance.qrCode', outcome: 'done' },
      { act: 'instance.create', before: null, after: { hourlyCapacity: 20 }, outcome: 'done' },
    ])
  })

  it('whose first row cannot be stored is not carried out', async () => {
    await database.query('alter table zapfleet.audit rename to audit_away')
    try {
      const { status } = await mutate(api, 'instance.update', { name: 'loja', priority: 9 })
      expect(status).toBe(500)
    } finally {
      await database.query('alter table zapfleet.audit_away rename to audit')
    }
    const { body } = await query(api, 'instance.get', { name: 'loja' })
    expect(body.result.data.priority).not.toBe(9)
  })

  it('whose end could not be stored is answered all the same, and is listed as open', async () => {
    await database.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`,
    )
    await database.query(`create trigger t before update on zapfleet.audit execute function refuse()`)
    try {
      const { status } = await mutate(api, 'instance.update', { name: 'loja', priority: 8 })
      expect(status).toBe(200)
    } finally {
      await database.query('drop trigger t on zapfleet.audit; drop function refuse')
    }
    expect(await audit({ outcome: 'open' })).toMatchObject([
      { act: 'instance.update', outcome: null, after: null, tookMs: null },
    ])
  })
})

describe('no row is added', () => {
  it('by calls that change nothing, by bots, or by input that is refused before the call', async () => {
    await query(api, 'instance.list', {})
    await query(api, 'key.list', {})
    await mutate(api, 'reservation.reserve', {}, BOT_KEY)
    for (const act of ['block', 'unblock'])
      expect((await mutate(api, `contact.${act}`, { id: 'c' }, BOT_KEY)).status).toBe(200)
    await mutate(api, 'instance.update', { name: 'loja', hourlyCapacity: -1 })
    await mutate(api, 'instance.update', { name: 'loja', paused: true }, BOT_KEY)
    expect(await audit()).toEqual([])
  })
})

describe('every mutation that is not for bots alone', () => {
  const FOR_BOTS = /^reservation\.|^instance\.(choose|recordSend)$|^contact\.recordInbound$|^message\.send$/
  const mutations = Object.entries(
    appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
  )
    .filter(([path, procedure]) => procedure._def.type === 'mutation' && !FOR_BOTS.test(path))
    .map(([path]) => path)
  /** The input of each; no instance exists, so little happens. */
  const INPUTS: Record<string, object> = {
    'contact.block': { id: 'c' },
    'contact.unblock': { id: 'c' },
    'contact.setPreference': { id: 'c', instanceName: 'nobody' },
    'contact.clearPreference': { id: 'c' },
    'contact.forget': { id: 'c' },
    'contact.link': { id: 'c', alias: 'd' },
    'contact.unlink': { id: 'c', alias: 'd' },
    'message.cancel': { id: '0193e4ae-0000-7000-8000-000000000000' },
    'health.checkAll': {},
    'instance.create': { name: 'fresh' },
    'instance.import': { dryRun: true },
    'instance.setRestriction': { name: 'nobody', until: null },
    'key.create': { label: 'k', role: 'viewer' },
    'alertRoute.create': { name: 'team', kind: 'slack', webhookUrl: 'http://127.0.0.1:9/' },
    'instance.move': { name: 'nobody', server: 'b' },
    'server.add': { name: 'b', url: 'http://127.0.0.1:9/', apiKey: 'a-key' },
    'server.update': { name: 'b', apiKey: 'a-key' },
    'webhookEndpoint.create': { name: 'bot', url: 'http://127.0.0.1:9/', events: ['outcome'] },
  }

  it('are the acts that the list can be filtered by, with the stream that pairs', () => {
    expect([...mutations, 'instance.onPairing'].sort()).toEqual([...AUDITED_ACTS].sort())
  })

  it.each(mutations)('%s is in the audit', async (path) => {
    const input = INPUTS[path] ?? (path.startsWith('key.') ? { id: 'nokey' } : { name: 'nobody' })
    const { body } = await mutate(api, path, input)
    expect(body.error?.data.fleet.code).not.toBe('INVALID_INPUT')
    expect(await audit()).toMatchObject([{ act: path, outcome: body.error?.data.fleet.code ?? 'done' }])
  })
})

describe('the list', () => {
  it('returns page after page without a gap, filtered by time, outcome, act and target', async () => {
    await database.query(
      `insert into zapfleet.audit (at, request_id, key_id, key_label, address, act, target, outcome)
       select '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 hour', 'r', 'k', 'k', '-', 'instance.update', 'n' || n % 3,
         case n % 4 when 0 then null when 1 then 'done' else 'CONFLICT' end from generate_series(1, 100) n`,
    )
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await query(api, 'audit.list', { limit: 30, ...(cursor === null ? {} : { cursor }) })
      seen.push(...page.body.result.data.entries.map((entry: { id: string }) => entry.id))
      cursor = page.body.result.data.nextCursor
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(100)
    expect(seen.map(Number)).toEqual(seen.map(Number).sort((a, b) => b - a))
    const count = async (filter: object) => (await audit({ limit: 200, ...filter })).length
    expect(await count({ outcome: 'open' })).toBe(25)
    expect(await count({ outcome: 'failed' })).toBe(50)
    expect(await count({ target: 'n1' })).toBe(34)
    expect(await count({ act: 'instance' })).toBe(100)
    expect(await count({ act: 'instance.delete' })).toBe(0)
    expect(await count({ from: '2026-01-01T10:00:00Z', to: '2026-01-01T20:00:00Z' })).toBe(10)
    for (const act of ['instance.pause', 'instance.get', 'pause', 'Instance']) {
      const { status, body } = await query(api, 'audit.list', { act })
      expect([act, status]).toEqual([act, 400])
      expect(body.error.message).toContain('act: expected one of contact.block, contact.clearPreference')
    }
    for (const act of ['instance', 'key', 'key.rotate'])
      expect((await query(api, 'audit.list', { act })).status).toBe(200)
    // Instants that PostgreSQL does not read as JavaScript writes them.
    const ends = { from: '0000-01-01T00:00:00Z', to: '9999-12-31T23:59:59-12:00' }
    expect((await query(api, 'audit.list', ends)).status).toBe(200)
    expect((await query(api, 'audit.list', { cursor: 'x' })).status).toBe(400)
    expect((await query(api, 'audit.list', { limit: 1_000 })).status).toBe(400)
  })
})
