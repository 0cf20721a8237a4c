import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parser } from '@prometheus-io/lezer-promql'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { readExposition, type Sample } from './exposition.ts'

const ADMIN_KEY = `admin-${randomBytes(24).toString('base64url')}`
const BOT_KEY = `bot-${randomBytes(24).toString('base64url')}`
const OPS = fileURLToPath(new URL('../ops/', import.meta.url))
/** A name that would break a label that is not escaped. */
const AWKWARD = 'loja "um"\\n'

let database: TestDatabase
let simulator: Simulator
let api: AppProcess
let scheduler: AppProcess
let apiAddress: string
let schedulerAddress: string
let viewer: string

beforeAll(async () => {
  database = await testDatabase()
  simulator = await startSimulator({ timeScale: 0.01 })
  const sql = new pg.Client({ connectionString: database.url })
  await sql.connect()
  for (const name of ['a', 'b', AWKWARD]) {
    simulator.control.addInstance({ name })
    await sql.query(
      `insert into whatsapp_instances (nome, status, capacidade_hora, capacidade_dia) values ($1, 'connected', 50, 500)`,
      [name],
    )
  }
  await sql.end()
  const environment = {
    PORT: '0',
    SCHEDULER_PORT: '0',
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ADMIN_API_KEY: ADMIN_KEY,
    BOT_API_KEY: BOT_KEY,
    ZAPFLEET_SECRET: randomBytes(24).toString('base64url'),
    HEALTH_POLL_CRON: '* * * * * *',
  }
  api = await runApp('api', environment)
  scheduler = await runApp('scheduler', environment)
  apiAddress = String((await api.logLine('the API is ready')).address)
  schedulerAddress = String((await scheduler.logLine('the scheduler is ready')).address)
  const made = await call('key.create', { label: 'prometheus', role: 'viewer' }, ADMIN_KEY)
  viewer = made.result.data.secret
  // Nothing listens there.
  const endpoint = { name: 'bot', url: 'http://127.0.0.1:9/', events: ['instance'] }
  expect((await call('webhookEndpoint.create', endpoint, ADMIN_KEY)).result).toBeDefined()
  const limits = { newContactsPerDay: 60, ramp: { from: 475, to: 475, days: 2 } }
  expect((await call('instance.update', { name: AWKWARD, ...limits }, ADMIN_KEY)).result).toBeDefined()
})
afterAll(async () => {
  await Promise.all([api?.end('SIGTERM'), scheduler?.end('SIGTERM')])
  await simulator?.close()
  await database?.drop()
})

// biome-ignore lint/suspicious/noExplicitAny: answers are what the tests look into
async function call(procedure: string, body: unknown, key: string): Promise<any> {
  const response = await fetch(`${apiAddress}/trpc/${procedure}`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return response.json()
}
/** Repeats a reserve that a busy machine did not serve in time. */
async function reserveFor(contactId: string) {
  for (;;) {
    const answer = await call('reservation.reserve', { contactId }, BOT_KEY)
    if (!['DATABASE_UNAVAILABLE', 'OVERLOADED'].includes(answer.error?.data?.fleet?.code)) return answer
  }
}
async function scrape(address: string, key?: string): Promise<string> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const response = await fetch(`${address}/metrics`, { headers })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/plain')
  return response.text()
}
const sum = (samples: Sample[], name: string, labels: Record<string, string> = {}): number =>
  samples
    .filter(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    )
    .reduce((total, one) => total + one.value, 0)

