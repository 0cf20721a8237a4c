import pg from 'pg'
import type { Ground } from '../ground/ground.ts'
import { prepareConnections } from '../ground/prepare-connections.ts'
import { statement } from '../ground/statement.ts'
import { within } from '../ground/within.ts'

const CHANNEL = 'zapfleet_events'
const CONNECT_TIMEOUT_MS = 5_000
/** A notification of our own that does not arrive within this time shows that none can arrive on this connection. */
const ECHO_WITHIN_MS = 5_000
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000
/** A connection to a server that is gone may never confirm its end. */
const END_WITHIN_MS = 1_000

const NOT_DELIVERED =
  'the database takes LISTEN and delivers nothing, as a transaction pooler does; changes are polled for every second. DIRECT_URL should lead past the pooler.'

const notifyStatement = statement('call_out', `select pg_notify('${CHANNEL}', '')`)

/** One connection that listens for notifications. */
export type Listener = {
  /** False while there is no connection, and when nothing arrives: a transaction pooler takes LISTEN and delivers nothing. */
  isListening(): boolean
  /** A change arrived without its notification: checks that notifications still arrive. */
  verify(): void
  close(): Promise<void>
}

/**
 * Listens for changes on a connection of its own until it is closed. A broken connection is replaced, at first after half a
 * second, later every 30 s. Each new one is tried by a notification sent through the pool.
 *
 * @param onNotice called for every notification; several changes may share one
 */
export function listenForNotifications(
  { sql, log }: Pick<Ground, 'sql' | 'log'>,
  directUrl: string,
  onNotice: () => void,
): Listener {
  let client: pg.Client | null = null
  let isListening = false
  let closed = false
  let failures = 0
  let warned = false
  let retry: NodeJS.Timeout | undefined
  let echo: NodeJS.Timeout | undefined

  const replace = (lost: pg.Client, why: string): void => {
    if (lost !== client) return
    client = null
    isListening = false
    clearTimeout(echo)
    end(lost)
    retryLater(why)
  }

  const retryLater = (why: string): void => {
    if (closed) return
    const inMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++)
    log.debug({ why, retryInMs: inMs }, 'events are polled for: no notification can arrive')
    retry = setTimeout(connect, inMs).unref()
  }

  const connect = (): void => {
    prepareConnections(directUrl, CONNECT_TIMEOUT_MS).then(
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
    fresh.on('error', (error) => replace(fresh, error.message))
    fresh.on('end', () => replace(fresh, 'the connection ended'))
    fresh.on('notification', () => {
      if (fresh !== client) return
      clearTimeout(echo)
      echo = undefined
      isListening = true
      failures = 0
      onNotice()
    })
    fresh
      .connect()
      .then(() => fresh.query(`listen ${CHANNEL}`))
      .then(
        () => verify(fresh),
        (error: Error) => replace(fresh, error.message),
      )
  }

  const verify = (listening: pg.Client): void => {
    if (listening !== client || echo !== undefined) return
    echo = setTimeout(() => {
      echo = undefined
      if (!warned) log.warn({}, NOT_DELIVERED)
      warned = true
      replace(listening, 'a notification did not arrive')
    }, ECHO_WITHIN_MS).unref()
    // Where this fails, the timer above ends the connection.
    sql.run(notifyStatement, []).catch(() => {})
  }

  connect()
  return {
    isListening: () => isListening,
    verify() {
      isListening = false
      if (client) verify(client)
    },
    async close() {
      closed = true
      clearTimeout(retry)
      clearTimeout(echo)
      const last = client
      client = null
      isListening = false
      if (last) await end(last)
    },
  }
}

async function end(client: pg.Client): Promise<void> {
  await within(
    END_WITHIN_MS,
    client.end().catch(() => {}),
    () => {},
  )
}
