import { openMetrics } from '@zapfleet/telemetry'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import { procedureContract, procedureContracts } from '../src/procedure-contract.ts'
import { REST_ROUTES, type RestRoute } from '../src/routes/route.ts'
import { type EventStream, openStream } from './event-stream.ts'
import { ADMIN_KEY, type FleetApi, keyRingOf, mutate, query, startFleetApi } from './fleet-api.ts'

/** Two pools with numbers of their own, a number of both, and one of none. Capitals: no other text of an answer contains these names. */
const NUMBERS = [
  { name: 'XRAY-1', phone: '+5511900000001', tags: ['xray'] },
  { name: 'XRAY-2', phone: '+5511900000002', tags: ['xray'] },
  { name: 'BOTH-1', phone: '+5511900000003', tags: ['xray', 'yankee'] },
  { name: 'YANKEE-1', phone: '+5521900000001', tags: ['yankee'] },
  { name: 'YANKEE-2', phone: '+5521900000002', tags: ['yankee'] },
  { name: 'OTHER-1', phone: '+5521900000003', tags: [] },
] as const
/** Serves the phone of YANKEE-1, which was first. */
const DUPLICATE = 'XRAY-3'
const CONTACT = '5531988887777'
/** No instance, reservation or message has these. */
const GHOST = { name: 'GHOST-1', id: '01a204bd-49f0-7000-8000-000000000000', evolutionId: 'GHOST00000' }

/** What calls name: things of the pool of the key, of the other pool, or of none. */
type Named = {
  name: string
  reservation: string
  /** Reservations to confirm, and to release. */
  sent: string
  unsent: string
  message: string
  queued: string
  evolutionId: string
}
const ghost: Named = {
  name: GHOST.name,
  reservation: GHOST.id,
  sent: GHOST.id,
  unsent: GHOST.id,
  message: GHOST.id,
  queued: GHOST.id,
  evolutionId: GHOST.evolutionId,
}

/** The inputs of every procedure that bound keys may call. */
const CALLS: Record<string, (named: Named) => Record<string, unknown>[]> = {
  'contact.block': () => [{ id: 'blocked-by-x', reason: 'STOP' }],
  'contact.counts': () => [{}],
  'contact.get': () => [{ id: CONTACT }, { id: 'stranger' }],
  'contact.recordInbound': ({ name }) => [{ id: CONTACT, instanceName: name, at: '2026-11-01T10:00:00Z' }],
  'fleet.conditions': () => [{}],
  'fleet.forecast': () => [
    { newContactsPerDay: 1_000_000, waiting: 10 },
    { newContactsPerDay: 5, pool: 'xray' },
    { newContactsPerDay: 5, pool: 'yankee' },
  ],
  'fleet.stats': () => [{}, { pool: 'xray' }, { pool: 'yankee' }],
  'health.summary': () => [{}, { pool: 'xray' }, { pool: 'yankee' }],
  'instance.activity': ({ name }) => [{ name }],
  'instance.choose': () => [{}, { contactId: CONTACT }, { pool: 'xray' }, { pool: 'yankee' }],
  'instance.explain': ({ name }) => [
    {},
    { contactId: CONTACT },
    { exclude: [name] },
    { pool: 'xray' },
    { pool: 'yankee' },
  ],
  'instance.get': ({ name }) => [{ name }],
  'instance.history': ({ name }) => [{ name }],
  'instance.list': () => [{}, { availableOnly: true }, { status: ['connected'] }],
  'instance.onChange': () => [{ lastEventId: '0' }],
  'instance.recordSend': ({ name }) => [{ name }],
  'key.whoAmI': () => [{}],
  'message.cancel': ({ queued }) => [{ id: queued }],
  'message.get': ({ message }) => [{ id: message }],
  'message.onChange': () => [{}],
  'message.send': () => [
    { to: CONTACT, text: 'olá' },
    { to: '5531988880000', text: 'olá', pool: 'xray' },
    { to: CONTACT, text: 'olá', pool: 'yankee' },
  ],
  'reservation.confirm': ({ sent, evolutionId }) => [{ id: sent, messageId: evolutionId }],
  'reservation.get': ({ reservation }) => [{ id: reservation }],
  'reservation.release': ({ unsent }) => [{ id: unsent, cause: 'not_tried' }],
  'reservation.report': ({ name, evolutionId }) => [
    { events: [{ instanceName: name, messageId: evolutionId, status: 'delivered' }] },
  ],
  'reservation.reserve': () => [
    {},
    { contactId: CONTACT },
    { contactId: CONTACT, fallback: 'refuse' },
    { pool: 'xray' },
    { pool: 'yankee' },
  ],
}

