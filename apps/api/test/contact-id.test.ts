import { afterAll, beforeAll, expect, it } from 'vitest'
import { contactId } from '../src/procedures/fields.ts'
import { ADMIN_KEY, BOT_KEY, call, type FleetApi, startFleetApi } from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
  await call(`${api.address}/admin/instances`, { key: ADMIN_KEY, body: { nome: 'blanks' } })
  api.simulator.control.scan('blanks')
  await call(`${api.address}/trpc/health.checkAll`, { key: ADMIN_KEY, body: {} })
})
afterAll(() => api?.close())

const reserve = (body: object) => call(`${api.address}/v1/reservations`, { key: BOT_KEY, body })

it('treats an id with blanks around it as the same contact, also under an idempotency key', async () => {
  const first = await reserve({ contactId: '5511987650001', idempotencyKey: 'message-1' })
  expect(first).toMatchObject({ status: 200, body: { contactId: '5511987650001' } })
  const again = await reserve({ contactId: ' 5511987650001\n', idempotencyKey: 'message-1' })
  expect(again).toMatchObject({ status: 200, body: { id: first.body.id, contactId: '5511987650001' } })
})

it('refuses an id of blanks alone', async () => {
  const { status, body } = await reserve({ contactId: '  ' })
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('got only blanks')])
})

it.each(['\u200b', '\u2060', '\u00ad', '\u0085', '\u202a', '\ufeff', '\u00a0'])(
  'takes %j for a blank: around an id it is no part of it, and alone it is no id',
  (mark) => {
    expect(contactId.parse(`${mark} 5511987650001${mark}`)).toBe('5511987650001')
    expect(contactId.safeParse(`${mark} ${mark}`).error?.issues[0]?.message).toContain('got only blanks')
    expect(contactId.parse(`a${mark}b`)).toBe(`a${mark}b`)
  },
)

it('counts the characters without the blanks', () => {
  expect(contactId.safeParse(` ${'x'.repeat(255)} `).success).toBe(true)
  expect(contactId.safeParse('x'.repeat(256)).success).toBe(false)
})

it('treats the id of a message the same way, in confirms and reports', async () => {
  const confirm = (id: string, messageId: string) =>
    call(`${api.address}/v1/reservations/${id}/confirm`, { key: BOT_KEY, body: { messageId } })
  const { id } = (await reserve({})).body
  expect((await confirm(id, ' \u200b')).status).toBe(400)
  expect(await confirm(id, '3EB0A1B2\n')).toMatchObject({ status: 200, body: { messageId: '3EB0A1B2' } })
  const { instanceName } = (await reserve({})).body
  const events = [{ instanceName, messageId: '\t3EB0A1B2 ', status: 'delivered' }]
  const report = await call(`${api.address}/v1/reservations/report`, { key: BOT_KEY, body: { events } })
  expect(report).toMatchObject({ status: 200, body: { matched: 1 } })
})

it('refuses an idempotency key of blanks, which would be that of every message, and changes none', async () => {
  for (const idempotencyKey of ['', '  ', '\u200b'])
    expect((await reserve({ idempotencyKey })).status).toBe(400)
  const key = { contactId: '5511987650002', idempotencyKey: ' message-2' }
  const first = (await reserve(key)).body.id
  expect((await reserve(key)).body.id).toBe(first)
  expect((await reserve({ ...key, idempotencyKey: 'message-2' })).body.id).not.toBe(first)
})
