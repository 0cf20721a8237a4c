import { testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EventFeed, openEventFeed } from '../../src/events/open-event-feed.ts'
import { type Notifications, openNotifications } from '../../src/ground/open-notifications.ts'
import { type Fleet, type FleetError, getInstance, silentLog } from '../../src/index.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'
import { type Listener, listenTo } from './listen-to.ts'

const { fleet, sql, url, another, clock } = await testFleet()
const listeners: Listener[] = []
const feeds: (EventFeed | Notifications)[] = []

async function listen(feed: EventFeed = fleet.events, lastEventId?: string): Promise<Listener> {
  const listener = await listenTo(feed, lastEventId)
  listeners.push(listener)
  return listener
}

/** A feed of its own over the same database, which counts the statements it sends. */
function countingFeed(directUrl: string | null = url): { feed: EventFeed; statements: () => number } {
  let statements = 0
  const sql: Fleet['sql'] = {
    ...fleet.sql,
    run(statement, values) {
      statements++
      return fleet.sql.run(statement, values)
    },
  }
  const ground = { ...fleet, sql, log: silentLog }
  const notifications = openNotifications(ground, directUrl)
  const feed = openEventFeed(ground, notifications)
  feeds.push(feed, notifications)
  return { feed, statements: () => statements }
}

/** Commits events of an instance as every writer does; returns their ids. */
async function commit(names: string[], type = 'settings'): Promise<number[]> {
  const rows = await sql(
    `insert into zapfleet.events (id, type, instance_name, at, facts)
     select zapfleet.next_event_id(), $2, i.nome, now(), zapfleet.instance_facts(i)
     from unnest($1::text[]) with ordinality n(nome, place) join whatsapp_instances i using (nome) order by n.place
     returning id`,
    [names, type],
  )
  return rows.map((row) => Number(row.id))
}

const sees = (listener: Listener, ids: number[]) =>
  vi.waitFor(() => expect(listener.ids()).toEqual(ids), { timeout: 60_000, interval: 10 })

beforeEach(async () => {
  clock.at = null
  await clearFleet(sql)
  await emptyTables(sql, 'zapfleet.events')
  await addInstances(sql, ['a', 'b'])
})
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.leave()))
  await Promise.all(feeds.splice(0).map((feed) => feed.close()))
})

