import { Writable } from 'node:stream'
import {
  DEFAULT_SERVER,
  globalWebhookUrl,
  readWebhookSecret,
  waitForEvents,
  waitForHints,
} from '@zapfleet/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import { BOT_KEY, call, type FleetApi, keyRingOf, mutate, query, startFleetApi } from './fleet-api.ts'

let api: FleetApi
let secret: string
let globalPath: string
beforeAll(async () => {
  api = await startFleetApi({ webhooks: true })
  secret = await readWebhookSecret(api.fleet)
  globalPath = new URL(globalWebhookUrl(api.address, secret, DEFAULT_SERVER)).pathname
  expect(
    (await mutate(api, 'instance.create', { name: 'sales', hourlyCapacity: 10_000, dailyCapacity: 10_000 }))
      .status,
  ).toBe(200)
  api.simulator.control.scan('sales')
  expect((await mutate(api, 'health.check', { name: 'sales' })).status).toBe(200)
})
beforeEach(async () => {
  await waitForHints(api.fleet)
  api.simulator.control.resetCalls()
})
afterAll(() => api?.close())

const JID = '5511977776666@s.whatsapp.net'
let count = 0
const newId = () => `3EB0${String(++count).padStart(18, '0')}`
const body = (event: string, data: object) => ({
  event,
  instance: 'sales',
  data,
  destination: 'http://elsewhere/',
  date_time: '2026-11-22T10:00:00.000Z',
  apikey: null,
})
const update = (keyId: string, status: string) =>
  body('messages.update', { keyId, remoteJid: JID, fromMe: true, status, instanceId: 'x', messageId: 'y' })
const sendMessage = (id: string) =>
  body('send.message', {
    key: { remoteJid: JID, fromMe: true, id },
    pushName: 'Você',
    status: 'PENDING',
    message: { conversation: 'um' },
    messageTimestamp: Math.floor(Date.now() / 1_000),
  })
const inbound = (message: object) =>
  body('messages.upsert', {
    key: { remoteJid: JID, remoteJidAlt: '77001122334455@lid', fromMe: false, id: newId(), participant: '' },
    pushName: 'Maria',
    status: 'DELIVERY_ACK',
    message,
    messageTimestamp: Math.floor(Date.now() / 1_000),
  })

/** The two addresses, each as Evolution calls it. */
const WAYS = {
  'the webhook of the instance': (json: unknown, path = '') =>
    call(`${api.address}/webhooks/evolution${path}`, {
      body: json,
      headers: { 'x-zapfleet-webhook': secret },
    }),
  'the global webhook': (json: unknown, path = '') =>
    call(`${api.address}${globalPath}${path}`, { body: json }),
}

async function seat(contactId = '5511977776666') {
  const { body } = await mutate(api, 'reservation.reserve', { contactId }, BOT_KEY)
  return body.result.data as { id: string }
}
const read = async ({ id }: { id: string }) =>
  (await query(api, 'reservation.get', { id }, BOT_KEY)).body.result.data

