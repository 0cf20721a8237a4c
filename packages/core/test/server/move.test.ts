import type { Simulator } from '@zapfleet/simulator'
import { beforeEach, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  createInstance,
  deleteInstance,
  finishDueLeftovers,
  finishMoves,
  getInstance,
  importInstances,
  instanceHistory,
  moveInstance,
  onServer,
  pairInstance,
  readBackOutcomes,
  reserve,
  takeServerEvents,
  updateInstance,
  waitForEvents,
  watchUnfinished,
} from '../../src/index.ts'
import { readCoverage } from '../../src/outcome/read-coverage.ts'
import { emptyTables } from '../support/fleet.ts'
import { severalServers } from './several-servers.ts'

const PHONE = '+5511987650001'
const OTHER = '+5511987650002'

const { fleet, sql, clock, simulators, another } = await severalServers(['b'])
const [a, b] = simulators as [Simulator, Simulator]
const call = callOf(fleet)

beforeEach(async () => {
  clock.at = null
  await emptyTables(
    sql,
    'whatsapp_instances, clientes, zapfleet.contacts, zapfleet.reservations, zapfleet.events, zapfleet.server_rounds, zapfleet.leftovers, zapfleet.leases',
  )
  for (const { control } of simulators) {
    await control.outage(null)
    control.clearFaults()
    for (const { name } of control.instances()) control.removeInstance(name)
  }
  await createInstance(call, { name: 'sales', phoneNumber: PHONE, server: 'default', hourlyCapacity: 500 })
  a.control.scan('sales', { phone: PHONE.slice(1) })
  await pairInstance(call, { name: 'sales' })
})

const here = () => getInstance(fleet, { name: 'sales' })
const servers = (): boolean[] =>
  [a, b].map(({ control }) => control.instances().some(({ name }) => name === 'sales'))
const leftovers = () => sql('select instance_name, server from zapfleet.leftovers')
const twoMinutesLater = async (): Promise<void> => {
  await sql("update zapfleet.leftovers set due_at = due_at - interval '2 minutes'")
}

it('serves from its own server until the phone is paired with the new one, with its counters', async () => {
  for (let sent = 0; sent < 7; sent++) await reserve(fleet, { contactId: `c${sent}` })
  const begun = await moveInstance(call, { name: 'sales', server: 'b' })
  expect(begun.pairing).toMatchObject({ state: 'qr' })
  expect(begun.instance).toMatchObject({ server: 'default', movingTo: 'b', available: true, sentThisHour: 7 })
  expect(await reserve(fleet, { contactId: 'c1' })).toMatchObject({
    instanceName: 'sales',
    server: 'default',
  })
  expect(servers()).toEqual([true, true])
  // A repeated call continues.
  expect((await moveInstance(call, { name: 'sales', server: 'b' })).pairing).toMatchObject({ state: 'qr' })

  b.control.scan('sales', { phone: PHONE.slice(1) })
  expect(await pairInstance(call, { name: 'sales' })).toEqual({ state: 'already_connected' })
  expect(await here()).toMatchObject({
    server: 'b',
    movingTo: null,
    status: 'connected',
    available: true,
    sentThisHour: 8,
    sentToday: 8,
    hourlyCapacity: 500,
  })
  expect(await reserve(fleet, { contactId: 'c1' })).toMatchObject({ preference: 'kept', server: 'b' })
  // Messages that were granted before may still be on their way to the old server.
  expect(await finishDueLeftovers(call)).toBe(0)
  expect(servers()).toEqual([true, true])
  await twoMinutesLater()
  expect(await finishDueLeftovers(call)).toBe(1)
  expect(servers()).toEqual([false, true])
  expect(await leftovers()).toEqual([])
  await checkAllInstances(call)
  expect(await here()).toMatchObject({ server: 'b', status: 'connected' })
  const changed = (await sql(
    "select evidence -> 'changed' changed from zapfleet.events where type = 'settings' order by id",
  )) as unknown as { changed: string[] }[]
  expect(changed.map((one) => one.changed)).toEqual([['movingTo'], ['server', 'movingTo']])
  expect((await instanceHistory(fleet, { name: 'sales' })).map(({ to }) => to)).toEqual([
    'connected',
    'connected',
    'disconnected',
  ])
  expect((await instanceHistory(fleet, { name: 'sales' }))[0]).toMatchObject({
    from: 'connected',
    to: 'connected',
    reason: 'MOVED',
    evidence: { from: 'default', to: 'b' },
  })
})

