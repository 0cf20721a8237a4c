import { createEvolutionSender, createFleetClient, type FleetClient, FleetError } from '@zapfleet/client'
import { DEFAULT_SERVER, globalWebhookUrl } from '@zapfleet/core'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { ADMIN_KEY, type ApiFleet, BOT_KEY, runApp, startApiFleet } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'

// A bot, the API, a scheduler and a simulated Evolution as programs of their own. The bot owns the webhooks of all numbers, so events arrive
// by the global webhook or the websocket alone.

const SECRET = 'a-secret-of-a-test-0123456789'
const NUMBERS = ['one', 'two', 'three']
const MESSAGES = 90
const WITHIN = { timeout: 60_000, interval: 200 }

let simulator: Simulator
let api: ApiFleet
let database: pg.Client
let admin: FleetClient
let bot: FleetClient

function openGlobalWebhook(): void {
  simulator.control.setGlobalWebhook({
    url: globalWebhookUrl(api.url, SECRET, DEFAULT_SERVER),
    events: ['SEND_MESSAGE', 'MESSAGES_UPDATE', 'MESSAGES_UPSERT'],
    byEvents: true,
  })
}

beforeAll(async () => {
  simulator = await startSimulator({ timeScale: 0.01, websocket: { globalEvents: true } })
  api = await startApiFleet(simulator)
  database = new pg.Client({ connectionString: api.databaseUrl })
  await database.connect()
  await database.query(`insert into zapfleet.secrets (name, value) values ('webhook', $1)`, [SECRET])
  admin = createFleetClient({ url: api.url, apiKey: ADMIN_KEY })
  bot = createFleetClient({ url: api.url, apiKey: BOT_KEY })
  const { control } = simulator
  for (const name of NUMBERS)
    control.addInstance({ name, webhook: { url: 'http://127.0.0.1:9/hook-of-the-bot', events: ['CALL'] } })
  await admin.instance.import.mutate({})
  await Promise.all(
    NUMBERS.map((name) =>
      admin.instance.update.mutate({ name, hourlyCapacity: 1_000, dailyCapacity: 1_000 }),
    ),
  )
  await admin.health.checkAll.mutate({})
  openGlobalWebhook()
})
afterAll(async () => {
  await database?.end()
  await api?.close()
})

/** Every outcome that Evolution sent, by message, as `nextOutcome` orders them. */
function told(): Map<string, string> {
  const order = ['SERVER_ACK', 'ERROR', 'DELIVERY_ACK', 'READ']
  const highest = new Map<string, string>()
  for (const { id, status } of simulator.control.updates()) {
    const before = highest.get(id)
    if (before === undefined || order.indexOf(status) > order.indexOf(before)) highest.set(id, status)
  }
  return highest
}
const STATUSES: Record<string, string> = {
  SERVER_ACK: 'sent',
  ERROR: 'failed',
  DELIVERY_ACK: 'delivered',
  READ: 'read',
}

async function stored(): Promise<Map<string, string>> {
  const { rows } = await database.query(
    'select message_id, outcome from zapfleet.reservations where message_id is not null and outcome is not null',
  )
  return new Map(rows.map((row) => [row.message_id, row.outcome]))
}

/** Repeats a call that no number could serve: on a busy machine Evolution may not answer the polls in time. */
async function whenKnown<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof FleetError && error.code === 'NO_CAPACITY' && error.reasons?.UNKNOWN))
        throw error
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

/** Sends a message to each of these people as a bot does, to fifty at a time. */
async function sendTo(people: readonly string[], isNamed: boolean): Promise<void> {
  const { url, apiKey } = simulator
  const evolution = createEvolutionSender({ url, apiKey })
  const left = people.values()
  const sendInTurn = async (): Promise<void> => {
    for (const number of left)
      await whenKnown(() =>
        bot.withInstance({ contactId: number, strategy: 'round_robin' }, async (instance) => {
          const sent = await evolution.sendText(instance, { number, text: 'Olá!' })
          return isNamed ? sent : instance.name
        }),
      )
  }
  await Promise.all(Array.from({ length: 50 }, sendInTurn))
}

const peopleOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(7, '0')}`)

/** Every event arrives ten times and shuffled; all messages of one number fail. */
function setOutcomes(): void {
  const { control } = simulator
  control.eventCopies(10, 500)
  control.outcomes({ delivery: { afterMs: 50 }, read: { afterMs: 120 }, jitterMs: 200, loseEvery: 20 })
  control.outcomes({ ack: 'error', ackAfterMs: 80 }, { name: 'three' })
}

/** Waits until every message is linked, what is stored is what Evolution sent, of at least so many messages, and the sums of the hours equal it. */
async function checkOutcomes(atLeast: number): Promise<void> {
  await vi.waitFor(async () => {
    const [known, expected] = [await stored(), told()]
    expect(known.size).toBeGreaterThan(atLeast)
    expect(Object.fromEntries(known)).toEqual(
      Object.fromEntries([...expected].map(([id, status]) => [id, STATUSES[status]])),
    )
    const { rows } = await database.query(
      'select count(*)::int messages, count(distinct message_id)::int linked, count(message_id)::int links from zapfleet.reservations',
    )
    const [{ messages }] = rows
    expect(rows[0]).toEqual({ messages, linked: messages, links: messages })

    const sums = await database.query(
      'select sum(sent)::int sent, sum(failed)::int failed, sum(delivered)::int delivered, sum(read)::int as read from zapfleet.hourly_outcomes',
    )
    const counts: Record<string, number> = { sent: 0, failed: 0, delivered: 0, read: 0 }
    for (const outcome of known.values()) counts[outcome] = (counts[outcome] ?? 0) + 1
    expect(sums.rows[0]).toEqual(counts)
    const activities = await Promise.all(NUMBERS.map((name) => admin.instance.activity.query({ name })))
    const total = activities.reduce(
      (sum, { outcomes: { day } }) => sum + day.sent + day.delivered + day.read + day.failed + day.unknown,
      0,
    )
    expect(total).toBe(messages)
  }, WITHIN)
}

test.each([
  ['names the message', true],
  ['only reserves and confirms', false],
])(
  'every outcome that Evolution sent is stored for a bot that %s, each event ten times and shuffled',
  async (_what, isNamed) => {
    setOutcomes()
    const before = (await stored()).size
    await sendTo(peopleOf(isNamed ? '551196' : '551197', MESSAGES), isNamed)
    await checkOutcomes(before + MESSAGES / 2)
  },
)

test('every outcome of 1,000 messages is stored that arrives by the websocket alone, ten times and shuffled', async () => {
  const { control, url, apiKey } = simulator
  control.setGlobalWebhook(null)
  const scheduler = await runApp('scheduler', {
    DATABASE_URL: api.databaseUrl,
    EVOLUTION_API_URL: url,
    EVOLUTION_API_KEY: apiKey,
    ADMIN_API_KEY: ADMIN_KEY,
    BOT_API_KEY: BOT_KEY,
    SCHEDULER_PORT: '0',
    EVOLUTION_WEBSOCKET: 'true',
  })
  onTestFinished(() => scheduler.end('SIGTERM'))
  await scheduler.logLine('the websocket of Evolution is connected; outcomes of messages arrive by it')
  setOutcomes()
  const before = (await stored()).size
  await sendTo(peopleOf('551198', 1_000), false)
  await checkOutcomes(before + 900)
}, 600_000)

test('a person who wrote is a reply for the number that they wrote to', async () => {
  openGlobalWebhook()
  simulator.control.eventCopies(1, 0)
  simulator.control.inbound('two', { from: '5511955554444', text: 'segredo-de-teste' })
  await vi.waitFor(async () => {
    const { rows } = await database.query(
      `select instance_name from zapfleet.conversations where contact_id = '5511955554444' and last_inbound_at is not null`,
    )
    expect(rows).toEqual([{ instance_name: 'two' }])
  }, WITHIN)
  const { kind } = await vi.waitFor(
    () => bot.reservation.reserve.mutate({ contactId: '5511955554444', exclude: ['one', 'three'] }),
    WITHIN,
  )
  expect(kind).toBe('reply')
  expect(api.log()).not.toContain('segredo-de-teste')
})