describe('a subscriber', () => {
  it('receives every change from now on, with the instance as it was right after the change', async () => {
    await commit(['a'])
    const listener = await listen()
    await sql(
      `update whatsapp_instances set pausada = true, capacidade_hora = 7, ultima_msg_at = now() where nome = 'b'`,
    )
    const then = await getInstance(fleet, { name: 'b' })
    const ids = await commit(['b'])
    await sql(`update whatsapp_instances set pausada = false where nome = 'b'`)
    await sees(listener, ids)
    expect(listener.stored[0]).toEqual({ id: String(ids[0]), type: 'settings', instance: then })
    expect(then).toMatchObject({ paused: true, hourlyCapacity: 7, unavailableReason: 'PAUSED' })
  })

  it('reads the counters of an event in the hour and the day of the event, whenever it is read', async () => {
    await sql(
      `update whatsapp_instances set msgs_enviadas_hora = 3, msgs_enviadas_dia = 9,
        janela_hora = '2026-03-10T12:00Z', janela_dia = '2026-03-10T03:00Z'`,
    )
    const row = `insert into zapfleet.events (id, type, instance_name, at, facts)
      select zapfleet.next_event_id(), 'settings', 'a', $1, zapfleet.instance_facts(i) from whatsapp_instances i where nome = 'a' returning id`
    const listener = await listen()
    for (const at of ['2026-03-10T12:59Z', '2026-03-10T13:00Z', '2026-03-11T03:00Z']) await sql(row, [at])
    await vi.waitFor(() => expect(listener.stored).toHaveLength(3), { timeout: 60_000 })
    const counters = listener.stored.map(({ instance }) => [instance.sentThisHour, instance.sentToday])
    expect(counters).toEqual([
      [3, 9],
      [0, 9],
      [0, 0],
    ])
  })

  it('that reconnects with its last id receives what it missed, then new events', async () => {
    const ids = await commit(['a', 'b', 'a', 'b'])
    const listener = await listen(fleet.events, String(ids[1]))
    await sees(listener, ids.slice(2))
    const more = await commit(['a'])
    await sees(listener, [...ids.slice(2), ...more])
  })

  it('that was away for longer than events are kept starts with the oldest kept event', async () => {
    const ids = await commit(['a', 'b', 'a'])
    await sql('delete from zapfleet.events where id <= $1', [ids[1]])
    const { feed } = countingFeed()
    await sees(await listen(feed, String(ids[0])), ids.slice(2))
    await sql('truncate zapfleet.events')
    const nothing = await listen(countingFeed().feed, String(ids[0]))
    const more = await commit(['b'])
    await sees(nothing, more)
  })

  it.each(['', 'x', '-1', '1.5', '99999999999999999999'])(
    'is refused the last id %j',
    async (lastEventId) => {
      await expect(listen(fleet.events, lastEventId)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    },
  )

  it('is refused an id that no event has reached', async () => {
    const [id = 0] = await commit(['a'])
    const failure = await listen(fleet.events, String(id + 1)).catch((error: FleetError) => error)
    expect(failure).toMatchObject({ code: 'INVALID_INPUT' })
    expect((failure as FleetError).message).toContain(String(id + 1))
    await expect(listen(fleet.events, String(id))).resolves.toBeDefined()
  })

  it('that is slow misses nothing, and a fast one does not wait for it', async () => {
    const abort = new AbortController()
    const { feed } = countingFeed()
    const slow = (await feed.subscribe({}, abort.signal))[Symbol.asyncIterator]()
    const fast = await listen(feed)
    const ids: number[] = []
    // More than are kept in memory.
    for (let n = 0; n < 12; n++) ids.push(...(await commit(Array.from({ length: 100 }, () => 'a'))))
    await sees(fast, ids)
    const got: number[] = []
    while (got.length < ids.length) {
      const { value } = await slow.next()
      if (value && 'id' in value) got.push(Number(value.id))
    }
    expect(got).toEqual(ids)
    abort.abort()
    expect((await slow.next()).done).toBe(true)
  })

  it('ends when its caller leaves, also during a wait, and when the feed is closed', async () => {
    const { feed } = countingFeed()
    const one = await listen(feed)
    const other = await listen(feed)
    await one.leave()
    const ids = await commit(['a'])
    await sees(other, ids)
    await feed.close()
    await other.ended
    expect(one.ids()).toEqual([])
    await expect(listen(feed)).rejects.toMatchObject({ code: 'OVERLOADED' })
  })
})

describe('concurrent writers', () => {
  it('commit in the order of their ids, and two processes read the same order, also after rollbacks', async () => {
    const [here, there] = [await listen(), await listen((await another()).events)]
    const pool = new pg.Pool({ connectionString: url, max: 6 })
    pool.on('error', () => {})
    const committed: number[] = []
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < 25; n++) {
        const client = await pool.connect()
        try {
          await client.query('begin')
          const { rows } = await client.query(
            `insert into zapfleet.events (id, type, instance_name, at, facts)
             select zapfleet.next_event_id(), 'settings', nome, now(), zapfleet.instance_facts(i)
             from whatsapp_instances i where nome = 'a' returning id, pg_sleep($1)`,
            [((writer * 7 + n) % 5) / 1000],
          )
          const keep = (writer + n) % 4 !== 0
          await client.query(keep ? 'commit' : 'rollback')
          if (keep) committed.push(Number(rows[0].id))
        } finally {
          client.release()
        }
      }
    }
    await Promise.all([0, 1, 2, 3, 4, 5].map(write)).finally(() => pool.end())
    const ids = [...committed].sort((a, b) => a - b)
    expect(ids.length).toBeGreaterThan(100)
    // A late, lower id would be skipped: readers continue from the highest.
    await sees(here, ids)
    await sees(there, ids)
    expect(there.stored).toEqual(here.stored)
  })
})

describe('five hundred subscribers', () => {
  it('cost about as many statements as one', async () => {
    const { feed, statements } = countingFeed()
    const all = await Promise.all(Array.from({ length: 500 }, () => listen(feed)))
    expect(statements()).toBeLessThan(10)
    // The reading that the new connection causes is over by now, or is one of the few.
    const before = statements()
    const ids = await commit(['a'])
    await vi.waitFor(() => expect(all.every((one) => one.ids().length === 1)).toBe(true), { timeout: 60_000 })
    expect(all.every((one) => one.ids()[0] === ids[0])).toBe(true)
    expect(statements() - before).toBeLessThan(10)
  })
})

describe('a process without notifications', () => {
  it('polls where there is only a transaction pooler', async () => {
    const listener = await listen(countingFeed(null).feed)
    await sees(listener, await commit(['a']))
  })

  it('polls where LISTEN is accepted and nothing is delivered', async () => {
    const elsewhere = await testDatabase()
    const { feed } = countingFeed(elsewhere.url)
    const listener = await listen(feed)
    await sees(listener, await commit(['a']))
    await feed.close()
    await elsewhere.drop()
  })

  it('polls while its connection is broken, and then listens again', async () => {
    const { feed } = countingFeed()
    const listener = await listen(feed)
    const listening = () =>
      sql(
        `select pid from pg_stat_activity where datname = current_database() and application_name = 'zapfleet events'`,
      )
    const [first] = await vi.waitFor(async () => {
      const rows = await listening()
      expect(rows.length).toBeGreaterThan(0)
      return rows
    })
    await sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'zapfleet events'`,
    )
    const ids = await commit(['a'])
    await sees(listener, ids)
    await vi.waitFor(
      async () => {
        const rows = await listening()
        expect(rows.length).toBeGreaterThan(0)
        expect(rows).not.toContainEqual(first)
      },
      { timeout: 60_000, interval: 100 },
    )
  })
})