let api: FleetApi
let database: pg.Client
let bot: string
let viewer: string
let ours: Named
let theirs: Named
/** Texts that no answer to a key of pool xray contains. */
let hidden: string[]
const streams: EventStream[] = []

// biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of the answers
const data = (answer: { body: any }): any => answer.body.result.data
const others = (name: string) => [...NUMBERS.map((one) => one.name), DUPLICATE].filter((one) => one !== name)

async function boundKey(role: 'bot' | 'viewer', ...pools: string[]): Promise<string> {
  const made = await mutate(api, 'key.create', { label: `${role} of ${pools}`, role, pools })
  return data(made).secret
}

/** A reservation, and messages, of one number and a pool. */
async function thingsOf(name: string, pool: string, key: string): Promise<Named> {
  const exclude = others(name)
  const reserve = async () => {
    const { id } = data(await mutate(api, 'reservation.reserve', { exclude, contactId: CONTACT }))
    await database.query('update zapfleet.reservations set pool = $2, owner = $3 where id = $1', [
      id,
      pool,
      key,
    ])
    return id
  }
  const send = async (more: object) => {
    const { id } = data(
      await mutate(api, 'message.send', { to: CONTACT, text: `of ${pool}`, exclude, ...more }),
    )
    await database.query('update zapfleet.messages set pool = $2, owner = $3 where id = $1', [id, pool, key])
    return id
  }
  const inDays = new Date(Date.now() + 86_400_000).toISOString()
  return {
    name,
    reservation: await reserve(),
    sent: await reserve(),
    unsent: await reserve(),
    message: await send({}),
    queued: await send({ sendAt: inDays }),
    evolutionId: `EVOLUTION-${name}`,
  }
}

beforeAll(async () => {
  api = await startFleetApi()
  database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  for (const { name, phone, tags } of NUMBERS) {
    api.simulator.control.addInstance({ name })
    await database.query(
      `insert into public.whatsapp_instances (nome, numero_telefone, status, capacidade_hora, capacidade_dia, prioridade, novos_dia)
       values ($1, $2, 'connected', 1000, 1000, $3, 5)`,
      [name, phone, name.startsWith('XRAY') ? 1 : 100],
    )
    // By the API, so that the history begins with it.
    expect((await mutate(api, 'instance.update', { name, tags })).status).toBe(200)
  }
  await database.query(
    `insert into public.whatsapp_instances (nome, status, etiquetas, duplicata_de) values ($1, 'connected', '{xray}', 'YANKEE-1')`,
    [DUPLICATE],
  )
  bot = await boundKey('bot', 'xray')
  viewer = await boundKey('viewer', 'xray')
  ours = await thingsOf('XRAY-1', 'xray', bot.split('_')[2] ?? '')
  theirs = await thingsOf('YANKEE-1', 'yankee', 'another-key')
  await mutate(api, 'contact.recordInbound', {
    id: CONTACT,
    instanceName: 'XRAY-1',
    at: '2026-10-01T10:00:00Z',
  })
  await mutate(api, 'contact.recordInbound', {
    id: CONTACT,
    instanceName: 'YANKEE-1',
    at: '2026-11-20T10:00:00Z',
  })
  await mutate(api, 'contact.setPreference', { id: CONTACT, instanceName: 'YANKEE-1' })
  await database.query(
    `insert into zapfleet.alerts (id, rule, severity, subject, facts, opened_at)
     values (gen_random_uuid(), 'number_down', 'warning', 'YANKEE-2', '{}', now())`,
  )
  hidden = [
    ...NUMBERS.filter(({ tags }) => !(tags as readonly string[]).includes('xray')).flatMap(
      ({ name, phone }) => [name, phone.slice(1)],
    ),
    ...Object.values(theirs),
  ]
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})
afterAll(async () => {
  await database?.end()
  await api?.close()
})

