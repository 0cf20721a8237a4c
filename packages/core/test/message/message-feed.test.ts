import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { closeFleet, type Fleet, type MessageChange, type MessageFeed, silentLog } from '../../src/index.ts'
import { openMessageFeed } from '../../src/message/open-message-feed.ts'
import { renumberChanges } from '../../src/message/renumber-changes.ts'
import { emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, url, another } = await testFleet()
const leaving: (() => Promise<void>)[] = []

beforeEach(() => emptyTables(sql, 'zapfleet.messages, zapfleet.message_changes, zapfleet.webhook_endpoints'))
afterEach(() => Promise.all(leaving.splice(0).map((leave) => leave())))

type Subscriber = {
  events: MessageChange[]
  /** The messages of the changes so far. */
  messages(): string[]
  ended: Promise<void>
  leave(): Promise<void>
}

/** Subscribes and stores all events, each after `before`. */
async function subscribe(
  feed: MessageFeed = fleet.messageFeed,
  lastEventId?: string,
  before: () => Promise<void> = async () => {},
): Promise<Subscriber> {
  const abort = new AbortController()
  const stream = await feed.subscribe({ lastEventId }, abort.signal)
  const events: MessageChange[] = []
  const ended = (async () => {
    for await (const event of stream) {
      await before()
      events.push(event)
    }
  })()
  const leave = (): Promise<void> => {
    abort.abort()
    return ended
  }
  leaving.push(leave)
  return { events, messages: () => events.map(({ message }) => message.id), ended, leave }
}

const INSERT = `with m as (
  insert into zapfleet.messages (id, recipient, contact_id, content_bytes, options, state, created_at, due_at, valid_until)
  select i, '5511987654321', '5511987654321', 2, '{"strategy":"sticky","fallback":"move","exclude":[],"failover":2,"validForS":60}',
    'queued', now(), now(), now() from unnest($1::uuid[]) i returning id, state)
insert into zapfleet.message_changes (kind, message_id, state) select 'message', m.id, m.state from m`

/** Stores messages with a change each, all in one transaction. */
async function store(count = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID() as string)
  await sql(INSERT, [ids])
  return ids
}

const soon = { timeout: 60_000, interval: 20 }

/** A subscriber also gets the changes after the oldest transaction that has not ended, which may be one of another database of the server. */
const untilOld = () =>
  vi.waitFor(async () => {
    const rows = await sql(
      'select count(*)::int younger from zapfleet.message_changes where xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint',
    )
    expect(rows).toEqual([{ younger: 0 }])
  }, soon)

const sees = (subscriber: Subscriber, ids: string[]) =>
  vi.waitFor(() => expect(subscriber.messages()).toEqual(ids), soon)

/** A feed of its own, which counts the statements that it sends, and those that read messages. */
function countingFeed(): { feed: MessageFeed; statements: () => number; reads: () => number } {
  let statements = 0
  let reads = 0
  const counting: Fleet['sql'] = {
    ...fleet.sql,
    run(statement, values) {
      statements++
      if (statement.name.includes('read_messages')) reads++
      return fleet.sql.run(statement, values)
    },
  }
  const feed = openMessageFeed({ ...fleet, sql: counting, log: silentLog })
  leaving.push(() => feed.close())
  return { feed, statements: () => statements, reads: () => reads }
}

