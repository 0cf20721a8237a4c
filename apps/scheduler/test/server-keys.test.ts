import { createSealer } from '@zapfleet/core'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'

const BEFORE = 'before-the-change-0123456789-abcdefg'
const AFTER = 'after-the-change-0123456789-abcdefgh'
const LOST = 'lost-long-ago-0123456789-abcdefghijk'

let database: TestDatabase
let home: Simulator
let south: Simulator
let pool: pg.Pool

beforeAll(async () => {
  ;[database, home, south] = await Promise.all([testDatabase(), startSimulator(), startSimulator()])
  pool = new pg.Pool({ connectionString: database.url })
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
})
afterAll(async () => {
  await pool.end()
  await Promise.all([home.close(), south.close(), database.drop()])
})

const sealed = async (): Promise<Record<string, string>> => {
  const { rows } = await pool.query('select name, sealed_key from zapfleet.servers')
  return Object.fromEntries(rows.map((row) => [row.name, row.sealed_key]))
}

const start = (secrets: Record<string, string>) =>
  runApp('scheduler', {
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: home.url,
    EVOLUTION_API_KEY: home.apiKey,
    ADMIN_API_KEY: 'zf_admin_for-tests-only-0123456789',
    BOT_API_KEY: 'zf_bot_for-tests-only-0123456789',
    HEALTH_POLL_CRON: '* * * * * *',
    SCHEDULER_PORT: '0',
    ...secrets,
  })

it('after a change of ZAPFLEET_SECRET the leader encrypts the keys of servers by the present one, which is enough from then on', async () => {
  const purpose = 'server:south'
  const lost = createSealer(LOST).seal('key of north', 'server:north')
  await pool.query('insert into zapfleet.servers (name, url, sealed_key) values ($1, $2, $3), ($4, $5, $6)', [
    ...['north', 'http://127.0.0.1:9', lost],
    ...['south', south.url, createSealer(BEFORE).seal(south.apiKey, purpose)],
  ])
  south.control.addInstance({ name: 'south-1', state: 'open' })
  await pool.query(
    `insert into whatsapp_instances (nome, status, servidor) values ('south-1', 'unknown', 'south')`,
  )
  const status = async () =>
    (await pool.query(`select status from whatsapp_instances where nome = 'south-1'`)).rows[0].status

  const rotating = await start({ ZAPFLEET_SECRET: AFTER, ZAPFLEET_SECRET_PREVIOUS: BEFORE })
  const line = await rotating.logLine('keys of servers are encrypted by the present ZAPFLEET_SECRET')
  expect(line.keys).toBe(1)
  await rotating.end('SIGTERM')
  const { south: fresh = '', north } = await sealed()
  expect(createSealer(AFTER).open(fresh, purpose)).toBe(south.apiKey)
  expect(north).toBe(lost)

  await pool.query(`update whatsapp_instances set status = 'unknown' where nome = 'south-1'`)
  const rotated = await start({ ZAPFLEET_SECRET: AFTER })
  await expect.poll(status, { timeout: 60_000, interval: 100 }).toBe('connected')
  await rotated.end('SIGTERM')
  const written = rotating.stdout() + rotated.stdout()
  expect(written).toContain('The key of the server \\"north\\" cannot be opened')
  expect(written).not.toContain(south.apiKey)
  expect((await sealed()).south).toBe(fresh)
})
