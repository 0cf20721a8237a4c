import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS as ALL_OPERATIONS, type CallInit, routeCaller, unseen } from './described.ts'
import { ADMIN_KEY, call, type FleetApi, mutate, query, startFleetApi, VIEWER_KEY } from './fleet-api.ts'
import { testRefusals } from './route-refusals.ts'

const OPERATIONS = ALL_OPERATIONS.filter((operation) => !operation.includes(' /v1/'))

/** Numbers as an adopted table has them: the odd name is one that Evolution accepts. */
const NUMBERS = [
  { name: 'one', status: 'connected', hour: 3, day: 100, sentHour: 1, sentDay: 30 },
  { name: 'Loja São Paulo/1', status: 'open', hour: 20, day: 50, sentHour: 0, sentDay: 45 },
  { name: 'banida', status: 'banned', hour: 20, day: 100, sentHour: 0, sentDay: 7 },
  { name: 'caiu', status: 'disconnected', hour: 20, day: 100, sentHour: 0, sentDay: 0 },
] as const

let api: FleetApi
let database: pg.Client
beforeAll(async () => {
  api = await startFleetApi()
  database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  for (const { name, status, hour, day, sentHour, sentDay } of NUMBERS) {
    if (status === 'connected' || status === 'open') api.simulator.control.addInstance({ name })
    await database.query(
      `insert into public.whatsapp_instances (nome, status, capacidade_hora, capacidade_dia, msgs_enviadas_hora, msgs_enviadas_dia)
       values ($1, $2, $3, $4, $5, $6)`,
      [name, status, hour, day, sentHour, sentDay],
    )
  }
})
afterAll(async () => {
  await database?.end()
  await api?.close()
})

const callRoute = routeCaller(() => api.address, ADMIN_KEY)

const get = (path: string, of = path, init: CallInit = {}) => callRoute(`GET ${path}`, of, init)
const detail = (nome: string) =>
  get('/dashboard/instances/{nome}', `/dashboard/instances/${encodeURIComponent(nome)}`)
const dataOf = async (path: string, input: unknown) => (await query(api, path, input)).body.result.data

testRefusals(OPERATIONS, (operation) =>
  /\/(dashboard|stats)\//.test(operation) ? ['viewer', 'admin'] : ['admin'],
)

