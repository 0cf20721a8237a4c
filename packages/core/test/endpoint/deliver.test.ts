import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSealer } from '../../src/ground/seal.ts'
import {
  callOf,
  confirmReservation,
  createEndpoint,
  deleteEndpoint,
  type Fleet,
  getEndpoint,
  getMessage,
  getReservation,
  listEndpoints,
  reportOutcomes,
  reserve,
  testEndpoint,
  watchEndpoints,
} from '../../src/index.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'
import { isSigned, type Receiver, startReceiver } from './receiver.ts'

const delivered: [endpoint: string, outcome: string, events: number][] = []
const SECRET = 'test-secret-0123456789-abcdefghijkl'
const { fleet, sql, url, another } = await testFleet({
  sealer: createSealer(SECRET),
  metrics: { delivered: (...figures) => void delivered.push(figures) },
})

beforeEach(async () => {
  delivered.length = 0
  await clearFleet(sql)
  await emptyTables(
    sql,
    'zapfleet.webhook_endpoints, zapfleet.events, zapfleet.messages, zapfleet.message_changes',
  )
  await addInstances(sql, ['loja', 'vendas'])
})

const soon = { timeout: 60_000, interval: 20 }
/** Three days are three seconds, and a retry follows at once. */
const QUICK = { pollEveryMs: 20, plan: { firstMs: 10, longestMs: 40, giveUpMs: 3_000 } }
const NEVER_GIVES_UP = { pollEveryMs: 20, plan: { firstMs: 10, longestMs: 40, giveUpMs: 86_400_000 } }

/** What the leading scheduler does, until the end of the test or `stop`. */
function lead(leading: Fleet = fleet, options = NEVER_GIVES_UP): { stop(): Promise<void> } {
  const ending = new AbortController()
  const ended = watchEndpoints(callOf(leading), ending.signal, options)
  const stop = async (): Promise<void> => {
    ending.abort()
    await ended
  }
  onTestFinished(stop)
  return { stop }
}

/** Stores changes of an instance, as a health round does. Returns their ids. */
async function change(count = 1, name = 'loja'): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const [row] = await sql(
      `insert into zapfleet.events (id, type, instance_name, at, from_status, to_status, reason, facts)
       select zapfleet.next_event_id(), 'status', i.nome, clock_timestamp(), 'connected', 'disconnected', 'POLL', zapfleet.instance_facts(i)
       from whatsapp_instances i where i.nome = $1 returning id`,
      [name],
    )
    ids.push(String((row as { id?: string } | undefined)?.id))
  }
  return ids
}

const make = (name: string, receiver: Pick<Receiver, 'url'>, secret?: string) =>
  createEndpoint(fleet, {
    name,
    url: receiver.url,
    events: ['instance'],
    ...(secret !== undefined && { secret }),
  })
/** A message and its change in one statement, as `message.send` stores them. */
const insertMessage = `with m as (
  insert into zapfleet.messages (id, recipient, contact_id, content_bytes, options, state, created_at, due_at, valid_until)
  values ($1::uuid, '5511987654321', '5511987654321', 2, '{"strategy":"sticky","fallback":"move","exclude":[],"failover":2,"validForS":60}',
    'queued', now(), now(), now()) returning id, state)
insert into zapfleet.message_changes (kind, message_id, state) select 'message', m.id, m.state from m`
const storeMessage = async (id: string = randomUUID()): Promise<string> => {
  await sql(insertMessage, [id])
  return id
}
const lastOf = async (name: string) => (await getEndpoint(fleet, { name })).lastDelivery
const eventIds = (receiver: Receiver) => receiver.ids().map((id) => id.split('-')[1])