describe('a scrape of both processes, under load', () => {
  test('is well formed, counts what happened, and holds no contact', async () => {
    let isOver = false
    const contacts = Array.from({ length: 200 }, (_, i) => `55119${String(10_000_000 + i)}`)
    const scrapes: string[] = []
    const scraping = (async () => {
      while (!isOver) scrapes.push(await scrape(apiAddress, viewer), await scrape(schedulerAddress))
    })()
    const answers = await Promise.all(contacts.map(reserveFor))
    expect(answers.filter((answer) => answer.result)).toHaveLength(150)
    for (let i = 0; i < 40; i++) await call('instance.list', {}, `wrong-${i}`)
    isOver = true
    await scraping
    await vi.waitFor(
      async () =>
        expect(
          sum(readExposition(await scrape(schedulerAddress)), 'zapfleet_job_runs_total'),
        ).toBeGreaterThan(4),
      { timeout: 60_000 },
    )
    await vi.waitFor(
      async () =>
        expect(
          sum(readExposition(await scrape(schedulerAddress)), 'zapfleet_webhook_deliveries_total', {
            endpoint: 'bot',
            outcome: 'failed',
          }),
        ).toBeGreaterThan(0),
      { timeout: 60_000 },
    )
    // Values from the database are some seconds old.
    for (const [address, key] of [[apiAddress, viewer], [schedulerAddress]] as const)
      await vi.waitFor(
        async () =>
          expect(sum(readExposition(await scrape(address, key)), 'zapfleet_sent', { window: 'hour' })).toBe(
            150,
          ),
        { timeout: 60_000, interval: 200 },
      )
    for (const text of scrapes) readExposition(text)
    const apiText = await scrape(apiAddress, viewer)
    const schedulerText = await scrape(schedulerAddress)
    const ofApi = readExposition(apiText)
    const ofScheduler = readExposition(schedulerText)

    expect(sum(ofApi, 'zapfleet_reserves_total', { strategy: 'sticky', outcome: 'assigned' })).toBe(150)
    expect(sum(ofApi, 'zapfleet_reserves_total', { outcome: 'NO_CAPACITY' })).toBe(50)
    expect(sum(ofApi, 'zapfleet_refusals_total', { reason: 'HOURLY_LIMIT' })).toBe(50)
    expect(sum(ofApi, 'zapfleet_reserve_duration_seconds_count')).toBe(150)
    expect(sum(ofApi, 'zapfleet_batch_size_sum')).toBeGreaterThanOrEqual(150)
    expect(sum(ofApi, 'zapfleet_batch_duration_seconds_count')).toBe(sum(ofApi, 'zapfleet_batch_size_count'))
    expect(sum(ofApi, 'zapfleet_queue_depth')).toBe(0)
    expect(sum(ofApi, 'zapfleet_rate_limited_total', { limit: 'wrong_keys' })).toBeGreaterThan(0)
    expect(sum(ofApi, 'zapfleet_http_answers_total', { door: 'trpc', status: '429' })).toBeGreaterThan(50)
    for (const samples of [ofApi, ofScheduler]) {
      expect(sum(samples, 'zapfleet_database_up')).toBe(1)
      expect(sum(samples, 'zapfleet_instances', { status: 'connected' })).toBe(3)
      expect(sum(samples, 'zapfleet_capacity', { window: 'hour' })).toBe(150)
      expect(sum(samples, 'zapfleet_alerts_open', { rule: 'all_numbers_down', severity: 'critical' })).toBe(0)
      expect(sum(samples, 'zapfleet_sent', { window: 'hour' })).toBe(150)
      expect(sum(samples, 'zapfleet_instance_remaining', { name: AWKWARD, window: 'day' })).toBe(425)
      expect(sum(samples, 'zapfleet_new_contacts_capacity')).toBe(60)
      expect(sum(samples, 'zapfleet_new_contacts_sent')).toBe(50)
      expect(sum(samples, 'zapfleet_instance_status', { name: AWKWARD, status: 'connected' })).toBe(1)
      expect(sum(samples, 'zapfleet_instance_delivery', { name: AWKWARD, state: 'unproven' })).toBe(1)
      expect(sum(samples, 'zapfleet_instance_restricted', { name: AWKWARD })).toBe(0)
      expect(sum(samples, 'zapfleet_poll_age_seconds')).toBeLessThan(60)
      expect(sum(samples, 'zapfleet_build_info')).toBe(1)
    }
    expect(sum(ofScheduler, 'zapfleet_leader')).toBe(1)
    expect(
      sum(ofScheduler, 'zapfleet_job_runs_total', { job: 'health-poll', outcome: 'done' }),
    ).toBeGreaterThan(0)
    expect(
      sum(ofScheduler, 'zapfleet_evolution_calls_total', { server: 'default', outcome: 'ok' }),
    ).toBeGreaterThan(0)
    expect(apiText + schedulerText).not.toMatch(/55119\d{8}/)

    // The metrics of the rules exist.
    const told = new Set([...ofApi, ...ofScheduler].map(({ name }) => name))
    const spoken = rules().flatMap(({ expr }) => [...expr.matchAll(/\bzapfleet_\w+/g)].map(([name]) => name))
    expect(spoken.filter((name) => !told.has(name))).toEqual([])

    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: apiText, encoding: 'utf8' })
    // It reports more than errors (such as the place of `_total` in a name), so only unreadable lines count.
    if (promtool.error === undefined) expect(promtool.stderr).not.toContain('error while linting')
  })

  test('needs a key of role viewer or admin', async () => {
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${apiAddress}/metrics`, { headers })).status
    expect(await status({})).toBe(401)
    expect(await status({ 'x-api-key': BOT_KEY })).toBe(403)
    expect(await status({ authorization: `Bearer ${viewer}` })).toBe(200)
    expect(await status({ 'x-api-key': ADMIN_KEY })).toBe(200)
  })
})

type Rule = {
  alert: string
  expr: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

function rules(): Rule[] {
  const file = parseYaml(readFileSync(`${OPS}alerts.yml`, 'utf8')) as { groups: { rules: Rule[] }[] }
  return file.groups.flatMap((group) => group.rules)
}

describe('the alert rules', () => {
  test('are queries that Prometheus can read, each with a severity and a sentence for people', () => {
    expect(rules().length).toBeGreaterThan(8)
    for (const { alert, expr, labels, annotations } of rules()) {
      const wrong: string[] = []
      parser
        .parse(expr)
        .iterate({ enter: (node) => void (node.type.isError && wrong.push(`${alert} at ${node.from}`)) })
      expect(wrong).toEqual([])
      expect(['warning', 'critical']).toContain(labels.severity)
      expect(annotations.summary).toMatch(/\.$/)
      expect(annotations.description).toMatch(/\.$/)
    }
  })

  test('pass promtool, which tests them on synthetic histories, where it is installed', () => {
    for (const args of [
      ['check', 'rules', 'alerts.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ]) {
      const promtool = spawnSync('promtool', args, { cwd: OPS, encoding: 'utf8' })
      if (promtool.error === undefined) expect(promtool.status, promtool.stdout + promtool.stderr).toBe(0)
    }
  })
})
