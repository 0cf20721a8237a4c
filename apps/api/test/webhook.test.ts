import { callOf, readWebhookSecret, registerWebhook, waitForHints } from '@zapfleet/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ADMIN_KEY, BOT_KEY, call, type FleetApi, mutate, query, startFleetApi } from './fleet-api.ts'

let api: FleetApi
let secret: string
beforeAll(async () => {
  api = await startFleetApi({ webhooks: true })
  secret = await readWebhookSecret(api.fleet)
  for (const name of ['sales', 'other']) {
    expect((await mutate(api, 'instance.create', { name })).status).toBe(200)
    api.simulator.control.scan(name)
    expect((await mutate(api, 'health.check', { name })).status).toBe(200)
  }
})
beforeEach(async () => {
  await waitForHints(api.fleet)
  api.simulator.control.resetCalls()
})
afterAll(() => api?.close())

let count = 0
/** An event in Evolution's format, unlike any before. */
const event = (more: object = {}) => ({
  event: 'connection.update',
  instance: 'sales',
  data: { instance: 'sales', state: 'close', statusReason: 403 },
  destination: 'http://elsewhere/',
  date_time: `2026-11-22T10:00:00.${String(count++).padStart(3, '0')}Z`,
  apikey: '273CEEAE-0B71-400E-8761-B11B7FE71A40',
  ...more,
})

function post(
  body: unknown,
  how: { secret?: string | null; path?: string; raw?: string; headers?: Record<string, string> } = {},
) {
  const presented = how.secret === undefined ? secret : how.secret
  return call(`${api.address}${how.path ?? '/webhooks/evolution'}`, {
    raw: how.raw ?? JSON.stringify(body),
    headers: { ...(presented === null ? {} : { 'x-zapfleet-webhook': presented }), ...how.headers },
  })
}

/** How often the live state was read from Evolution since the test began. */
async function checks(name?: string): Promise<number> {
  await waitForHints(api.fleet)
  return api.simulator.control.calls({
    route: 'instance/connectionState',
    ...(name === undefined ? {} : { name }),
  }).length
}

const statusOf = async (name: string) => (await query(api, 'instance.get', { name })).body.result.data.status

describe('an event of Evolution', () => {
  it('causes a reading of the live state, and is not stored itself', async () => {
    expect((await post(event())).status).toBe(200)
    expect(await checks('sales')).toBeGreaterThan(0)
    expect(await statusOf('sales')).toBe('connected')
  })

  it.each([
    '/webhooks/evolution/connection-update',
    '/webhooks/evolution/',
    '/webhooks/evolution?instance=other',
  ])('is accepted at %s as well, whatever its URL', async (path) => {
    expect((await post(event(), { path })).status).toBe(200)
    expect(await checks('sales')).toBeGreaterThan(0)
    expect(await checks('other')).toBe(0)
  })

  it('counts once, however often it is repeated', async () => {
    const same = event()
    for (let n = 0; n < 20; n++) {
      expect((await post(same)).status).toBe(200)
      await waitForHints(api.fleet)
    }
    expect(await checks('sales')).toBe(1)
  })

  it.each(['messages.upsert', 'send.message', 'contacts.update', 'no.such.event'])(
    'of the kind %s is ignored',
    async (kind) => {
      expect((await post(event({ event: kind }))).status).toBe(200)
      expect(await checks()).toBe(0)
    },
  )

  it.each(['nobody', '', '__proto__', 'a'.repeat(51), 'nul\0'])(
    'of the instance %j, which is not managed here, is ignored',
    async (instance) => {
      expect([200, 400]).toContain((await post(event({ instance }))).status)
      expect(await checks()).toBe(0)
    },
  )

  it('causes a reading also when it holds a QR code', async () => {
    const qr = { qrcode: { instance: 'sales', pairingCode: null, code: '2@abc', base64: 'x'.repeat(15_000) } }
    expect((await post(event({ event: 'qrcode.updated', data: qr }))).status).toBe(200)
    expect(await checks('sales')).toBe(1)
  })
})

describe('a caller that is not Evolution', () => {
  it.each([
    ['no secret', null],
    ['a wrong one', 'A'.repeat(43)],
    ['an empty one', ''],
    ['the key of an admin', ADMIN_KEY],
    ['the key of a bot', BOT_KEY],
  ])('is refused with %s, and nothing is read', async (_what, wrong) => {
    const { status, body } = await post(event(), { secret: wrong })
    expect(status).toBe(401)
    expect(JSON.stringify(body)).not.toContain(secret)
    expect(await checks()).toBe(0)
  })

  it('is refused before the body is parsed', async () => {
    expect((await post(null, { raw: '{', secret: null })).status).toBe(401)
    expect((await post(null, { raw: 'x'.repeat(10_000_000), secret: null })).status).toBe(401)
  })

  it('gets nothing by GET', async () => {
    const { status } = await call(`${api.address}/webhooks/evolution`, {
      headers: { 'x-zapfleet-webhook': secret },
    })
    expect(status).toBe(404)
  })
})

