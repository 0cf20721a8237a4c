import { setTimeout as rest } from 'node:timers/promises'
import { createEvolution } from '@zapfleet/evolution'
import { startSimulator } from '@zapfleet/simulator'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  callOf,
  getMessage,
  listMessages,
  openSender,
  readMessageConditions,
  type Sender,
  type SendInput,
  sendMessage,
} from '../../src/index.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const simulator = await startSimulator({ timeScale: 0 })
const { control } = simulator
const evolution = createEvolution({ url: simulator.url, apiKey: simulator.apiKey })
const { fleet, sql, another } = await testFleet({ evolution })
const call = callOf(fleet)
const wait = { timeout: 120_000, interval: 50 }
const senders: Sender[] = []
let before = 0

afterAll(async () => {
  await evolution.close()
  await simulator.close()
})
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()))
})
beforeEach(async () => {
  // Work that is not waited for, such as the outcome of the last message, may hold locks in another order.
  await vi.waitFor(
    async () => {
      await clearFleet(sql)
      await emptyTables(sql, 'zapfleet.messages, zapfleet.message_lanes, zapfleet.message_changes')
    },
    { timeout: 60_000 },
  )
  for (const { name } of control.instances()) control.removeInstance(name)
  before = control.sent().length
})

const startSender = (): Sender => {
  const sender = openSender(call)
  senders.push(sender)
  return sender
}
const person = (index: number): string => `55119${70_000_000 + index}`
const sent = () => control.sent().slice(before)
const inState = async (state: string): Promise<number> =>
  (await sql('select 1 from zapfleet.messages where state = $1', [state])).length
/** With the events that a health round stores. */
const setStatus = (status: string) =>
  sql(
    `with changed as (update whatsapp_instances set status = $1 returning *)
     insert into zapfleet.events (id, type, instance_name, at, facts) select zapfleet.next_event_id(), 'status', nome, clock_timestamp(), zapfleet.instance_facts(changed) from changed`,
    [status],
  )

function grouped<One>(all: readonly One[], keyOf: (one: One) => string): Map<string, One[]> {
  const groups = new Map<string, One[]>()
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}

it('expires what waited too long while all numbers were down, and sends the rest in order and at the pace of the numbers', async () => {
  const names = ['a', 'b', 'c']
  for (const name of names) control.addInstance({ name })
  await addInstances(sql, names, { status: 'disconnected', hour: 1_000, day: 1_000 })
  await sql('update whatsapp_instances set intervalo_min_ms = 200')
  const send = (to: string, text: string, validForS: number) => sendMessage(call, { to, text, validForS })
  for (let index = 0; index < 30; index++) {
    await send(person(index), `${index} late`, 1)
    await send(person(index), `${index} first`, 3_600)
    await send(person(index), `${index} second`, 3_600)
  }
  startSender()
  await expect.poll(() => inState('expired'), wait).toBe(30)
  expect(sent()).toEqual([])
  await setStatus('connected')
  await expect.poll(() => inState('sent'), wait).toBe(60)
  expect([await inState('expired'), sent().length]).toEqual([30, 60])
  const byPerson = grouped(sent(), (one) => one.number)
  for (const texts of byPerson.values())
    expect(texts.map((one) => one.text.split(' ')[1])).toEqual(['first', 'second'])
  const gaps = await sql(
    `select extract(epoch from slot - lag(slot) over (partition by instance_name order by slot)) * 1000 ms from (select instance_name, coalesce(not_before, reserved_at) slot from zapfleet.reservations where state <> 'released') r`,
  )
  const shortest = Math.min(...gaps.flatMap((row) => (row.ms === null ? [] : Number(row.ms))))
  expect(shortest).toBeGreaterThanOrEqual(200)
})