describe('the routes of older dashboards', () => {
  it('GET /stats/instances sums up and lists every number, by name', async () => {
    const { status, body } = await get('/stats/instances')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      total_instancias: 4,
      online: 2,
      capacidade_total_dia: 350,
      enviadas_hoje: 82,
    })
    expect(body.instancias.map((one: { nome: string }) => one.nome)).toEqual([
      'Loja São Paulo/1',
      'banida',
      'caiu',
      'one',
    ])
    expect(body.instancias[3]).toEqual({
      nome: 'one',
      status: 'connected',
      msgs_hora: 1,
      capacidade_hora: 3,
      msgs_dia: 30,
      capacidade_dia: 100,
      carga: '30.0%',
      disponivel: true,
    })
    // A stored `open` is connected.
    expect(body.instancias[0]).toMatchObject({ status: 'connected', carga: '90.0%', disponivel: true })
    expect(body.instancias[1]).toMatchObject({ status: 'banned', disponivel: false })
  })

  it('GET /dashboard/instances has the verdict of GET /dashboard/health, a summary and every number', async () => {
    const [{ body }, health] = await Promise.all([get('/dashboard/instances'), get('/dashboard/health')])
    const stats = await dataOf('fleet.stats', {})
    expect(body.status).toBe(health.body.status)
    expect(body.resumo).toEqual({
      total_instancias: 4,
      online: 2,
      offline: 1,
      banidas: 1,
      capacidade_dia: stats.day.capacity,
      enviadas_hoje: 82,
      capacidade_usada_pct: `${stats.usedPercent.toFixed(1)}%`,
    })
    expect(body.instancias[1]).toEqual({
      nome: 'banida',
      numero: null,
      status: 'banned',
      status_emoji: '⛔',
      msgs_hora: '0/20',
      msgs_dia: '7/100',
      carga: '7.0%',
      ultima_msg: null,
    })
    expect(body.instancias.map((one: { status_emoji: string }) => one.status_emoji)).toEqual([
      '🟢',
      '⛔',
      '🔴',
      '🟢',
    ])
  })

  it('GET /dashboard/instances/{nome} has the contacts of the number and its last 24 hours', async () => {
    await mutate(api, 'contact.setPreference', { id: 'ana', instanceName: 'Loja São Paulo/1' })
    const { status, body } = await detail('Loja São Paulo/1')
    const { hours } = await dataOf('instance.activity', { name: 'Loja São Paulo/1' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      nome: 'Loja São Paulo/1',
      numero: null,
      status: 'connected',
      capacidade: { hora: 20, dia: 50 },
      uso: { msgs_hora: 0, msgs_dia: 45, carga_pct: 90 },
      medicos_atribuidos: 1,
      disponivel: true,
    })
    expect(body.historico_24h).toHaveLength(24)
    expect(body.historico_24h.map((one: { enviadas: number }) => one.enviadas)).toEqual(
      hours.map((one: { sent: number }) => one.sent),
    )
    expect((await detail('nobody')).body).toEqual({ detail: 'Instância não encontrada' })
    expect((await detail('a'.repeat(51))).status).toBe(422)
  })

  it('GET /dashboard/health is degraded under half online, a warning over 80 % used, and 200 in all cases', async () => {
    const healthy = await get('/dashboard/health')
    // 75 of 150 are used, and exactly half of the numbers are online.
    expect([healthy.status, healthy.body]).toEqual([
      200,
      {
        status: 'healthy',
        timestamp: expect.any(String),
        online: 2,
        total: 4,
        checks: { instancias: true, capacidade: true, supabase: true },
        details: { instancias: '2/4 online', capacidade: '50.0% da capacidade do dia' },
      },
    ])
    await database.query(`update public.whatsapp_instances set msgs_enviadas_dia = 99 where nome = 'one'`)
    expect((await get('/dashboard/health')).body).toMatchObject({
      status: 'warning',
      checks: { instancias: true, capacidade: false },
    })
    await database.query(`update public.whatsapp_instances set status = 'connecting' where nome = 'one'`)
    expect((await get('/dashboard/health')).body).toMatchObject({ status: 'degraded', online: 1 })
    await database.query(`update public.whatsapp_instances set status = 'disconnected' where status = 'open'`)
    expect((await get('/dashboard/health')).body).toMatchObject({ status: 'critical', online: 0 })
    await database.query(
      `update public.whatsapp_instances set status = 'connected', msgs_enviadas_dia = 30 where nome = 'one'`,
    )
    await database.query(`update public.whatsapp_instances set status = 'open' where nome like 'Loja%'`)
  })

  it('a paused number that is connected is online; a removed one does not count', async () => {
    await mutate(api, 'instance.update', { name: 'one', paused: true })
    expect((await get('/dashboard/health')).body).toMatchObject({ online: 2, total: 4 })
    expect((await get('/stats/instances')).body.instancias[3]).toMatchObject({ disponivel: false })
    await mutate(api, 'instance.update', { name: 'one', paused: false })
    await database.query(
      `insert into public.whatsapp_instances (nome, status, removida_em) values ('saindo', 'connected', now())`,
    )
    expect((await get('/dashboard/health')).body).toMatchObject({ online: 2, total: 4 })
    expect((await get('/stats/instances')).body.total_instancias).toBe(4)
    expect((await detail('saindo')).status).toBe(404)
    await database.query(`delete from public.whatsapp_instances where nome = 'saindo'`)
  })

  it('are for viewers too; a key of a bot is refused with the keys that may read', async () => {
    const bot = await mutate(api, 'key.create', { label: 'the bot', role: 'bot' })
    for (const path of ['/stats/instances', '/dashboard/instances', '/dashboard/health']) {
      expect((await get(path, path, { key: VIEWER_KEY })).status).toBe(200)
      const refused = await get(path, path, { key: bot.body.result.data.secret })
      expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('(viewer)')])
    }
  })

  it('ignore parameters, a slash at the end, and that a browser prefers a page', async () => {
    const url = '/dashboard/instances/?apenas_ativas=true&_=1'
    const { status, body, headers } = await get('/dashboard/instances', url, {
      headers: { accept: 'text/html' },
    })
    expect([status, body.instancias.length]).toEqual([200, 4])
    expect(headers.get('cache-control')).toBe('no-store')
    expect((await call(`${api.address}/dashboard`, { key: ADMIN_KEY })).status).toBe(404)
  })

  it('write instants that datetime.fromisoformat of every Python reads', async () => {
    await mutate(api, 'instance.recordSend', { name: 'one' })
    const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/
    const { body } = await get('/dashboard/instances')
    expect([body.timestamp, body.instancias[3].ultima_msg]).toEqual([
      expect.stringMatching(iso),
      expect.stringMatching(iso),
    ])
    expect((await detail('one')).body.historico_24h[23]).toMatchObject({ hora: expect.stringMatching(iso) })
  })
})

describe('the Portuguese routes of numbers and the health routes', () => {
  it('answer as documented', async () => {
    const create = (init: CallInit) => callRoute('POST /admin/instances', '/admin/instances', init)
    const qrcode = (nome: string) =>
      callRoute('GET /admin/instances/{nome}/qrcode', `/admin/instances/${nome}/qrcode`)
    expect((await create({ body: { nome: 'loja', numero_telefone: '+5511987654321' } })).status).toBe(200)
    expect((await create({ body: { nome: 'loja' } })).status).toBe(409)
    expect((await create({ body: {} })).status).toBe(422)
    expect((await create({ raw: 'nome=a', headers: { 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await create({ raw: `{"nome":"${'a'.repeat(1_048_576)}"}` })).status).toBe(413)
    expect((await qrcode('loja')).status).toBe(200)
    expect((await qrcode('nobody')).status).toBe(404)
    expect((await qrcode('a'.repeat(51))).status).toBe(422)
    expect((await qrcode('one')).status).toBe(409)
    expect((await get('/health/instances')).body.status).toBe('healthy')
    for (const path of ['/health/live', '/health/ready']) expect((await get(path)).status).toBe(200)
    await api.simulator.control.outage('refuse')
    expect((await qrcode('loja')).status).toBe(502)
    expect((await create({ body: { nome: 'loja-2' } })).status).toBe(502)
    await api.simulator.control.outage(null)
  })

  it('have no answer in the document that no test has caused', () => {
    expect(unseen(OPERATIONS)).toEqual([])
  })
})
