import pg from 'pg'
import type { Ground } from './ground.ts'
import { prepareConnections } from './prepare-connections.ts'
import { statement } from './statement.ts'
import { within } from './within.ts'

const CONNECT_TIMEOUT_MS = 5_000
/** A notification of our own that does not arrive within this time shows that none can arrive on this connection. */
const ECHO_WITHIN_MS = 5_000
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000
/** A connection to a server that is gone may never confirm its end. */
const END_WITHIN_MS = 1_000
/** Only for our own notifications. */
const ECHO_CHANNEL = 'zapfleet_echo'

const NOT_DELIVERED =
  'the database takes LISTEN and delivers nothing, as a transaction pooler does; changes are polled for every second. DIRECT_URL should lead past the pooler.'

const notifyStatement = statement('call_out', `select pg_notify('${ECHO_CHANNEL}', '')`)

/** What a process does with the notifications of one channel. */
type NotificationHandler = {
  /** Called for every notification; the same changes in one transaction may share one. */
  onNotice(payload: string): void
  /** Called when notifications begin to arrive, and begin again: those before may be missed. */
  onListening?(): void
}

/** The notifications of a process: one connection that listens to all of its channels. */
export type Notifications = {
  /** Adds a channel; before `start`. */
  on(channel: string, handler: NotificationHandler): void
  /** Begins to listen, unless it does already. */
  start(): void
  /** False while there is no connection, and when nothing arrives: a transaction pooler takes LISTEN and delivers nothing. */
  isListening(): boolean
  /** A change arrived without its notification: checks that notifications still arrive. */
  verify(): void
  close(): Promise<void>
}

/**
 * Listens on a connection of its own from `start` until it is closed. A broken connection is replaced, at first after half a
 * second, later every 30 s. Each new one is tried by a notification sent through the pool.
 *
 * @param directUrl where to listen; null: nowhere
 */
export function openNotifications(
  { sql, log }: Pick<Ground, 'sql' | 'log'>,
  directUrl: string | null,
): Notifications {
  const handlers = new Map<string, NotificationHandler[]>([[ECHO_CHANNEL, []]])
  let client: pg.Client | null = null
  let isStarted = false
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
    echo = undefined
    end(lost)
    retryLater(why)
  }

  const retryLater = (why: string): void => {
    if (closed) return
    const inMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++)
    log.debug({ why, retryInMs: inMs }, 'changes are polled for: no notification can arrive')
    retry = setTimeout(connect, inMs).unref()
  }

  const connect = (): void => {
    if (directUrl === null) return
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
    fresh.on('notification', ({ channel, payload }) => {
      if (fresh !== client) return
      clearTimeout(echo)
      echo = undefined
      failures = 0
      if (!isListening) {
        isListening = true
        for (const handler of [...handlers.values()].flat()) handler.onListening?.()
      }
      for (const handler of handlers.get(channel) ?? []) handler.onNotice(payload ?? '')
    })
    fresh
      .connect()
      .then(() => fresh.query([...handlers.keys()].map((channel) => `listen ${channel}`).join('; ')))
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

  return {
    on(channel, handler) {
      handlers.set(channel, [...(handlers.get(channel) ?? []), handler])
    },
    start() {
      if (isStarted || closed) return
      isStarted = true
      connect()
    },
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