describe('webhook endpoints', () => {
  it('receive each event once, in order, signed by the secret that create returned', async () => {
    const receiver = await startReceiver()
    await change(2)
    const { secret } = await make('bot', receiver)
    lead()
    const ids = await change(120)
    await vi.waitFor(() => expect(receiver.received).toHaveLength(120), soon)
    // What happened before the create is not posted.
    expect(eventIds(receiver)).toEqual(ids)
    for (const event of receiver.received) expect(isSigned(secret ?? '', event)).toBe(true)
    expect(receiver.received[0]?.body).toEqual({
      type: 'instance.status',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: expect.objectContaining({ name: 'loja', status: 'connected', hourlyCapacity: 20 }),
    })
    // The answers of the receiver are counted after it has sent them.
    await vi.waitFor(() => expect(delivered).toEqual(ids.map(() => ['bot', 'accepted', 1])), soon)
    await vi.waitFor(async () => expect(await lastOf('bot')).toMatchObject({ ok: true, error: null }), soon)
  })

  it('are made with a secret of the caller, which is stored encrypted and returned by nothing', async () => {
    const receiver = await startReceiver()
    const chosen = 'uma-senha-escolhida-pelo-bot'
    expect((await make('bot', receiver, chosen)).secret).toBeNull()
    lead()
    await change()
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), soon)
    const [event] = receiver.received
    expect(event && isSigned(chosen, event)).toBe(true)
    const [row] = await sql('select e::text as text from zapfleet.webhook_endpoints e')
    expect(JSON.stringify(row)).not.toContain(chosen)
    expect(JSON.stringify(await listEndpoints(fleet))).not.toMatch(/secret|senha/)
  })

  it('are refused under a taken name, above twenty, and without ZAPFLEET_SECRET', async () => {
    const receiver = { url: 'http://127.0.0.1:9/' }
    await make('bot', receiver)
    await expect(make('bot', receiver)).rejects.toMatchObject({ code: 'CONFLICT' })
    for (let n = 1; n < 20; n++) await make(`bot-${n}`, receiver)
    await expect(make('one-more', receiver)).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('20 webhook endpoints exist'),
    })
    expect(await listEndpoints(fleet)).toHaveLength(20)
    const without = await another({ sealer: null })
    await expect(
      createEndpoint(without, { name: 'x', url: receiver.url, events: ['instance'] }),
    ).rejects.toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining('openssl rand') })
    await expect(testEndpoint(without, { name: 'bot' })).rejects.toMatchObject({ code: 'INVALID_STATE' })
    for (const verb of [deleteEndpoint, testEndpoint])
      await expect(verb(fleet, { name: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('receive the outcome of each message and the state of messages that zapfleet sends, as far as they want them', async () => {
    const [outcomes, messages, both] = [await startReceiver(), await startReceiver(), await startReceiver()]
    const wanted = [
      ['outcomes', outcomes, ['outcome']],
      ['messages', messages, ['message']],
      ['both', both, ['message', 'outcome']],
    ] as const
    const { id, instanceName } = await reserve(fleet, { contactId: 'ana' })
    await confirmReservation(fleet, { id, messageId: 'M1' })
    const report = (status: 'sent' | 'delivered' | 'read', messageId = 'M1') =>
      reportOutcomes(fleet, { events: [{ instanceName, messageId, status }] })
    await report('sent')
    // No endpoint wants outcomes when this one arrives, so it is not stored.
    expect(await sql('select 1 from zapfleet.message_changes')).toEqual([])
    for (const [name, receiver, events] of wanted)
      await createEndpoint(fleet, { name, url: receiver.url, events: [...events] })
    await report('delivered')
    // Repeated: no other outcome.
    await report('delivered')
    const messageId = await storeMessage()
    await report('read')
    lead()
    await vi.waitFor(() => expect(both.received).toHaveLength(3), soon)
    expect(both.received.map(({ body }) => [body.type, body.data.id])).toEqual([
      ['reservation.outcome', id],
      ['message.state', messageId],
      ['reservation.outcome', id],
    ])
    // The reservation as it is when it is posted.
    expect(both.received[0]?.body.data).toMatchObject({ messageId: 'M1', outcome: { status: 'read' } })
    expect(both.received[1]?.body.data).toMatchObject({ id: messageId, to: '5511987654321', state: 'queued' })
    // No field more than the procedures answer.
    expect(both.received[2]?.body.data).toEqual(await getReservation(fleet, { id }))
    expect(both.received[1]?.body.data).toEqual(await getMessage(fleet, { id: messageId }))
    await vi.waitFor(() => expect([outcomes.received.length, messages.received.length]).toEqual([2, 1]), soon)
    const shared = (receiver: Receiver) => receiver.ids().map((one) => one.replace(/-[^-]+$/, ''))
    expect([...shared(outcomes), ...shared(messages)].sort()).toEqual(shared(both).sort())
  })

  it('miss no change of a transaction that commits late, and pass one whose row is gone', async () => {
    const receiver = await startReceiver()
    await createEndpoint(fleet, { name: 'bot', url: receiver.url, events: ['message'] })
    lead()
    const late = new pg.Client({ connectionString: url })
    await late.connect()
    onTestFinished(() => late.end())
    await late.query('begin')
    const first = randomUUID()
    const [gone, second] = [randomUUID(), randomUUID()]
    await late.query(insertMessage, [first])
    await storeMessage(gone)
    await sql('delete from zapfleet.messages where id = $1', [gone])
    await storeMessage(second)
    const other = await startReceiver()
    await make('other', other)
    await change()
    await vi.waitFor(() => expect(other.received).toHaveLength(1), soon)
    expect(receiver.received).toEqual([])
    await late.query('commit')
    await vi.waitFor(
      () => expect(receiver.received.map(({ body }) => body.data.id)).toEqual([first, second]),
      soon,
    )
  })

  it('that are down get every event afterwards, in order, with the ids of the first attempt', async () => {
    let isDown = true
    const receiver = await startReceiver((_event, response) => {
      response.writeHead(isDown ? 503 : 200).end()
    })
    await make('bot', receiver)
    lead()
    const ids = await change(30)
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(5), soon)
    // While it is down, the first event alone is tried.
    expect(eventIds(receiver)).toEqual(ids.slice(0, 1))
    await vi.waitFor(
      async () => expect(await lastOf('bot')).toMatchObject({ ok: false, error: 'HTTP 503' }),
      soon,
    )
    isDown = false
    await vi.waitFor(() => expect(eventIds(receiver)).toEqual(ids), soon)
    await vi.waitFor(async () => expect(await lastOf('bot')).toMatchObject({ ok: true, error: null }), soon)
  })

  it('wait longer after each failure, and the next leader keeps to it', async () => {
    const receiver = await startReceiver((_event, response) => void response.writeHead(500).end())
    await make('bot', receiver)
    await change()
    const first = lead(fleet, {
      pollEveryMs: 20,
      plan: { firstMs: 60_000, longestMs: 3_600_000, giveUpMs: 1e9 },
    })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), soon)
    await vi.waitFor(
      async () =>
        expect(
          await sql(
            `select failures from zapfleet.webhook_endpoints where retry_at - last_delivery_at between interval '48 seconds' and interval '72 seconds'`,
          ),
        ).toEqual([{ failures: 1 }]),
      soon,
    )
    await first.stop()
    const next = await startReceiver()
    await make('other', next)
    lead()
    await change()
    await vi.waitFor(() => expect(next.received).toHaveLength(1), soon)
    expect(receiver.received).toHaveLength(1)
  })

  it('that refuse an event for three days lose it and what is as old, and get what is younger', async () => {
    let isDown = true
    const receiver = await startReceiver((_event, response) => {
      response.writeHead(isDown ? 500 : 200).end()
    })
    await make('bot', receiver)
    const lost = await change(3)
    lead(fleet, QUICK)
    await vi.waitFor(
      async () =>
        expect(await lastOf('bot')).toMatchObject({
          ok: false,
          error: 'HTTP 500; 3 events were skipped after 3 days of failures',
        }),
      soon,
    )
    const skipped = () =>
      delivered.filter(([, outcome]) => outcome === 'skipped').reduce((sum, [, , n]) => sum + n, 0)
    await vi.waitFor(() => expect(skipped()).toBe(3), soon)
    isDown = false
    const kept = await change(2)
    await vi.waitFor(() => expect(eventIds(receiver).slice(-2)).toEqual(kept), soon)
    expect(eventIds(receiver).filter((id) => id !== undefined && lost.includes(id))).toEqual(lost.slice(0, 1))
    await vi.waitFor(async () => expect(await lastOf('bot')).toMatchObject({ ok: true, error: null }), soon)
  })

  it('that answer 410 get nothing more until they are made anew', async () => {
    const receiver = await startReceiver((_event, response) => void response.writeHead(410).end())
    await make('bot', receiver)
    lead()
    await change()
    await vi.waitFor(
      async () =>
        expect((await lastOf('bot'))?.error).toMatch(/^HTTP 410; .*delete the endpoint and create it/),
      soon,
    )
    await change(2)
    const other = await startReceiver()
    await make('other', other)
    await change()
    await vi.waitFor(() => expect(other.received).toHaveLength(1), soon)
    expect(receiver.received).toHaveLength(1)
    await vi.waitFor(() => expect(delivered).toContainEqual(['bot', 'disabled', 1]), soon)
  })

  it('that answer 410 while a poll reads them get nothing more', async () => {
    const waiting: (() => void)[] = []
    const receiver = await startReceiver((_event, response) => {
      waiting.push(() => response.writeHead(410).end())
    })
    await make('bot', receiver)
    const readTogether: typeof fleet.sql.readTogether = async (statement, values) => {
      const rows = await fleet.sql.readTogether(statement, values)
      if (!statement.name.includes('webhooks_due') || waiting.length === 0) return rows as never
      // The delivery ends while the poll waits for these rows.
      for (const answer of waiting.splice(0)) answer()
      await vi.waitFor(async () => expect((await lastOf('bot'))?.ok).toBe(false), soon)
      await setTimeout(50)
      return rows as never
    }
    lead({ ...fleet, sql: { ...fleet.sql, readTogether } })
    await change()
    await vi.waitFor(async () => expect(await lastOf('bot')).not.toBeNull(), soon)
    const other = await startReceiver()
    await make('other', other)
    await change()
    await vi.waitFor(() => expect(other.received).toHaveLength(1), soon)
    expect(receiver.received).toHaveLength(1)
  })

  it('are independent: one that never answers delays no other', async () => {
    const held: (() => void)[] = []
    const slow = await startReceiver((_event, response) => {
      held.push(() => response.writeHead(200).end())
    })
    const fast = await startReceiver()
    await make('a-slow', slow)
    await make('b-fast', fast)
    lead()
    const ids = await change(40)
    await vi.waitFor(() => expect(eventIds(fast)).toEqual(ids), soon)
    expect(slow.received).toHaveLength(1)
    await vi.waitFor(async () => {
      for (const end of held.splice(0)) end()
      expect(eventIds(slow)).toEqual(ids)
    }, soon)
  })

  it('that are deleted get nothing more, and a new one of that name begins at the present', async () => {
    let answers: (() => void)[] = []
    const old = await startReceiver((_event, response) => {
      answers.push(() => response.writeHead(200).end())
    })
    await make('bot', old)
    lead()
    await change(3)
    await vi.waitFor(() => expect(answers).toHaveLength(1), soon)
    await deleteEndpoint(fleet, { name: 'bot' })
    const fresh = await startReceiver()
    await make('bot', fresh)
    for (const end of answers) end()
    answers = []
    const ids = await change(2)
    await vi.waitFor(() => expect(eventIds(fresh)).toEqual(ids), soon)
    expect(old.received).toHaveLength(1)
    expect(new Set([...old.ids(), ...fresh.ids()]).size).toBe(3)
  })

  it('whose secret another ZAPFLEET_SECRET sealed show that, and nothing is posted unsigned', async () => {
    const receiver = await startReceiver()
    await make('bot', receiver)
    const foreign = await another({ sealer: createSealer('other-secret-0123456789-abcdefghijk') })
    const wrong = lead(foreign)
    await change()
    await vi.waitFor(
      async () => expect((await lastOf('bot'))?.error).toContain('sealed with another ZAPFLEET_SECRET'),
      soon,
    )
    expect(receiver.received).toEqual([])
    await wrong.stop()
    const rotated = createSealer('other-secret-0123456789-abcdefghijk', SECRET)
    const between = lead(await another({ sealer: rotated }))
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), soon)
    // A stop before the result is stored has the event posted again.
    await vi.waitFor(async () => expect((await lastOf('bot'))?.ok).toBe(true), soon)
    await between.stop()
    // It is encrypted by the present secret from there on, so that the previous one is needed no more.
    lead(foreign)
    await change()
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), soon)
  })

  it('are tested by an event of their own, and a success ends the wait of what failed', async () => {
    let isDown = true
    const receiver = await startReceiver((_event, response) => {
      response.writeHead(isDown ? 500 : 204).end()
    })
    const { secret } = await make('bot', receiver)
    lead(fleet, { pollEveryMs: 20, plan: { firstMs: 3_600_000, longestMs: 3_600_000, giveUpMs: 1e9 } })
    const [id] = await change()
    await vi.waitFor(async () => expect(await lastOf('bot')).toMatchObject({ ok: false }), soon)
    expect(await testEndpoint(fleet, { name: 'bot' })).toMatchObject({
      name: 'bot',
      lastDelivery: { ok: false, error: 'HTTP 500' },
    })
    isDown = false
    expect(await testEndpoint(fleet, { name: 'bot' })).toMatchObject({
      lastDelivery: { ok: true, error: null },
    })
    const tests = receiver.received.filter(({ body }) => body.type === 'test')
    expect(tests).toHaveLength(2)
    for (const test of tests) {
      expect(isSigned(secret ?? '', test)).toBe(true)
      expect(test.body.data).toEqual({ endpoint: 'bot' })
    }
    await vi.waitFor(
      () =>
        expect(receiver.received.filter((event) => event.id.startsWith(`instance-${id}-`))).toHaveLength(2),
      soon,
    )
  })
})