it('serves each of 200 people once by other numbers when theirs dies, within their limits for new contacts', async () => {
  const names = ['dying', 'b', 'c', 'd']
  for (const name of names) control.addInstance({ name })
  await addInstances(sql, names, { hour: 1_000, day: 1_000 })
  await sql(`update whatsapp_instances set novos_dia = 80 where nome <> 'dying'`)
  await sql(
    `insert into zapfleet.contacts (id, preferred_instance) select '55119' || (70000000 + n), 'dying' from generate_series(0, 199) n`,
  )
  startSender()
  const send = (index: number) =>
    sendMessage(call, { to: person(index), text: String(index), validForS: 3_600 })
  const first = Array.from({ length: 60 }, (_, index) => send(index))
  await expect.poll(() => sent().length, wait).toBeGreaterThan(10)
  control.deadConnection('dying', 'closed')
  const second = Array.from({ length: 140 }, (_, index) => send(index + 60))
  await rest(100)
  await sql(`update whatsapp_instances set status = 'disconnected' where nome = 'dying'`)
  await Promise.all([...first, ...second])
  await expect.poll(() => inState('sent'), wait).toBe(200)
  expect([grouped(sent(), (one) => one.text).size, sent().length]).toEqual([200, 200])
  const moved = grouped(sent(), (one) => one.instance)
  const counted = await sql(
    `select nome, novos_enviados_dia n from whatsapp_instances where nome <> 'dying' order by 1`,
  )
  for (const row of counted) {
    expect(row.n).toBeLessThanOrEqual(80)
    expect(row.n).toBe(moved.get(String(row.nome))?.length ?? 0)
  }
})

it('is woken by a number that comes back', async () => {
  control.addInstance({ name: 'a' })
  await addInstances(sql, ['a'], { status: 'disconnected' })
  startSender()
  const message = await sendMessage(call, { to: person(0), text: 'olá', validForS: 3_600 })
  await rest(600)
  await setStatus('connected')
  await expect.poll(async () => (await getMessage(fleet, message)).state, wait).toBe('sent')
})

it('takes over the messages of a process that ended, and gives its own back when it is stopped', async () => {
  control.addInstance({ name: 'a' })
  await addInstances(sql, ['a'], { status: 'disconnected' })
  const message = await sendMessage(call, { to: person(0), text: 'olá', validForS: 3_600 })
  // As a process that was killed leaves it.
  await sql(
    `update zapfleet.message_lanes set holder = 'killed', retry_at = clock_timestamp() + interval '2 seconds'`,
  )
  await setStatus('connected')
  startSender()
  await expect.poll(async () => (await getMessage(fleet, message)).state, wait).toBe('sent')

  await setStatus('disconnected')
  const second = await sendMessage(call, { to: person(0), text: 'depois', validForS: 3_600 })
  await senders.splice(0)[0]?.stop()
  const [lane] = await sql('select holder from zapfleet.message_lanes')
  expect([lane?.holder, (await getMessage(fleet, second)).state]).toEqual([null, 'queued'])
})

it('sends nothing more through a number that is paused, and begins no send after a stop', async () => {
  control.addInstance({ name: 'a' })
  await addInstances(sql, ['a'], { hour: 1_000, day: 1_000, paused: true })
  control.whatsappLatency(2_000)
  const handedOver = async (): Promise<number> =>
    (await sql(`select 1 from zapfleet.messages where state in ('sending', 'sent')`)).length
  for (let index = 0; index < 40; index++)
    await sendMessage(call, { to: person(index), text: String(index), validForS: 3_600 })
  const sender = startSender()
  await sql('update whatsapp_instances set pausada = false')
  await setStatus('connected')
  await expect.poll(() => inState('sending'), wait).toBe(4)
  await sql('update whatsapp_instances set pausada = true')
  const begun = await handedOver()
  await expect.poll(() => inState('sending'), wait).toBe(0)
  expect(await inState('sent')).toBe(begun)
  await sql('update whatsapp_instances set pausada = false')
  await setStatus('connected')
  await expect.poll(() => inState('sending'), wait).toBe(4)
  const stopping = sender.stop()
  const atStop = await handedOver()
  await stopping
  expect(await inState('sending')).toBe(0)
  // A start may have been on its way to the database.
  expect(await inState('sent')).toBeLessThanOrEqual(atStop + 4)
  control.whatsappLatency(0)
})