const keyOf = (role: string): string => (role === 'bot' ? bot : viewer)
/** An answer as one text, without what differs in each call. */
const textOf = (status: number, body: unknown): string =>
  `${status} ${JSON.stringify(body, (field, value) => (field === 'requestId' ? undefined : value))}`

/** The answer to a call, with what the call names as the ghost names it. */
function asGhost(text: string, named: Named): string {
  return Object.entries(named).reduce(
    (shown, [field, value]) => shown.replaceAll(value, ghost[field as keyof Named]),
    text,
  )
}

function expectNothingHidden(text: string): void {
  for (const secret of hidden) expect(text).not.toContain(secret)
}

/** Compares what a call answers for things of another pool with what it answers for things that do not exist. */
async function checkCalls(
  inputs: (named: Named) => Record<string, unknown>[],
  send: (input: Record<string, unknown>) => Promise<string>,
): Promise<string[]> {
  for (const [place, input] of inputs(theirs).entries()) {
    const [answer, expected] = [await send(input), await send(inputs(ghost)[place] ?? {})]
    const shown = asGhost(answer, theirs)
    expectNothingHidden(shown)
    if (JSON.stringify(input) !== JSON.stringify(inputs(ghost)[place])) expect(shown).toBe(expected)
  }
  const answers: string[] = []
  for (const input of inputs(ours)) answers.push(await send(input))
  for (const answer of answers) expectNothingHidden(answer)
  return answers
}

const procedures = [...procedureContracts()].filter(([, { type }]) => type !== 'subscription')
const limited = procedures.flatMap(([path, { meta, roles }]) =>
  meta.keepsToPools ? roles.filter((role) => role !== 'admin').map((role) => [path, role] as const) : [],
)

describe('a key that is bound to pool xray', () => {
  it('is tried on every procedure that it may call', () => {
    const open = [...procedureContracts()].filter(([, { meta }]) => meta.keepsToPools).map(([path]) => path)
    expect(Object.keys(CALLS).sort(), 'add an input of the new procedure to CALLS').toEqual(open.sort())
  })

  it.each(limited)('is shown nothing of other pools by %s, as a %s', async (path, role) => {
    const { type } = procedureContract(path)
    const answers = await checkCalls(CALLS[path] ?? (() => []), async (input) => {
      const { status, body } = await (type === 'query' ? query : mutate)(api, path, input, keyOf(role))
      return textOf(status, body)
    })
    // Its own things are answered; another pool is refused.
    for (const [place, answer] of answers.entries()) {
      const input = CALLS[path]?.(ours)[place]
      expect(answer).toMatch(input?.pool === 'yankee' ? /^403 .*xray.*FORBIDDEN/ : /^200 /)
    }
  })

  const routes = REST_ROUTES.filter(({ procedure }) => procedureContract(procedure).meta.keepsToPools)
  it.each(routes.map((route) => [route.method, route.path, route] as const))(
    'is shown nothing of other pools by %s %s',
    async (_method, _path, route) => {
      for (const role of procedureContract(route.procedure).roles.filter((one) => one !== 'admin'))
        await checkCalls(CALLS[route.procedure] ?? (() => []), (input) => atRoute(route, input, keyOf(role)))
    },
  )

  it('is refused at every other route', async () => {
    const closed = REST_ROUTES.filter(({ procedure }) => !procedureContract(procedure).meta.keepsToPools)
    expect(closed.length).toBeGreaterThan(20)
    for (const route of closed)
      for (const role of ['bot', 'viewer']) {
        const answer = await atRoute(route, { name: 'YANKEE-1', id: CONTACT }, keyOf(role))
        expect(answer).toMatch(/^403 .*FORBIDDEN/)
        expectNothingHidden(answer)
      }
  })

  async function atRoute(route: RestRoute, input: Record<string, unknown>, key: string): Promise<string> {
    const rest = new Map(Object.entries(input))
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, field: string) => {
      const value = rest.get(field)
      rest.delete(field)
      return encodeURIComponent(String(value))
    })
    const isRead = route.method === 'GET' || route.method === 'DELETE'
    const search = new URLSearchParams()
    if (isRead)
      for (const [field, value] of rest)
        for (const one of Array.isArray(value) ? value : [value]) search.append(field, String(one))
    const answer = await api.server.inject({
      method: route.method,
      url: `${path}${search.size > 0 ? `?${search}` : ''}`,
      headers: { 'x-api-key': key },
      ...(isRead ? {} : { payload: Object.fromEntries(rest) }),
    })
    return textOf(answer.statusCode, answer.body === '' ? null : answer.json())
  }
})