it('completes a move without a caller, by the rounds, also from a server that is dead', async () => {
  await moveInstance(call, { name: 'sales', server: 'b' })
  await a.control.outage('refuse')
  await checkAllInstances(call)
  await checkAllInstances(call)
  expect(await here()).toMatchObject({ status: 'unknown', statusReason: 'EVOLUTION_UNREACHABLE' })
  expect(await finishMoves(call)).toBe(0)
  b.control.scan('sales', { phone: PHONE.slice(1) })
  await expect.poll(() => finishMoves(call), { timeout: 20_000 }).toBe(1)
  expect(await here()).toMatchObject({ server: 'b', status: 'connected', statusReason: null })
  await twoMinutesLater()
  // It is deleted when the dead server answers again.
  expect(await finishDueLeftovers(call)).toBe(0)
  await a.control.outage(null)
  expect(await finishDueLeftovers(call)).toBe(1)
  expect(servers()).toEqual([false, true])
})

it('the leading scheduler completes a move and deletes what it leaves, until it stops leading', async () => {
  await moveInstance(call, { name: 'sales', server: 'b' })
  const ending = new AbortController()
  const ended = watchUnfinished(call, ending.signal, { everyMs: 60 })
  b.control.scan('sales', { phone: PHONE.slice(1) })
  await expect.poll(async () => (await here()).server, { timeout: 20_000 }).toBe('b')
  await twoMinutesLater()
  await expect.poll(leftovers, { timeout: 20_000 }).toEqual([])
  expect(servers()).toEqual([false, true])
  await deleteInstance(call, { name: 'sales' })
  ending.abort()
  await ended
  await sql(
    "insert into zapfleet.removals (instance_name, asked_at) values ('sales', now() - interval '1 hour')",
  )
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await sql('delete from zapfleet.removals returning instance_name')).toHaveLength(1)
})

it('refuses the phone of another number, which it logs out again', async () => {
  await moveInstance(call, { name: 'sales', server: 'b' })
  b.control.scan('sales', { phone: '5511912345678' })
  await expect
    .poll(
      () =>
        pairInstance(call, { name: 'sales' }).then(
          () => null,
          (error: unknown) => error,
        ),
      { timeout: 20_000 },
    )
    .toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('Another phone') })
  expect(await here()).toMatchObject({ server: 'default', movingTo: 'b', status: 'connected' })
  await expect.poll(() => b.control.instance('sales').memory, { timeout: 20_000 }).not.toBe('open')
})

it.each([
  ['the registered phone', OTHER, null],
  ['the phone of the present session', PHONE, 'WRONG_PHONE'],
])('completes with %s where they differ', async (_, phone, statusReason) => {
  await checkAllInstances(call)
  await updateInstance(call, { name: 'sales', phoneNumber: OTHER })
  await moveInstance(call, { name: 'sales', server: 'b' })
  b.control.scan('sales', { phone: phone.slice(1) })
  await expect
    .poll(() => pairInstance(call, { name: 'sales' }), { timeout: 20_000 })
    .toEqual({ state: 'already_connected' })
  await expect
    .poll(here, { timeout: 20_000 })
    .toMatchObject({ server: 'b', status: 'connected', statusReason })
})

it('is cancelled by its own server, and by a delete; nothing stays on the other one', async () => {
  await moveInstance(call, { name: 'sales', server: 'b' })
  const cancelled = await moveInstance(call, { name: 'sales', server: 'default' })
  expect(cancelled).toMatchObject({
    pairing: null,
    instance: { server: 'default', movingTo: null, available: true },
  })
  expect(await finishDueLeftovers(call)).toBe(1)
  expect(servers()).toEqual([true, false])
  await expect(moveInstance(call, { name: 'sales', server: 'default' })).rejects.toMatchObject({
    code: 'CONFLICT',
  })

  await moveInstance(call, { name: 'sales', server: 'b' })
  await deleteInstance(call, { name: 'sales' })
  await finishDueLeftovers(call)
  expect(servers()).toEqual([false, false])
  expect(await leftovers()).toEqual([])
})

it('begins a second move while the first server still has to delete the instance', async () => {
  await moveInstance(call, { name: 'sales', server: 'b' })
  b.control.scan('sales', { phone: PHONE.slice(1) })
  await pairInstance(call, { name: 'sales' })
  // Back at once: what is left there is deleted first.
  const back = await moveInstance(call, { name: 'sales', server: 'default' })
  expect(back.instance).toMatchObject({ server: 'b', movingTo: 'default' })
  a.control.scan('sales', { phone: PHONE.slice(1) })
  await pairInstance(call, { name: 'sales' })
  await twoMinutesLater()
  await finishDueLeftovers(call)
  expect(servers()).toEqual([true, false])
  expect(await here()).toMatchObject({ server: 'default', status: 'connected' })
})

