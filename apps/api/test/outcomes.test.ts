import { waitForEvents } from '@zapfleet/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BOT_KEY, call, type FleetApi, mutate, query, startFleetApi, VIEWER_KEY } from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
  expect((await mutate(api, 'instance.create', { name: 'sales' })).status).toBe(200)
  api.simulator.control.scan('sales')
  expect((await mutate(api, 'health.check', { name: 'sales' })).status).toBe(200)
})
afterAll(() => api?.close())

let count = 0
async function sent() {
  const { id } = (await mutate(api, 'reservation.reserve', { contactId: 'ana' }, BOT_KEY)).body.result.data
  const messageId = `3EB0${String(++count).padStart(18, '0')}`
  const confirmed = await mutate(api, 'reservation.confirm', { id, messageId }, BOT_KEY)
  return { id, messageId, confirmed: confirmed.body.result.data }
}
const read = async (id: string, key = BOT_KEY) =>
  (await query(api, 'reservation.get', { id }, key)).body.result.data
const report = (events: object[]) => mutate(api, 'reservation.report', { events }, BOT_KEY)

it('a reservation has its message and what became of it', async () => {
  const { body } = await mutate(api, 'reservation.reserve', { contactId: 'ana' }, BOT_KEY)
  expect(body.result.data).toMatchObject({ messageId: null, outcome: null })
  const { id, messageId, confirmed } = await sent()
  expect(confirmed).toMatchObject({ messageId, outcome: null, state: 'confirmed' })
  const at = new Date(Date.now() - 5_000).toISOString()
  const answer = await report([
    { instanceName: 'sales', messageId, status: 'delivered', at },
    { instanceName: 'sales', messageId: 'unknown', status: 'failed', error: '463' },
  ])
  expect(answer.body.result.data).toEqual({ matched: 1, unmatched: 1 })
  for (const key of [BOT_KEY, VIEWER_KEY])
    expect(await read(id, key)).toMatchObject({
      messageId,
      outcome: { status: 'delivered', at, error: null },
    })
})

it.each([
  ['an unknown status', { instanceName: 'sales', messageId: 'm', status: 'DELIVERY_ACK' }],
  ['no message', { instanceName: 'sales', messageId: '', status: 'read' }],
  ['an unknown field', { instanceName: 'sales', messageId: 'm', status: 'read', text: 'oi' }],
  ['a moment that is none', { instanceName: 'sales', messageId: 'm', status: 'read', at: 'yesterday' }],
])('a report with %s is refused', async (_what, event) => {
  expect((await report([event])).status).toBe(400)
})

it('a report has at most 500 events', async () => {
  const event = { instanceName: 'sales', messageId: 'm', status: 'read' }
  expect((await report(Array.from({ length: 500 }, () => event))).status).toBe(200)
  expect((await report(Array.from({ length: 501 }, () => event))).status).toBe(400)
})

it('the activity of an instance counts each message once, by its highest outcome', async () => {
  const before = (await query(api, 'instance.activity', { name: 'sales' })).body.result.data.outcomes
  const messages = await Promise.all(Array.from({ length: 5 }, sent))
  const statuses = ['sent', 'failed', 'delivered', 'read']
  await report(
    statuses.flatMap((_, place) =>
      statuses
        .slice(0, place + 1)
        .map((one) => ({ instanceName: 'sales', messageId: messages[place]?.messageId, status: one })),
    ),
  )
  const after = (await query(api, 'instance.activity', { name: 'sales' })).body.result.data.outcomes
  for (const period of ['day', 'week'])
    expect(
      Object.fromEntries(
        Object.entries(after[period]).map(([status, n]) => [status, Number(n) - before[period][status]]),
      ),
    ).toEqual({ sent: 1, failed: 1, delivered: 1, read: 1, unknown: 1 })
})

it('REST has the same', async () => {
  const { body: seat } = await call(`${api.address}/v1/reservations`, { key: BOT_KEY, body: {} })
  const confirmed = await call(`${api.address}/v1/reservations/${seat.id}/confirm`, {
    key: BOT_KEY,
    body: { messageId: 'rest' },
  })
  expect(confirmed.body).toMatchObject({ messageId: 'rest' })
  const reported = await call(`${api.address}/v1/reservations/report`, {
    key: BOT_KEY,
    body: { events: [{ instanceName: 'sales', messageId: 'rest', status: 'failed', error: '463' }] },
  })
  expect(reported.body).toEqual({ matched: 1, unmatched: 0 })
  const { body } = await call(`${api.address}/v1/reservations/${seat.id}`, { key: BOT_KEY })
  expect(body).toMatchObject({ id: seat.id, outcome: { status: 'failed', error: '463' } })
  await waitForEvents(api.fleet)
})