describe('routes outside of the procedures', () => {
  it('return the status of its own numbers to a bound key, and no metrics', async () => {
    const metrics = openMetrics({ app: 'api', version: '1.2.3' })
    const server = buildServer({
      fleet: api.fleet,
      keyRing: keyRingOf(api.fleet),
      log: createLog('silent'),
      healthOpen: false,
      metrics: { ...metrics, open: false },
    })
    for (const key of [bot, viewer]) {
      const health = await server.inject({ url: '/health/instances', headers: { 'x-api-key': key } })
      expect(health.json()).toMatchObject({
        online: 3,
        total: 4,
        instances: ['BOTH-1', 'XRAY-1', 'XRAY-2', 'XRAY-3'].map((nome) => ({ nome })),
      })
      const figures = await server.inject({ url: '/metrics', headers: { 'x-api-key': key } })
      expect(figures.statusCode).toBe(403)
      expectNothingHidden(figures.body)
      for (const url of ['/admin/instances/YANKEE-1/qrcode', '/admin/instances/GHOST-1/qrcode'])
        expect((await server.inject({ url, headers: { 'x-api-key': key } })).statusCode).toBe(403)
    }
    for (const url of [
      '/stats/instances',
      '/dashboard/instances',
      '/dashboard/instances/BOTH-1',
      '/dashboard/health',
    ]) {
      const answer = await server.inject({ url, headers: { 'x-api-key': viewer } })
      expect(answer.statusCode).toBe(200)
      expectNothingHidden(answer.body)
      expect((await server.inject({ url, headers: { 'x-api-key': bot } })).statusCode).toBe(403)
    }
    const outside = await server.inject({
      url: '/dashboard/instances/YANKEE-1',
      headers: { 'x-api-key': viewer },
    })
    const ghostly = await server.inject({
      url: '/dashboard/instances/GHOST-1',
      headers: { 'x-api-key': viewer },
    })
    expect([outside.statusCode, outside.body.replaceAll('YANKEE-1', 'GHOST-1')]).toEqual([404, ghostly.body])
    const whole = await server.inject({ url: '/health/instances', headers: { 'x-api-key': ADMIN_KEY } })
    expect(whole.json().total).toBe(7)
    await server.close()
  })
})

