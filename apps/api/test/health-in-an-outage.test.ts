import { ADMIN_KEY, BOT_KEY, freePort, startApiFleet } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, expect, it } from 'vitest'

const SIZE = 10_000
const CALLERS = 16
/** Rows that a health round writes in one transaction, as core has it. */
const SLICE_ROWS = 250

/** An Evolution that refuses connections. */
const fleet = await startApiFleet(
  { url: `http://127.0.0.1:${await freePort()}`, apiKey: 'none', close: async () => {} },
  { KEY_CALLS_PER_SECOND: '100000' },
)
const client = new pg.Client({ connectionString: fleet.databaseUrl })
await client.connect()
afterAll(async () => {
  await client.end()
  await fleet.close()
})

const reserve = async (): Promise<{ status: number; code: string | null }> => {
  const response = await fetch(`${fleet.url}/v1/reservations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${BOT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ strategy: 'least_loaded' }),
  })
  const body = (await response.json()) as { error?: { code?: string }; code?: string }
  return { status: response.status, code: body.error?.code ?? body.code ?? null }
}

it('bots continue to reserve while a caller without a key reads the health of 10,000 numbers and Evolution is down', async () => {
  await client.query(
    `insert into whatsapp_instances (nome, status, capacidade_hora, capacidade_dia)
     select 'n' || n, 'connected', 100000, 100000 from generate_series(1, $1::int) n`,
    [SIZE],
  )
  await client.query('analyze whatsapp_instances')

  let isOver = false
  const reads = (async () => {
    const response = await fetch(`${fleet.url}/health/instances`)
    const round = (await response.json()) as { total: number; online: number }
    return { status: response.status, total: round.total, online: round.online }
  })().finally(() => {
    isOver = true
  })
  const outcomes: Awaited<ReturnType<typeof reserve>>[] = []
  const granted = () => outcomes.filter(({ status }) => status === 200).length
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      do outcomes.push(await reserve())
      while (!isOver || granted() <= CALLERS)
    }),
  )

  expect(await reads).toEqual({ status: 200, total: SIZE, online: 0 })
  const refused = outcomes.filter(({ status }) => status !== 200)
  expect(granted()).toBeGreaterThan(CALLERS)
  // A busy machine may miss the deadline of a call or of a connection to PostgreSQL. No other error is allowed.
  expect(refused.filter(({ code }) => code !== 'OVERLOADED' && code !== 'DATABASE_UNAVAILABLE')).toEqual([])
  const { rows: silent } = await client.query(
    'select silencios rounds, count(*)::int rows from whatsapp_instances group by 1',
  )
  expect(silent).toEqual([{ rounds: 1, rows: SIZE }])
  // A transaction locked as many rows as it wrote: a slice of the round, or the instances of one batch of claims.
  const { rows: largest } = await client.query(
    'select max(rows)::int rows from (select count(*) rows from whatsapp_instances group by xmin::text) t',
  )
  expect(largest[0].rows).toBeLessThanOrEqual(SLICE_ROWS)
})

it('when the second unanswered round has made them unknown, reserves get NO_CAPACITY and no other error', async () => {
  const checked = await fetch(`${fleet.url}/trpc/health.checkAll`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(checked.status).toBe(200)
  expect(await reserve()).toEqual({ status: 429, code: 'NO_CAPACITY' })
})