describe('the stream of messages', () => {
  it('has every change from the subscription on, in order, with the message as it is when it is read', async () => {
    await store(3)
    await untilOld()
    const subscriber = await subscribe()
    const ids = [...(await store(2)), ...(await store(1))]
    await sees(subscriber, ids)
    expect(subscriber.events[0]).toEqual({
      id: expect.stringMatching(/^\d+-\d+$/),
      message: expect.objectContaining({ id: ids[0], to: '5511987654321', state: 'queued', attempts: [] }),
    })
    await sql(`update zapfleet.messages set state = 'sent' where id = $1`, [ids[0]])
    await sql(
      `insert into zapfleet.message_changes (kind, message_id, state) values ('message', $1, 'sent')`,
      [ids[0]],
    )
    await vi.waitFor(
      () => expect(subscriber.events.at(-1)?.message).toMatchObject({ id: ids[0], state: 'sent' }),
      soon,
    )
  })

  it('has no outcomes of reservations, which are for webhook endpoints', async () => {
    const subscriber = await subscribe()
    await sql(
      `insert into zapfleet.message_changes (kind, reservation_id, state) values ('outcome', $1, 'read')`,
      [randomUUID()],
    )
    await sees(subscriber, await store())
  })

  it('continues after each id, from memory and from the table', async () => {
    const first = await subscribe()
    const ids = await store(5)
    await sees(first, ids)
    for (const feed of [fleet.messageFeed, countingFeed().feed])
      for (const [place, { id }] of first.events.entries())
        await sees(await subscribe(feed, id), ids.slice(place + 1))
  })

  it('loses nothing for a subscriber that is slower than what is kept in memory', async () => {
    const { feed } = countingFeed()
    let release: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const fast = await subscribe(feed)
    const slow = await subscribe(feed, undefined, () => gate)
    const ids: string[] = []
    for (let batch = 0; batch < 5; batch++) ids.push(...(await store(500)))
    await vi.waitFor(() => expect(fast.events).toHaveLength(2_500), soon)
    release()
    await vi.waitFor(() => expect(slow.events).toHaveLength(2_500), soon)
    expect(new Set(slow.messages())).toEqual(new Set(ids))
    expect(slow.events.map(({ id }) => id)).toEqual(fast.events.map(({ id }) => id))
  }, 120_000)

  it('misses no change of a transaction that commits late', async () => {
    const late = new pg.Client({ connectionString: url })
    await late.connect()
    onTestFinished(() => late.end())
    const subscriber = await subscribe()
    const first = randomUUID()
    await late.query('begin')
    await late.query(INSERT, [[first]])
    const second = await store()
    const other = await subscribe()
    await late.query('commit')
    await sees(subscriber, [first, ...second])
    const third = await store()
    await vi.waitFor(() => expect(other.messages().slice(-1)).toEqual(third), soon)
  })

  it('is one reader for all subscribers, and none without subscribers', async () => {
    const { feed, statements, reads } = countingFeed()
    expect(statements()).toBe(0)
    const subscribers = await Promise.all(Array.from({ length: 20 }, () => subscribe(feed)))
    const ids = await store()
    await Promise.all(subscribers.map((one) => sees(one, ids)))
    expect(reads()).toBe(1)
    await Promise.all(subscribers.map((one) => one.leave()))
    const missed = await store()
    let before = -1
    await vi.waitFor(
      async () => {
        const now = statements()
        const isQuiet = now === before
        before = now
        expect(isQuiet).toBe(true)
      },
      { timeout: 60_000, interval: 1_500 },
    )
    // What happened meanwhile is in the table, and the stream from now on does not have it.
    await untilOld()
    const later = await subscribe(feed)
    const resumed = await subscribe(feed, subscribers[0]?.events[0]?.id)
    const fresh = await store()
    await sees(later, fresh)
    await sees(resumed, [...missed, ...fresh])
  })

  it('continues where changes before it are removed already', async () => {
    const first = await subscribe()
    const ids = await store(3)
    await sees(first, ids)
    await sql(`delete from zapfleet.message_changes`)
    const { feed } = countingFeed()
    const resumed = await subscribe(feed, first.events[0]?.id)
    await sees(resumed, await store(2))
  })

  it.each(['42', 'x-1', '9000000000000000000-1'])('refuses %s, which is no id of it', async (lastEventId) => {
    await expect(subscribe(fleet.messageFeed, lastEventId)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('ends with the fleet, and a closing one refuses subscribers', async () => {
    const own = await another()
    const subscriber = await subscribe(own.messageFeed)
    await closeFleet(own)
    await subscriber.ended
    await expect(own.messageFeed.subscribe({}, new AbortController().signal)).rejects.toMatchObject({
      code: 'OVERLOADED',
    })
  })
})

it('a database that was restored into another cluster loses no change, and hides no new one', async () => {
  await store(3)
  await sql('update zapfleet.message_changes set xid = xid + 1000000000')
  await sql(
    `insert into zapfleet.webhook_endpoints (name, id, url, events, sealed_secret, created_at, event_id, change_xid, change_seq)
     select 'bot', gen_random_uuid(), 'http://127.0.0.1:9/', '{message}', 'x', now(), 0, max(xid), min(seq) from zapfleet.message_changes`,
  )
  const subscriber = await subscribe()
  expect(await renumberChanges(fleet)).toEqual({ changes: 3, positions: 1 })
  expect(await renumberChanges(fleet)).toEqual({ changes: 0, positions: 0 })
  const fresh = await store()
  await vi.waitFor(() => expect(subscriber.messages()).toHaveLength(4), soon)
  expect(subscriber.messages().at(-1)).toBe(fresh[0])
  const [waiting] = await sql(
    `select count(*)::int as n from zapfleet.message_changes c, zapfleet.webhook_endpoints e where (c.xid, c.seq) > (e.change_xid, e.change_seq)`,
  )
  expect(waiting).toEqual({ n: 3 })
})