it('begins nothing where the server is not known, does not answer, or has another instance of the name', async () => {
  const move = (server: string) => moveInstance(call, { name: 'sales', server })
  await expect(move('c')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(moveInstance(call, { name: 'nobody', server: 'b' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await b.control.outage('refuse')
  await expect(move('b')).rejects.toMatchObject({
    code: 'EVOLUTION_UNREACHABLE',
    message: expect.stringContaining('The Evolution server "b" does not answer. Check it, its address'),
  })
  await b.control.outage(null)
  b.control.addInstance({ name: 'sales' })
  await expect(move('b')).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('"b"') })
  expect(await here()).toMatchObject({ server: 'default', movingTo: null, available: true })
  expect(await leftovers()).toEqual([])
  // It is another's, and stays.
  expect(servers()).toEqual([true, true])
})

it('names neither a missing nor a skipped instance in an import during and after a move', async () => {
  await moveInstance(call, { name: 'sales', server: 'b' })
  const nothing = { imported: [], alreadyKnown: ['sales'], missingOnEvolution: [] }
  expect(await importInstances(call, {})).toEqual(nothing)
  b.control.scan('sales', { phone: PHONE.slice(1) })
  await pairInstance(call, { name: 'sales' })
  expect(await importInstances(call, {})).toEqual(nothing)
})

it('takes of the events of another server only outcomes', async () => {
  const seat = await reserve(fleet, { contactId: '5511955550000' })
  await sql('update zapfleet.reservations set message_id = $1 where id = $2', [
    '3EB0AAAAAAAAAAAAAAAA',
    seat.id,
  ])
  const outcomes = [{ messageId: '3EB0AAAAAAAAAAAAAAAA', status: 'delivered' as const }]
  const inbound = [{ jids: ['5511955550001@s.whatsapp.net'], writtenAtMs: Date.now() }]
  const events = { instance: 'sales', outcomes, sends: [], inbound, lids: [] }
  takeServerEvents(fleet, 'b', 'instance_webhook', events)
  await waitForEvents(fleet)
  const talks = () =>
    sql("select instance_name from zapfleet.conversations where contact_id like '%55550001%'")
  expect(await talks()).toEqual([])
  const covered = async () => (await readCoverage(fleet)).coveredNumbers
  expect(await covered()).toEqual([])
  expect(await sql('select outcome from zapfleet.reservations where id = $1', [seat.id])).toEqual([
    { outcome: 'delivered' },
  ])
  takeServerEvents(fleet, 'default', 'instance_webhook', events)
  await waitForEvents(fleet)
  expect(await talks()).toEqual([{ instance_name: 'sales' }])
  expect(await covered()).toEqual(['sales'])
})

it('takes the events of a number that another process moved, also in a process without reserves', async () => {
  const other = await another()
  const wrote = (digit: number) => ({
    instance: 'sales',
    outcomes: [],
    sends: [],
    inbound: [{ jids: [`551195555000${digit}@s.whatsapp.net`], writtenAtMs: null }],
    lids: [],
  })
  const talks = () => sql(`select right(contact_id, 4) id from zapfleet.conversations order by 1`)
  await emptyTables(sql, 'zapfleet.conversations')
  takeServerEvents(other, 'b', 'websocket', wrote(1))
  await waitForEvents(other)
  expect(await talks()).toEqual([])
  await sql(`update whatsapp_instances set servidor = 'b'`)
  takeServerEvents(other, 'b', 'websocket', wrote(2))
  await waitForEvents(other)
  expect(await talks()).toEqual([{ id: '0002' }])
  expect((await readCoverage(other)).coveredNumbers).toEqual(['sales'])
  takeServerEvents(other, 'default', 'websocket', wrote(3))
  await waitForEvents(other)
  expect(await talks()).toEqual([{ id: '0002' }])
})

it('moves under load: each message is sent once, by one of the two servers, and each is counted', async () => {
  const sent: string[] = []
  let isOver = false
  const send = async (at: number): Promise<void> => {
    for (let message = 0; !isOver; message++) {
      const number = `5511${String(900_000_000 + at * 10_000 + message)}`
      const seat = await reserve(fleet, { contactId: number })
      const { evolution } = await onServer(call, seat.server)
      const verdict = await evolution.send(seat.instanceName, { number, text: 'hello' })
      expect(verdict).toMatchObject({ sent: 'yes' })
      sent.push(number)
    }
  }
  await sql('update whatsapp_instances set capacidade_hora = 100000, capacidade_dia = 100000')
  await checkAllInstances(call)
  const senders = [0, 1, 2, 3].map(send)
  await moveInstance(call, { name: 'sales', server: 'b' })
  b.control.scan('sales', { phone: PHONE.slice(1) })
  await expect
    .poll(() => pairInstance(call, { name: 'sales' }).then(({ state }) => state), { timeout: 20_000 })
    .toBe('already_connected')
  await expect.poll(() => b.control.sent('sales').length, { timeout: 20_000 }).toBeGreaterThan(20)
  isOver = true
  await Promise.all(senders)
  const received = [...a.control.sent('sales'), ...b.control.sent('sales')].map(({ number }) => number)
  expect(a.control.sent('sales').length).toBeGreaterThan(0)
  expect(received.sort()).toEqual(sent.sort())
  expect(new Set(received).size).toBe(sent.length)
  expect((await here()).sentThisHour).toBe(sent.length)
})

/** Sends a message by a server; no event arrives of it. Reserved so many seconds ago. */
async function sendBy(server: string, secondsAgo: number): Promise<{ id: string; messageId: string }> {
  const { id } = await reserve(fleet, { contactId: `c${secondsAgo}` })
  const { evolution } = await onServer(call, server)
  const verdict = await evolution.send('sales', { number: '5511955550000', text: 'hello' })
  if (verdict.sent !== 'yes') throw new Error(`expected a send, came ${JSON.stringify(verdict)}`)
  await confirmed(id, verdict.messageId, secondsAgo)
  return { id, messageId: verdict.messageId }
}

async function confirmed(id: string, messageId: string, secondsAgo: number): Promise<void> {
  await sql(
    "update zapfleet.reservations set message_id = $1, state = 'confirmed', reserved_at = now() - make_interval(secs => $2) where id = $3",
    [messageId, secondsAgo, id],
  )
}

async function delivered(by: Simulator, messageId: string): Promise<void> {
  by.control.receipts('sales', messageId, ['DELIVERY_ACK'])
  const { evolution } = await onServer(call, by === a ? 'default' : 'b')
  await expect.poll(() => evolution.findStatuses('sales', messageId)).toContain('DELIVERY_ACK')
}

const outcomeOf = async (id: string) =>
  (await sql('select outcome from zapfleet.reservations where id = $1', [id]))[0]?.outcome

async function moveToB(): Promise<void> {
  await moveInstance(call, { name: 'sales', server: 'b' })
  b.control.scan('sales', { phone: PHONE.slice(1) })
  await expect.poll(() => pairInstance(call, { name: 'sales' })).toEqual({ state: 'already_connected' })
}

const statusReads = (of: Simulator): number =>
  of.control.calls().filter(({ path }) => path.includes('findStatusMessage')).length

it('reads what is missing of messages that were sent before a move from the server that sent them, before it deletes them', async () => {
  const old = await sendBy('default', 100)
  const older = await sendBy('default', 1_000)
  await sql('update zapfleet.reservations set read_backs = 2 where id = $1', [older.id])
  const recent = await sendBy('default', 5)
  await moveToB()
  const own = await sendBy('b', 0)
  await delivered(a, old.messageId)
  b.control.resetCalls()
  expect(await readBackOutcomes(call)).toEqual({ changed: 1 })
  expect([await outcomeOf(old.id), statusReads(b)]).toEqual(['delivered', 0])

  // Their next readings would be later than the delete.
  await delivered(a, older.messageId)
  await delivered(a, recent.messageId)
  await twoMinutesLater()
  expect(await finishDueLeftovers(call)).toBe(1)
  expect(servers()).toEqual([false, true])
  expect([await outcomeOf(older.id), await outcomeOf(recent.id), await outcomeOf(own.id)]).toEqual([
    'delivered',
    'delivered',
    null,
  ])
})

it('deletes what moved away only after its messages were read, and reads them on no other server', async () => {
  const [first, second] = [await sendBy('default', 3), await sendBy('default', 2)]
  await moveToB()
  await delivered(a, first.messageId)
  await twoMinutesLater()
  a.control.fault({ kind: 'status', code: 503, match: { route: 'chat/findStatusMessage' } })
  expect(await finishDueLeftovers(call)).toBe(0)
  expect(servers()).toEqual([true, true])
  a.control.clearFaults()
  expect(await finishDueLeftovers(call)).toBe(1)
  expect([await outcomeOf(first.id), await outcomeOf(second.id)]).toEqual(['delivered', null])

  await sql("update zapfleet.reservations set reserved_at = reserved_at - interval '4 hours'")
  b.control.resetCalls()
  await readBackOutcomes(call)
  expect(statusReads(b)).toBe(0)
})

it('reads nothing from the target of a move that was cancelled', async () => {
  await sendBy('default', 2)
  await moveInstance(call, { name: 'sales', server: 'b' })
  await moveInstance(call, { name: 'sales', server: 'default' })
  b.control.resetCalls()
  expect(await finishDueLeftovers(call)).toBe(1)
  expect(statusReads(b)).toBe(0)
})

it('an instance on a server that is not known keeps no other message from being read back', async () => {
  await confirmed((await reserve(fleet, { contactId: 'c1' })).id, '3EB0000000000000000A', 120)
  await sql("update whatsapp_instances set servidor = 'gone' where nome = 'sales'")
  expect(await readBackOutcomes(call)).toEqual({ changed: 0 })
})
