import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from '@trpc/client'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AppRouter } from '../src/index.ts'
import { ADMIN_KEY, BOT_KEY, type FleetApi, startFleetApi } from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
})
afterAll(() => api?.close())

function client(key: string, link: typeof httpLink | typeof httpBatchLink = httpLink) {
  return createTRPCClient<AppRouter>({
    links: [link({ url: `${api.address}/trpc`, headers: { 'x-api-key': key } })],
  })
}

it('creates a number and sends its first messages', async () => {
  const admin = client(ADMIN_KEY)
  const bot = client(BOT_KEY)

  const { instance, pairing } = await admin.instance.create.mutate({
    name: 'vendas',
    phoneNumber: '5511987654321',
    hourlyCapacity: 4,
    dailyCapacity: 50,
  })
  expect(instance).toMatchObject({
    name: 'vendas',
    phoneNumber: '+5511987654321',
    available: false,
    hourlyCapacity: 4,
    dailyCapacity: 50,
    sentToday: 0,
  })
  if (pairing.state !== 'qr') throw new Error(`expected a QR code, got ${JSON.stringify(pairing)}`)
  expect(pairing.base64).toMatch(/^data:image\/png;base64,/)

  api.simulator.control.scan('vendas')
  expect(await admin.health.check.mutate({ name: 'vendas' })).toMatchObject({ state: 'open', online: true })
  expect(await bot.instance.get.query({ name: 'vendas' })).toMatchObject({
    status: 'connected',
    available: true,
  })

  const first = await bot.reservation.reserve.mutate({ contactId: 'ana' })
  expect(first).toMatchObject({
    instanceName: 'vendas',
    contactId: 'ana',
    strategy: 'sticky',
    state: 'reserved',
    preference: 'assigned',
    remaining: { hour: 3, day: 49, newContacts: null },
  })
  const second = await bot.reservation.reserve.mutate({ contactId: 'ana' })
  expect(second).toMatchObject({
    instanceName: 'vendas',
    preference: 'kept',
    remaining: { hour: 2, day: 48, newContacts: null },
  })
  expect(await bot.contact.get.query({ id: 'ana' })).toMatchObject({ id: 'ana', preferredInstance: 'vendas' })

  expect(await bot.reservation.confirm.mutate({ id: first.id })).toMatchObject({ state: 'confirmed' })
  expect(await bot.reservation.release.mutate({ id: second.id })).toMatchObject({ state: 'released' })
  await expect(bot.reservation.release.mutate({ id: first.id })).rejects.toMatchObject({
    data: { code: 'CONFLICT', fleet: { code: 'CONFLICT' } },
  })
  expect(await bot.instance.recordSend.mutate({ name: 'vendas' })).toMatchObject({
    sentThisHour: 2,
    sentToday: 2,
  })
  expect(await bot.instance.choose.mutate({ contactId: 'bia' })).toEqual({ instanceName: 'vendas' })

  const database = new pg.Client({ connectionString: api.database.url })
  await database.connect()
  const { rows } = await database.query(
    `select msgs_enviadas_hora, msgs_enviadas_dia from whatsapp_instances where nome = 'vendas'`,
  )
  await database.end()
  expect(rows).toEqual([{ msgs_enviadas_hora: 2, msgs_enviadas_dia: 2 }])

  expect(await admin.fleet.stats.query()).toMatchObject({
    total: 1,
    byStatus: { connected: 1, banned: 0 },
    hour: { capacity: 4, sent: 2, remaining: 2 },
    day: { capacity: 50, sent: 2, remaining: 48 },
  })
})

it('returns when a full fleet can send again, and a pause in its reasons', async () => {
  const bot = client(BOT_KEY)
  const admin = client(ADMIN_KEY)
  await admin.instance.update.mutate({ name: 'vendas', hourlyCapacity: 2 })
  const full = await bot.reservation.reserve.mutate({}).then(
    () => null,
    (error: unknown) => error,
  )
  if (!(full instanceof TRPCClientError)) throw new Error('a full fleet granted a seat')
  expect(full.data.fleet).toMatchObject({ code: 'NO_CAPACITY', reasons: { HOURLY_LIMIT: 1 } })
  expect(new Date(full.data.fleet.availableAt).toISOString()).toBe(full.data.fleet.availableAt)
  expect(new Date(full.data.fleet.availableAt).getTime()).toBeGreaterThan(Date.now())

  await admin.instance.update.mutate({ name: 'vendas', hourlyCapacity: 20, paused: true, phoneNumber: null })
  expect(await bot.instance.list.query({ availableOnly: true })).toEqual([])
  expect(await bot.instance.list.query()).toMatchObject([
    { paused: true, unavailableReason: 'PAUSED', phoneNumber: null },
  ])
  await expect(bot.reservation.reserve.mutate({})).rejects.toMatchObject({
    data: { fleet: { code: 'NO_CAPACITY', availableAt: null, reasons: { PAUSED: 1 } } },
  })
  await admin.instance.update.mutate({ name: 'vendas', paused: false })
})

it('answers a batch of calls in one request, each with its own answer', async () => {
  const bot = client(BOT_KEY, httpBatchLink)
  const contacts = Array.from({ length: 8 }, (_, index) => `contact-${index}`)
  const settled = await Promise.allSettled([
    ...contacts.map((contactId) => bot.reservation.reserve.mutate({ contactId })),
    bot.reservation.reserve.mutate({ exclude: ['vendas'] }),
  ])
  const granted = settled.filter((one) => one.status === 'fulfilled')
  expect(granted).toHaveLength(8)
  expect(new Set(granted.map((one) => one.value.contactId))).toEqual(new Set(contacts))
  expect(settled.at(-1)).toMatchObject({
    status: 'rejected',
    reason: { data: { fleet: { code: 'NO_CAPACITY', reasons: { EXCLUDED: 1 } } } },
  })
})

it('sets, follows and clears a preference', async () => {
  const admin = client(ADMIN_KEY)
  expect(await admin.contact.setPreference.mutate({ id: 'caio', instanceName: 'vendas' })).toMatchObject({
    id: 'caio',
    preferredInstance: 'vendas',
  })
  expect(await client(BOT_KEY).reservation.reserve.mutate({ contactId: 'caio' })).toMatchObject({
    preference: 'kept',
  })
  expect(await admin.contact.clearPreference.mutate({ id: 'caio' })).toMatchObject({
    id: 'caio',
    preferredInstance: null,
  })
  await expect(
    admin.contact.setPreference.mutate({ id: 'caio', instanceName: 'nobody' }),
  ).rejects.toMatchObject({
    data: { fleet: { code: 'NOT_FOUND' } },
  })
})

it('reads the health of all numbers now, and returns it afterwards', async () => {
  const admin = client(ADMIN_KEY)
  expect(await admin.health.checkAll.mutate()).toMatchObject([
    { name: 'vendas', state: 'open', online: true },
  ])
  const summary = await client(BOT_KEY).health.summary.query()
  expect(summary).toMatchObject({ status: 'healthy', online: 1, total: 1, instances: [{ name: 'vendas' }] })
  expect(summary.checkedAt).toMatch(/Z$/)
  expect(await admin.instance.qrCode.mutate({ name: 'vendas' })).toEqual({ state: 'already_connected' })
})