describe.each(Object.entries(WAYS))('%s', (_way, post) => {
  it('reports what became of a message whose bot only reserves and confirms', async () => {
    const one = await seat()
    const id = newId()
    expect((await post(sendMessage(id), '/send-message')).status).toBe(200)
    await mutate(api, 'reservation.confirm', { id: one.id }, BOT_KEY)
    for (const status of ['DELIVERY_ACK', 'READ']) expect((await post(update(id, status))).status).toBe(200)
    await waitForEvents(api.fleet)
    expect(await read(one)).toMatchObject({ messageId: id, outcome: { status: 'read', error: null } })
  })

  it('of a hundred messages, each event ten times and shuffled, gives the rows of one ordered copy', async () => {
    const people = Array.from({ length: 100 }, (_, n) => `55119${String(60_000_000 + ++count * 1_000 + n)}`)
    const seats = await Promise.all(people.map(seat))
    const ids = seats.map(newId)
    await Promise.all(
      seats.map(({ id }, n) => mutate(api, 'reservation.confirm', { id, messageId: ids[n] }, BOT_KEY)),
    )
    const told = ids.flatMap(
      (id, n) =>
        [['DELIVERY_ACK', 'READ'], ['ERROR'], ['SERVER_ACK', 'ERROR', 'DELIVERY_ACK'], []][n % 4]?.map(
          (status) => update(id, status),
        ) ?? [],
    )
    const copies = Array.from({ length: 10 }, () => told).flat()
    copies.sort(() => Math.random() - 0.5)
    for (let n = 0; n < copies.length; n += 50)
      await Promise.all(copies.slice(n, n + 50).map((one) => post(one)))
    await waitForEvents(api.fleet)
    const outcomes = await Promise.all(seats.map(read))
    expect(outcomes.map((one) => one.outcome?.status ?? null)).toEqual(
      ids.map((_, n) => ['read', 'failed', 'delivered', null][n % 4]),
    )
    expect(outcomes.map((one) => one.messageId)).toEqual(ids)
  })

  it('causes no reading of the number', async () => {
    await post(update(newId(), 'READ'))
    await post(sendMessage(newId()))
    await post(inbound({ conversation: 'oi' }))
    await waitForHints(api.fleet)
    expect(api.simulator.control.calls({ route: 'instance/connectionState' })).toEqual([])
  })

  it('takes a message with its media as base64: the beginning is used, the rest is dropped', async () => {
    await api.fleet.sql.prisma.conversation.deleteMany()
    const answer = await post(inbound({ imageMessage: {}, base64: 'A'.repeat(8_000_000) }))
    expect([answer.status, answer.body]).toEqual([200, { status: 'received' }])
    await waitForEvents(api.fleet)
    const people = await api.fleet.sql.prisma.conversation.findMany({ orderBy: { contactId: 'asc' } })
    expect(people.map((one) => one.contactId)).toEqual(['5511977776666'])
    const strange = await post({ first: 'A'.repeat(8_000_000), ...body('messages.upsert', {}) })
    expect([strange.status, strange.body]).toEqual([200, { status: 'skipped' }])
  })

  it.each(['{', '', 'null', '{}'])('answers 400 for %j, which Evolution does not repeat', async (raw) => {
    const answer = await call(`${api.address}${globalPath}`, {
      raw,
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(400)
  })
})

describe('a person who writes to another number', () => {
  let last = 0
  const person = () => `55479888${String(10_000 + ++last)}`
  const numberOf = async (id: string) =>
    (await query(api, 'contact.get', { id }, BOT_KEY)).body.result.data.preferredInstance
  const keep = (id: string) => mutate(api, 'contact.setPreference', { id, instanceName: 'sales' })
  beforeAll(async () => {
    await mutate(api, 'instance.create', { name: 'support', hourlyCapacity: 10_000, dailyCapacity: 10_000 })
    api.simulator.control.scan('support')
    await mutate(api, 'health.check', { name: 'support' })
  })

  it.each(Object.entries(WAYS))('is served by it: %s', async (_way, post) => {
    const id = person()
    await keep(id)
    const message = inbound({ conversation: 'oi' })
    const key = { ...message.data, key: { remoteJid: `${id}@s.whatsapp.net`, fromMe: false, id: newId() } }
    expect((await post({ ...message, instance: 'support', data: key })).status).toBe(200)
    await waitForEvents(api.fleet)
    const { body } = await mutate(api, 'reservation.reserve', { contactId: id }, BOT_KEY)
    expect(body.result.data).toMatchObject({ instanceName: 'support', preference: 'kept', kind: 'reply' })
  })

  it('is served by it: recordInbound, as a procedure and as a route, which may be repeated', async () => {
    const ids = [person(), person()]
    const at = new Date(Date.now() - 60_000).toISOString()
    for (const id of ids) await keep(id)
    for (let turn = 0; turn < 2; turn++) {
      const input = { id: ids[0], instanceName: 'support', at }
      const { body } = await mutate(api, 'contact.recordInbound', input, BOT_KEY)
      expect(body.result.data).toMatchObject({
        id: ids[0],
        preferredInstance: 'support',
        lastInbound: { instanceName: 'support', at },
        blocked: false,
      })
      const answer = await call(`${api.address}/v1/contacts/${ids[1]}/record-inbound`, {
        body: { instanceName: 'support', at },
        headers: { 'x-api-key': BOT_KEY },
      })
      expect([answer.status, answer.body.lastInbound]).toEqual([200, { instanceName: 'support', at }])
    }
  })

  it('is served by it: messages and reactions of persons, by phone and by LID, as Evolution sends them; nothing else', async () => {
    const { control } = api.simulator
    const from = person()
    const group = '120363041234567890@g.us'
    const received = () => api.fleet.intake.figures().received.instance_webhook
    const send = async (...messages: Parameters<typeof control.inbound>[1][]) => {
      const before = received()
      for (const message of messages) control.inbound('support', message)
      await vi.waitFor(() => expect(received()).toBe(before + messages.length), 60_000)
      await waitForEvents(api.fleet)
    }
    await keep(from)
    await send(
      { from, group },
      { from, fromMe: true },
      { from, fromMe: true, kind: 'reaction', quoted: '3EB0', text: '👍' },
      { from, kind: 'reaction', quoted: '3EB0', text: '' },
    )
    expect(await numberOf(from)).toBe('sales')
    await send({ from, kind: 'reaction', quoted: '3EB0', text: '👍' })
    expect(await numberOf(from)).toBe('support')

    const [other, lid] = [person(), '77001122330001@lid']
    await keep(other)
    await send({ from: lid, group, alt: other })
    expect([await numberOf(other), await numberOf(lid)]).toEqual(['sales', 'sales'])
    await send({ from: lid })
    expect([await numberOf(other), await numberOf(lid)]).toEqual(['support', 'support'])
  })
})

describe('the address of the global webhook', () => {
  it('is not found with another secret, before the body is read, in whatever form', async () => {
    const wrong = [
      globalPath.slice(0, -1),
      `${globalPath}x`,
      globalPath.replace(/.{5}$/, 'AAAAA'),
      `/webhooks/evolution/global/${secret}`,
      '/webhooks/evolution/global/x/messages-update',
    ]
    for (const path of wrong) {
      const { status, body: answer } = await call(`${api.address}${path}`, { raw: '{' })
      expect([path, status]).toEqual([path, 404])
      expect(JSON.stringify(answer)).not.toContain(globalPath.split('/').at(-1))
    }
  })

  it('is in no line of the log', async () => {
    const lines: string[] = []
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const server = buildServer({
      fleet: api.fleet,
      keyRing: keyRingOf(api.fleet),
      log: createLog('trace', destination),
    })
    for (const payload of [JSON.stringify(update(newId(), 'READ')), '{'])
      await server.inject({
        method: 'POST',
        url: globalPath,
        headers: { 'content-type': 'application/json' },
        payload,
      })
    await server.inject({ method: 'POST', url: `${globalPath}wrong`, payload: {} })
    await server.close()
    expect(lines.join('')).toContain('/webhooks/evolution/global/:secret')
    expect(lines.join('')).not.toContain(globalPath.split('/').at(-1)?.slice(0, 20))
  })
})

it('no text and no name of a message reaches the database', async () => {
  await WAYS['the global webhook'](inbound({ conversation: 'segredo-de-teste' }))
  await waitForEvents(api.fleet)
  const { sql } = api.fleet
  const rows = await Promise.all([
    sql.prisma.conversation.findMany(),
    sql.prisma.unmatchedOutcome.findMany(),
    sql.prisma.eventCoverage.findMany(),
  ])
  expect(rows[0].length).toBeGreaterThan(0)
  expect(JSON.stringify(rows)).not.toMatch(/segredo|Maria/)
})
