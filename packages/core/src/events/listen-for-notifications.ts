import pg from 'pg'
import type { Log } from '../ground/log.ts'
import type { Database } from '../ground/open-database.ts'
import { prepareConnections } from '../ground/prepare-connections.ts'
import { statement } from '../ground/statement.ts'

const CHANNEL = 'zapfleet_events'
const CONNECT_TIMEOUT_MS = 5_000
/** A notification of our own that does not come back within this says that nothing is heard here. */
const ECHO_WITHIN_MS = 5_000
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000
/** A connection to a server that is gone may never say goodbye. */
const HANG_UP_WITHIN_MS = 1_000

const DEAF =
  'the database takes LISTEN and delivers nothing, as a transaction pooler does; changes are polled for every second. DIRECT_URL should lead past the pooler.'

const callOut = statement('call_out', `select pg_notify('${CHANNEL}', '')`)

/** One connection that listens. */
export type Ear = {
  /** False while there is no connection, and when one is deaf: a transaction pooler takes LISTEN and delivers nothing. */
  hears(): boolean
  /** Something happened that was not heard: makes sure that the connection still hears. */
  doubt(): void
  close(): Promise<void>
}

/**
 * Listens for changes on a connection of its own, for ever: a broken one is replaced, at first after half a second, later
 * every 30 s. Each new one is tried by a notification sent through the pool.
 *
 * @param onNotice called for every notification; several changes may share one
 */
export function hearNotifications(parts: {
  directUrl: string
  sql: Database
  log: Log
  onNotice: () => void
}): Ear {
  const { sql, log, onNotice } = parts
  let client: pg.Client | null = null
  let hears = false
  let closed = false
  let failures = 0
  let warned = false
  let retry: NodeJS.Timeout | undefined
  let echo: NodeJS.Timeout | undefined

  const lose = (lost: pg.Client, why: string): void => {
    if (lost !== client) return
    client = null
    hears = false
    clearTimeout(echo)
    hangUp(lost)
    retryLater(why)
  }

  const retryLater = (why: string): void => {
    if (closed) return
    const inMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++)
    log.debug({ why, retryInMs: inMs }, 'events are polled for: the database is not heard')
    retry = setTimeout(connect, inMs).unref()
  }

  const connect = (): void => {
    prepareConnections(parts.directUrl, CONNECT_TIMEOUT_MS).then(
      ({ config }) => closed || listen(config),
      (error: Error) => retryLater(error.message),
    )
  }

  const listen = (config: pg.ClientConfig): void => {
    const fresh = new pg.Client({
      ...config,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'zapfleet events',
    })
    client = fresh
    fresh.on('error', (error) => lose(fresh, error.message))
    fresh.on('end', () => lose(fresh, 'the connection ended'))
    fresh.on('notification', () => {
      if (fresh !== client) return
      clearTimeout(echo)
      echo = undefined
      hears = true
      failures = 0
      onNotice()
    })
    fresh
      .connect()
      .then(() => fresh.query(`listen ${CHANNEL}`))
      .then(
        () => listenForEcho(fresh),
        (error: Error) => lose(fresh, error.message),
      )
  }

  const listenForEcho = (listening: pg.Client): void => {
    if (listening !== client || echo !== undefined) return
    echo = setTimeout(() => {
      echo = undefined
      if (!warned) log.warn({}, DEAF)
      warned = true
      lose(listening, 'a notification did not arrive')
    }, ECHO_WITHIN_MS).unref()
    // Where this fails, the missing echo says so.
    sql.run(callOut, []).catch(() => {})
  }

  connect()
  return {
    hears: () => hears,
    doubt() {
      hears = false
      if (client) listenForEcho(client)
    },
    async close() {
      closed = true
      clearTimeout(retry)
      clearTimeout(echo)
      const last = client
      client = null
      hears = false
      if (last) await hangUp(last)
    },
  }
}

async function hangUp(client: pg.Client): Promise<void> {
  let limit: NodeJS.Timeout | undefined
  const tooLong = new Promise<void>((resolve) => {
    limit = setTimeout(resolve, HANG_UP_WITHIN_MS).unref()
  })
  await Promise.race([client.end().catch(() => {}), tooLong])
  clearTimeout(limit)
}