describe('what a bound key is shown', () => {
  const list = async (key: string) =>
    (data(await query(api, 'instance.list', {}, key)) as { name: string; tags: string[] }[]).map(
      ({ name, tags }) => `${name} ${tags}`,
    )

  it('is the numbers that have one of its tags now, with its own tags alone', async () => {
    expect(await list(viewer)).toEqual(['BOTH-1 xray', 'XRAY-1 xray', 'XRAY-2 xray', 'XRAY-3 xray'])
    expect(await list(await boundKey('bot', 'yankee'))).toEqual([
      'BOTH-1 yankee',
      'YANKEE-1 yankee',
      'YANKEE-2 yankee',
    ])
    const both = await list(await boundKey('bot', 'xray', 'yankee'))
    expect(both).toHaveLength(6)
    expect(both).toContain('BOTH-1 xray,yankee')
  })

  it('is nothing in a pool without numbers, which is no error', async () => {
    const empty = await boundKey('viewer', 'no-number-yet')
    expect(await list(empty)).toEqual([])
    expect(data(await query(api, 'health.summary', {}, empty))).toMatchObject({ total: 0, instances: [] })
    expect(data(await query(api, 'fleet.stats', {}, empty))).toMatchObject({ total: 0, day: { capacity: 0 } })
    expect((await query(api, 'instance.get', { name: 'XRAY-1' }, empty)).status).toBe(404)
  })

  it('is the sum of its pools, or of the pool that is named, which unbound callers may name too', async () => {
    const total = async (key: string, input: object = {}) =>
      data(await query(api, 'fleet.stats', input, key)).total
    expect([await total(viewer), await total(ADMIN_KEY), await total(ADMIN_KEY, { pool: 'yankee' })]).toEqual(
      [4, 7, 3],
    )
    const both = await boundKey('viewer', 'xray', 'yankee')
    expect([await total(both), await total(both, { pool: 'xray' })]).toEqual([6, 4])
    const room = async (input: object, key = ADMIN_KEY) =>
      data(await query(api, 'fleet.forecast', { newContactsPerDay: 1, ...input }, key)).perDay.today
    expect(await room({ pool: 'xray' })).toBe(await room({}, viewer))
    expect(await room({})).toBeGreaterThan(await room({ pool: 'xray' }))
  })

  it('of a contact is no number outside, and its newest message to a number inside', async () => {
    const read = async (key: string) => data(await query(api, 'contact.get', { id: CONTACT }, key))
    // Reserves in a pool may have stored its number there.
    await database.query('delete from zapfleet.pool_contacts')
    expect(await read(ADMIN_KEY)).toMatchObject({
      preferredInstance: 'YANKEE-1',
      lastInbound: { instanceName: 'YANKEE-1' },
    })
    expect(await read(bot)).toMatchObject({
      preferredInstance: null,
      lastInbound: { instanceName: 'XRAY-1' },
    })
    await database.query(
      `insert into zapfleet.pool_contacts (contact_id, pool, preferred_instance) values ($1, 'xray', 'XRAY-2'), ($1, 'yankee', 'YANKEE-2')`,
      [CONTACT],
    )
    expect(await read(bot)).toMatchObject({ preferredInstance: 'XRAY-2' })
    await database.query('delete from zapfleet.pool_contacts')
  })

  it('of a number with the phone of another one is not the name of that one', async () => {
    // A round of health readings decides about it anew.
    await database.query(
      `update public.whatsapp_instances set duplicata_de = 'YANKEE-1', status = 'connected', status_motivo = null where nome = $1`,
      [DUPLICATE],
    )
    const read = async (key: string) => data(await query(api, 'instance.get', { name: DUPLICATE }, key))
    expect(await read(ADMIN_KEY)).toMatchObject({ duplicateOf: 'YANKEE-1' })
    expect(await read(viewer)).toMatchObject({
      duplicateOf: null,
      unavailableReason: 'DUPLICATE_PHONE',
      action: expect.stringContaining('another number'),
    })
  })

  it('does not include reservations without an owner on numbers outside', async () => {
    const { id } = data(await mutate(api, 'reservation.reserve', { exclude: others('YANKEE-2') }))
    await database.query('update zapfleet.reservations set owner = null, pool = null where id = $1', [id])
    for (const verb of ['confirm', 'release'])
      expect((await mutate(api, `reservation.${verb}`, { id }, bot)).status).toBe(404)
    const { rows } = await database.query('select state from zapfleet.reservations where id = $1', [id])
    expect(rows).toEqual([{ state: 'reserved' }])
    const own = data(await mutate(api, 'reservation.reserve', { exclude: others('XRAY-1') }))
    await database.query('update zapfleet.reservations set owner = null, pool = null where id = $1', [own.id])
    expect((await mutate(api, 'reservation.confirm', { id: own.id }, bot)).status).toBe(200)
  })

  it('is nothing that a key of another pool made with the same idempotency key', async () => {
    const other = await boundKey('bot', 'yankee')
    for (const [path, input] of [
      ['reservation.reserve', { contactId: CONTACT, idempotencyKey: 'the-same' }],
      ['message.send', { to: CONTACT, text: 'olá', idempotencyKey: 'the-same' }],
    ] as const) {
      const made = data(await mutate(api, path, input, other))
      expect(made).toMatchObject({ pool: 'yankee' })
      const answer = await mutate(api, path, input, bot)
      expect([answer.status, answer.body.error?.data.fleet.code]).toEqual([409, 'CONFLICT'])
      for (const secret of [...hidden, made.id]) expect(JSON.stringify(answer.body)).not.toContain(secret)
    }
  })

  it('is how many of its numbers cannot serve, and no name', async () => {
    const names = ['XRAY-1', 'XRAY-2', 'XRAY-3', 'BOTH-1']
    const pause = (paused: boolean) =>
      Promise.all(names.map((name) => mutate(api, 'instance.update', { name, paused })))
    await pause(true)
    const { status, body } = await mutate(api, 'reservation.reserve', { contactId: CONTACT }, bot)
    expect([status, body.error.data.fleet.code]).toEqual([429, 'NO_CAPACITY'])
    expectNothingHidden(JSON.stringify(body))
    expect(body.error.data.fleet.reasons).toMatchObject({ PAUSED: expect.any(Number) })
    await pause(false)
  })

  it('counts reports of its numbers alone', async () => {
    const report = (instanceName: string, messageId: string) => ({
      instanceName,
      messageId,
      status: 'delivered',
    })
    await database.query('update zapfleet.reservations set message_id = $2 where id = $1', [
      ours.reservation,
      'M-OURS',
    ])
    await database.query('update zapfleet.reservations set message_id = $2 where id = $1', [
      theirs.reservation,
      'M-THEIRS',
    ])
    const events = [report('XRAY-1', 'M-OURS'), report('YANKEE-1', 'M-THEIRS')]
    expect(data(await mutate(api, 'reservation.report', { events }, bot))).toEqual({
      matched: 1,
      unmatched: 1,
    })
    const { rows } = await database.query('select outcome from zapfleet.reservations where id = $1', [
      theirs.reservation,
    ])
    expect(rows).toEqual([{ outcome: null }])
  })

  it('lets it block a contact, and not end a block', async () => {
    const block = await mutate(api, 'contact.block', { id: 'opted-out' }, bot)
    expect(data(block)).toMatchObject({ blocked: true })
    const unblock = await mutate(api, 'contact.unblock', { id: 'opted-out' }, bot)
    expect([unblock.status, unblock.body.error.message]).toEqual([
      403,
      expect.stringContaining('that is not bound'),
    ])
  })
})