it('uses each turn of a number with a gap while many people wait for it', async () => {
  control.addInstance({ name: 'a' })
  await addInstances(sql, ['a'], { hour: 1_000, day: 1_000, status: 'disconnected' })
  await sql('update whatsapp_instances set intervalo_min_ms = 100')
  for (let index = 0; index < 100; index++)
    await sendMessage(call, { to: person(index), text: String(index), validForS: 3_600 })
  startSender()
  await setStatus('connected')
  await expect.poll(() => inState('sent'), wait).toBeGreaterThanOrEqual(60)
  // Each turn follows the one before: seats are taken ahead of their turns.
  const [row] = await sql(
    `select count(*) filter (where gap < 0.15)::int adjoining from (
       select extract(epoch from slot - lag(slot) over (order by slot)) gap from (select coalesce(not_before, reserved_at) slot from zapfleet.reservations where state <> 'released') r) g`,
  )
  expect(row?.adjoining).toBeGreaterThanOrEqual(20)
})

it('sends what can be sent behind thousands of people for whom it has to wait', async () => {
  for (const name of ['a', 'b']) control.addInstance({ name })
  await addInstances(sql, ['a', 'b'], { hour: 1_000, day: 1_000 })
  await sql(
    `update whatsapp_instances set drenando = nome = 'a', status = case when nome = 'a' then 'connected' else 'disconnected' end`,
  )
  await sql(
    `with made as (
       insert into zapfleet.messages (id, recipient, contact_id, content, content_bytes, options, state, created_at, due_at, valid_until)
       select gen_random_uuid(), c, c, '{"text":"x"}', 1, '{"strategy":"sticky","fallback":"move","exclude":[],"failover":2,"validForS":3600}', 'queued', now(), now(), now() + interval '1 hour'
       from (select '55118' || (60000000 + n) c from generate_series(1, 5000) n) x returning contact_id, due_at)
     insert into zapfleet.message_lanes (contact_id, due_at, retry_at) select contact_id, due_at, due_at from made`,
  )
  await sql(`insert into zapfleet.contacts (id, preferred_instance) values ($1, 'a')`, [person(0)])
  await sql(
    `insert into zapfleet.conversations (contact_id, instance_name, last_sent_at) values ($1, 'a', now())`,
    [person(0)],
  )
  startSender()
  await rest(1_000)
  const message = await sendMessage(call, {
    to: person(0),
    text: 'olá',
    sendAt: new Date(Date.now() + 500),
    validForS: 3_600,
  })
  expect(message.state).toBe('queued')
  await expect.poll(async () => (await getMessage(fleet, message)).state, wait).toBe('sent')
  expect(await inState('sent')).toBe(1)
})

it('shows the queue and the senders that run', async () => {
  await addInstances(sql, ['a'], { status: 'disconnected' })
  const empty = { queued: 0, sending: 0, scheduled: 0, oldestAt: null, senders: 0 }
  const fresh = await another()
  expect(await readMessageConditions(fresh)).toEqual(empty)
  const input: SendInput = { to: person(0), text: 'olá', validForS: 3_600 }
  const { createdAt } = await sendMessage(call, input)
  await sendMessage(call, { ...input, to: person(1), sendAt: new Date(Date.now() + 3_600_000) })
  const sender = startSender()
  await expect
    .poll(() => readMessageConditions(fresh), wait)
    .toEqual({ queued: 2, sending: 0, scheduled: 1, oldestAt: createdAt, senders: 1 })
  await sender.stop()
  await expect.poll(async () => (await readMessageConditions(fresh)).senders, wait).toBe(0)
  expect(await listMessages(fleet, { state: 'queued' })).toHaveLength(2)
})

it('gives each pool the same share of what it takes', async () => {
  await sql(
    `insert into zapfleet.message_lanes (contact_id, pool, due_at, retry_at)
     select p || n, p, clock_timestamp() - n * interval '1 minute', clock_timestamp() - n * interval '1 minute' from unnest('{"", cobranca, vendas}'::text[]) p, generate_series(1, 50) n
     where p <> 'vendas' or n <= 5`,
  )
  const taken = await fleet.messages.take(30, 0)
  const pools = grouped(taken, (lane) => lane.contactId.replace(/\d+$/, ''))
  expect([...pools].map(([pool, lanes]) => [pool, lanes.length]).sort()).toEqual([
    ['', 10],
    ['cobranca', 10],
    ['vendas', 5],
  ])
  // The oldest of each.
  expect(taken.map((lane) => lane.contactId)).toContain('cobranca50')
})