describe('a body that cannot be an event', () => {
  it.each([
    '{',
    '',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"event":"connection.update"}',
    '{"event":1,"instance":"sales"}',
  ])('%j is 400, after which Evolution does not repeat it', async (raw) => {
    const answer = await post(null, { raw, headers: { 'content-type': 'application/json' } })
    expect([answer.status, typeof answer.body.detail]).toEqual([400, 'string'])
    expect(await checks()).toBe(0)
  })

  it('is skipped when it has 10 MB: Evolution would repeat it after 413', async () => {
    const { status, body } = await post(event({ data: 'x'.repeat(10_000_000) }))
    expect([status, body]).toEqual([200, { status: 'skipped' }])
    expect(await checks()).toBe(0)
  })
})

it('a thousand events in a second cost a handful of readings, and answers stay fast', async () => {
  const startedAtMs = performance.now()
  for (let n = 0; n < 10; n++) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(event())))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  }
  const seconds = (performance.now() - startedAtMs) / 1_000
  // One reading at a time, at most one in 250 ms, and a last one after all events.
  expect(await checks('sales')).toBeLessThanOrEqual(4 * seconds + 2)
})

describe('our webhook on Evolution', () => {
  it('is set by the creation, with the secret and only the events that are used', async () => {
    const webhook = await api.evolution.findWebhook('sales')
    expect(webhook).toEqual({
      url: `${api.address}/webhooks/evolution`,
      events: [
        'CONNECTION_UPDATE',
        'STATUS_INSTANCE',
        'LOGOUT_INSTANCE',
        'REMOVE_INSTANCE',
        'QRCODE_UPDATED',
        'SEND_MESSAGE',
        'MESSAGES_UPDATE',
        'MESSAGES_UPSERT',
      ],
      headers: { 'x-zapfleet-webhook': secret },
      enabled: true,
      byEvents: false,
      base64: false,
    })
    expect(secret).toMatch(/^[\w-]{43}$/)
    const answered = api.simulator.control.webhookAttempts('sales').map((attempt) => attempt.status)
    expect(answered.length).toBeGreaterThan(0)
    expect(new Set(answered)).toEqual(new Set([200]))
  })

  it('is set on an instance that has none, and corrected where it is ours', async () => {
    const { control } = api.simulator
    control.addInstance({ name: 'bare' })
    expect(await registerWebhook(callOf(api.fleet), 'bare')).toEqual({ registered: true, foreign: false })
    const whole = await api.evolution.findWebhook('bare')
    const mine = { 'X-Zapfleet-Webhook': secret }
    for (const changed of [
      { url: `${api.address}/webhooks/evolution`, enabled: false, events: [] },
      { url: 'http://where-we-were-before/webhooks/evolution', headers: mine, events: ['CALL'] },
      { url: '', enabled: false, events: [] },
    ]) {
      await api.evolution.setWebhook('bare', changed)
      expect(await registerWebhook(callOf(api.fleet), 'bare')).toEqual({ registered: true, foreign: false })
      expect(await api.evolution.findWebhook('bare')).toEqual(whole)
    }
  })

  it.each([true, false])('never replaces another program’s (enabled: %s)', async (enabled) => {
    const foreign = {
      url: 'https://n8n.example.com/hook/s3cret',
      events: enabled ? ['MESSAGES_UPSERT'] : [],
      headers: { 'x-zapfleet-webhook': 'of another fleet' },
      enabled,
    }
    const name = `foreign-${enabled}`
    api.simulator.control.addInstance({ name })
    await api.evolution.setWebhook(name, foreign)
    const warn = vi.spyOn(api.fleet.log, 'warn')
    expect(await registerWebhook(callOf(api.fleet), name)).toEqual({ registered: false, foreign: true })
    expect(await api.evolution.findWebhook(name)).toMatchObject(foreign)
    expect(JSON.stringify(warn.mock.calls)).toContain('n8n.example.com')
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/s3cret|of another fleet/)
    warn.mockRestore()
  })

  it('that cannot be set is an error of Evolution for its caller', async () => {
    await expect(registerWebhook(callOf(api.fleet), 'not-there')).rejects.toMatchObject({
      code: 'EVOLUTION_REFUSED',
    })
  })

  it('is not set at all without a public URL', async () => {
    const calls = api.simulator.control.calls().length
    const silent = { ...api.fleet, publicUrl: null }
    expect(await registerWebhook(callOf(silent), 'sales')).toEqual({ registered: false, foreign: false })
    expect(api.simulator.control.calls()).toHaveLength(calls)
  })
})

it('events that arrive after an instance was removed do not restore it', async () => {
  const { control } = api.simulator
  const { sql } = api.fleet
  expect((await mutate(api, 'instance.create', { name: 'gone' })).status).toBe(200)
  control.scan('gone')
  await waitForHints(api.fleet)
  await sql.prisma.instance.update({ where: { name: 'gone' }, data: { removedAt: new Date() } })
  await api.fleet.engine.snapshot.refresh()
  control.resetCalls()
  control.emitEvent('gone', 'CONNECTION_UPDATE', { instance: 'gone', state: 'close', statusReason: 401 })
  await vi.waitFor(() => expect(control.webhookAttempts('gone').at(-1)?.event).toBe('CONNECTION_UPDATE'), {
    timeout: 60_000,
  })
  expect(await checks('gone')).toBe(0)
  expect((await query(api, 'instance.get', { name: 'gone' })).status).toBe(404)
})