describe('streams of a bound key', () => {
  async function open(how: Partial<Parameters<typeof openStream>[1]> = {}): Promise<EventStream> {
    const stream = await openStream(api.address, { key: viewer, ...how })
    streams.push(stream)
    return stream
  }
  const setTags = (name: string, ...tags: string[]) => mutate(api, 'instance.update', { name, tags })
  const setPriority = (name: string, priority: number) => mutate(api, 'instance.update', { name, priority })
  const seen = (stream: EventStream) => stream.changes().map(({ type, name }) => `${type} ${name}`)

  it('follow the tags of numbers within a second, and have nothing of other numbers', async () => {
    const stream = await open()
    const unbound = await open({ key: ADMIN_KEY })
    await setPriority('YANKEE-1', 50)
    await setPriority('XRAY-1', 2)
    await vi.waitFor(() => expect(seen(stream)).toEqual(['settings XRAY-1']), { timeout: 1_000 })
    expectNothingHidden(JSON.stringify(stream.wire))

    await setTags('XRAY-2', 'yankee')
    await vi.waitFor(() => expect(seen(stream).at(-1)).toBe('deleted XRAY-2'), { timeout: 1_000 })
    expect(await query(api, 'instance.get', { name: 'XRAY-2' }, viewer)).toMatchObject({ status: 404 })
    await setPriority('XRAY-2', 3)
    await mutate(api, 'instance.recordSend', { name: 'XRAY-2' })
    await setTags('XRAY-2', 'xray', 'yankee')
    await vi.waitFor(() => expect(seen(stream).at(-1)).toBe('created XRAY-2'), { timeout: 1_000 })
    await setTags('XRAY-2', 'xray')
    await mutate(api, 'instance.recordSend', { name: 'YANKEE-2' })
    await mutate(api, 'instance.recordSend', { name: 'XRAY-1' })
    const counters = (of: EventStream) => of.wire.filter(({ data: sent }) => sent?.type === 'counters')
    const named = (of: EventStream, name: string) => JSON.stringify(counters(of)).includes(name)
    await vi.waitFor(
      () => expect([named(stream, 'XRAY-1'), named(unbound, 'YANKEE-2')]).toEqual([true, true]),
      {
        timeout: 10_000,
      },
    )
    expect(seen(stream)).toEqual(['settings XRAY-1', 'deleted XRAY-2', 'created XRAY-2', 'settings XRAY-2'])
    expect(seen(unbound)).toEqual([
      'settings YANKEE-1',
      'settings XRAY-1',
      ...['XRAY-2', 'XRAY-2', 'XRAY-2', 'XRAY-2'].map((name) => `settings ${name}`),
    ])
    expectNothingHidden(JSON.stringify(stream.wire))
  })

  it('resume after an event with what happened meanwhile to their numbers alone', async () => {
    const { rows } = await database.query<{ id: string }>('select max(id)::text id from zapfleet.events')
    const lastEventId = rows[0]?.id ?? ''
    await setPriority('YANKEE-1', 60)
    await setTags('XRAY-2', 'yankee')
    await setTags('OTHER-1', 'yankee')
    await setTags('YANKEE-2', 'xray')
    await setTags('YANKEE-2', 'yankee')
    await setPriority('XRAY-1', 4)
    const stream = await open({ lastEventId })
    await stream.untilChanges(4, 10_000)
    // The counters of all instances come first where a subscriber resumes.
    await vi.waitFor(
      () => expect(stream.wire.some(({ data: sent }) => sent?.type === 'counters')).toBe(true),
      {
        timeout: 10_000,
      },
    )
    expect(seen(stream)).toEqual([
      'deleted XRAY-2',
      'created YANKEE-2',
      'deleted YANKEE-2',
      'settings XRAY-1',
    ])
    const text = JSON.stringify(stream.wire)
    for (const secret of hidden.filter((one) => !one.startsWith('YANKEE-2') && one !== '5521900000002'))
      expect(text).not.toContain(secret)
    await setTags('XRAY-2', 'xray')
    await setTags('OTHER-1')
  })

  it('resume after the first event of all without what other numbers were', async () => {
    const stream = await open({ lastEventId: '0' })
    await stream.untilChanges(3, 10_000)
    const text = JSON.stringify(stream.wire)
    for (const secret of ['YANKEE-1', 'OTHER-1', '5521900000001', '5521900000003'])
      expect(text).not.toContain(secret)
  })

  it('have the changes of messages of their pools alone', async () => {
    const stream = await open({ procedure: 'message.onChange', key: bot })
    const change = (id: string) =>
      database.query(
        `insert into zapfleet.message_changes (kind, message_id, state) values ('message', $1, 'sent')`,
        [id],
      )
    await change(theirs.message)
    await change(ours.message)
    const messages = () => stream.wire.filter(({ data: sent }) => sent?.type === 'state')
    await vi.waitFor(() => expect(messages().length).toBeGreaterThan(0), { timeout: 10_000 })
    expect(messages().map(({ data: sent }) => sent.message.id)).toEqual([ours.message])
    const after = messages()[0]?.id ?? ''
    await change(theirs.message)
    await change(ours.message)
    const resumed = await open({ procedure: 'message.onChange', key: bot, lastEventId: after })
    const resumedIds = () => resumed.wire.flatMap(({ data: sent }) => sent?.message?.id ?? [])
    await vi.waitFor(() => expect(resumedIds()).toEqual([ours.message]), { timeout: 10_000 })
    expectNothingHidden(JSON.stringify([stream.wire, resumed.wire]))
  })
})
