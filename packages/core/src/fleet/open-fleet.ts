import { createEvolution, type Evolution } from '@zapfleet/evolution'
import { DATABASE_CHECK_SHARED_FOR_MS } from '../alert/alert-fleet.ts'
import { type AlertSender, openAlertSender } from '../alert/open-alert-sender.ts'
import { CONTACTS_CHANNEL } from '../contact/announce-contacts.ts'
import { createContactCounts } from '../contact/contact-counts.ts'
import { createContactDrops } from '../contact/contact-drops.ts'
import { correctSends } from '../contact/correct-sends.ts'
import { createKindCache } from '../contact/kind-cache.ts'
import { createPreferenceCache } from '../contact/preference-cache.ts'
import { createRecordedInbounds } from '../contact/recorded-inbounds.ts'
import { createBaselines } from '../delivery/baselines.ts'
import type { DeliveryState } from '../delivery/delivery-fleet.ts'
import { judgeSoon } from '../delivery/judge-delivery.ts'
import { openWebhookSender } from '../endpoint/open-webhook-sender.ts'
import { openReceiverNotices } from '../endpoint/receiver-notices.ts'
import { openEventFeed } from '../events/open-event-feed.ts'
import { EVENTS_CHANNEL } from '../events/tail-events.ts'
import { openBackground } from '../ground/background.ts'
import { callOf } from '../ground/call.ts'
import { clientIds } from '../ground/client-ids.ts'
import { coalesceRuns } from '../ground/coalesce-runs.ts'
import { DatabaseError, isMissingTable, toFleetError, unreachable } from '../ground/database-error.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import type { Log } from '../ground/log.ts'
import { madeOnce } from '../ground/made-once.ts'
import { assertSameTimeZone } from '../ground/migrate.ts'
import { type Database, type EarlyCommits, openDatabase } from '../ground/open-database.ts'
import { openNotifications } from '../ground/open-notifications.ts'
import type { PoolSizes } from '../ground/pool-sizes.ts'
import type { Sealer } from '../ground/seal.ts'
import { shareFor } from '../ground/share-for.ts'
import { singleFlight } from '../ground/single-flight.ts'
import { statement } from '../ground/statement.ts'
import { createConnectionWatches } from '../health/connection-watches.ts'
import { createHints } from '../health/hints.ts'
import { createServersHealth, SHARED_ROUNDS_FOR_MS } from '../health/server-health.ts'
import { openKeyCache } from '../key/open-key-cache.ts'
import { createMessageQueue, QUEUE_LIMITS, type QueueLimits } from '../message/message-queue.ts'
import { createMessageStore } from '../message/message-store.ts'
import { SEND_TIMES, type SendTimes } from '../message/next-step.ts'
import { openMessageFeed } from '../message/open-message-feed.ts'
import { openIntake } from '../outcome/open-intake.ts'
import { createPairings } from '../provisioning/pairings.ts'
import { createPlacements } from '../provisioning/placements.ts'
import { createCompleter } from '../reservation/completer.ts'
import { Engine } from '../reservation/engine.ts'
import { HIDDEN_TABLES_SHARED_FOR_MS } from '../reservation/explain-empty-fleet.ts'
import { type FleetMetrics, noMetrics } from '../reservation/fleet-metrics.ts'
import { createServers, type OpenEvolution } from '../server/servers.ts'
import { openSessionCache } from '../session/open-session-cache.ts'
import { createWebhooks } from '../webhook/webhooks.ts'
import { createServerConditions } from './evolution-conditions.ts'
import type { Fleet } from './fleet.ts'

export type FleetConfig = {
  databaseUrl: string
  /**
   * Where notifications are received (LISTEN); default `databaseUrl`. With a transaction pooler there, events are polled
   * for.
   */
  directUrl?: string | undefined
  /** Where Evolution reaches this API; null or absent: no webhook is registered. */
  publicUrl?: string | null | undefined
  timeZone: string
  /** The country of phone numbers that are written without a country code, ISO 3166; default BR. */
  defaultCountry?: string | undefined
  /** Connections of the two pools; default 4 and 8. */
  poolSizes?: PoolSizes | undefined
  /** Default `while others claim`. */
  earlyCommits?: EarlyCommits | undefined
  /** The client of the default server, which the fleet does not close. */
  evolution: Evolution
  /** Where the default server is, for lists of servers and for its websocket; default: not known. */
  evolutionAt?: { url: string; apiKey: string } | undefined
  /** Opens the clients of further servers; default: without metrics. */
  openEvolution?: OpenEvolution | undefined
  log: Log
  /** Seals the secrets that the database stores; null or absent: none can be stored. */
  sealer?: Sealer | null | undefined
  /** Sends alerts to people; default: to public addresses, and by no mail server of the fleet. */
  alertSender?: AlertSender | undefined
  /** Where people open the page of this fleet; null or absent: texts of alerts hold no link. */
  pageUrl?: string | null | undefined
  /** Receives figures for metrics; default: none. */
  metrics?: Partial<FleetMetrics> | undefined
  /** The moment, for tests. Without it, or when it returns null, the database's clock is used. */
  clock?: (() => Date | null) | undefined
  /** When the queue of messages is full; default 200,000 messages, or 2 GiB of content. */
  queueLimits?: Partial<QueueLimits> | undefined
  /** Timeouts of sends; default 75 s, and 120 s until a message is `unknown`. */
  sendTimes?: SendTimes | undefined
  /** Reserves that may wait in this process before OVERLOADED; default 10,000. */
  maxWaiting?: number | undefined
}

const idTypeStatement = statement(
  'type_of_clientes_id',
  `select format_type(a.atttypid, null) id_type from pg_attribute a where a.attrelid = 'public.clientes'::regclass and a.attname = 'id'`,
)

/**
 * Opens a migrated database as a fleet.
 *
 * @throws FleetError DATABASE_UNAVAILABLE, or INVALID_STATE when the database is not migrated or belongs to a fleet with
 * another time zone
 */
export async function openFleet(config: FleetConfig): Promise<Fleet> {
  const { timeZone, log } = config
  const sql = await openDatabase(config.databaseUrl, log, config.poolSizes, config.earlyCommits).catch(
    (error) => {
      throw openingError(error)
    },
  )
  try {
    const found = await readSettings(sql)
    assertSameTimeZone(found.timeZone, timeZone)
    const clients = clientIds(found.idType)
    if (clients.kind === 'none')
      log.warn(
        { type: found.idType },
        'clientes.id has a type that zapfleet cannot query; every contact is stored in zapfleet.contacts',
      )
    return build(config, {
      sql,
      clock: config.clock ?? (() => null),
      timeZone,
      clients,
      defaultCountry: config.defaultCountry ?? 'BR',
      log,
    })
  } catch (error) {
    await sql.close()
    throw error
  }
}

function build(config: FleetConfig, ground: Ground): Fleet {
  const metrics = { ...noMetrics, ...config.metrics }
  const notifications = openNotifications(ground, listenUrl(config.directUrl ?? config.databaseUrl))
  const drops = createContactDrops()
  notifications.on(CONTACTS_CHANNEL, { onNotice: drops.drop, onListening: drops.dropAll })
  const kinds = createKindCache(drops, () => {
    notifications.start()
    return notifications.isListening()
  })
  const receiverNotices = openReceiverNotices(notifications)
  const preferences = createPreferenceCache(ground, drops, kinds)
  const engine = new Engine(ground, {
    preferences,
    kinds,
    onBatch: metrics.batch,
    release: (ids) => Promise.all(ids.map((id) => releases.complete(id, null, 'not_tried'))),
    maxWaiting: config.maxWaiting,
  })
  const intake = openIntake({ ...ground, metrics, drops }, engine.snapshot, (names) => {
    const failing = names.filter((name) => engine.snapshot.pools.all.get(name)?.isFailing)
    if (failing.length > 0) void fleet.judgeSoon(failing)
  })
  const releases = createCompleter(ground, engine.snapshot.pools, 'released', {
    onReleased: (sends) =>
      correctSends({ ...ground, drops }, sends).catch((error: unknown) =>
        config.log.warn(
          { err: error, contacts: sends.length },
          'contacts who got no message count as known for some minutes',
        ),
      ),
  })
  const confirms = createCompleter(ground, engine.snapshot.pools, 'confirmed', { onNamed: intake.name })
  const events = openEventFeed(ground, notifications)
  const messageFeed = openMessageFeed(ground)
  const messages = createMessageStore(ground)
  const listeners = new Set<() => void>()
  notifications.on(EVENTS_CHANNEL, {
    onNotice() {
      for (const listener of listeners) listener()
    },
  })
  const servers = createServers(ground, {
    first: { ...(config.evolutionAt ?? { url: '', apiKey: '' }), evolution: config.evolution },
    sealer: config.sealer ?? null,
    open: config.openEvolution ?? createEvolution,
  })
  const keys = openKeyCache(ground)
  const sessions = openSessionCache(ground)
  const background = openBackground()
  const webhookSender = openWebhookSender()
  const alertSender = config.alertSender ?? openAlertSender()
  const delivery: DeliveryState = {
    baselines: createBaselines(),
    waiting: new Set(),
    runs: coalesceRuns(),
    probedAt: new Map(),
  }
  let closed: Promise<void> | null = null
  const close = async (): Promise<void> => {
    await Promise.all([
      servers.close(),
      background.close(),
      engine.stop(),
      events.close(),
      messageFeed.close(),
      keys.close(),
      sessions.close(),
    ])
    await Promise.all([releases.stop(), confirms.stop()])
    await messages.close()
    await intake.close()
    await Promise.all([delivery.runs.idle(), webhookSender.close(), alertSender.close()])
    await notifications.close()
    await ground.sql.close()
  }
  const fleet: Fleet = {
    ...ground,
    servers,
    sealer: config.sealer ?? null,
    webhookSender,
    receiverNotices,
    alertSender,
    pageUrl: config.pageUrl?.replace(/\/+$/, '') ?? null,
    publicUrl: config.publicUrl?.replace(/\/+$/, '') ?? null,
    metrics,
    preferences,
    drops,
    engine,
    releases,
    confirms,
    intake,
    messages,
    messageQueue: createMessageQueue(messages, { ...QUEUE_LIMITS, ...config.queueLimits }),
    sendTimes: config.sendTimes ?? SEND_TIMES,
    onFleetChange(listener) {
      listeners.add(listener)
      notifications.start()
      return () => listeners.delete(listener)
    },
    readBacks: { emptyInARow: 0 },
    hiddenTables: shareFor(HIDDEN_TABLES_SHARED_FOR_MS),
    contactCounts: createContactCounts(),
    recordedInbounds: createRecordedInbounds(),
    events,
    messageFeed,
    keys,
    sessions,
    background,
    serverHealth: createServersHealth(),
    sharedRounds: shareFor(SHARED_ROUNDS_FOR_MS),
    hints: createHints(),
    connectionWatches: createConnectionWatches(),
    delivery,
    judgeSoon: (names) => judgeSoon(callOf(fleet), names),
    webhooks: createWebhooks(),
    pairings: createPairings(),
    placements: createPlacements(),
    conditions: createServerConditions(),
    databaseChecks: madeOnce(() => shareFor<boolean>(DATABASE_CHECK_SHARED_FOR_MS)),
    readiness: singleFlight(),
    close() {
      closed ??= close()
      return closed
    },
  }
  return fleet
}

/**
 * Reads through Prisma too, because its first call compiles its engine, for some 200 ms in which the process does nothing
 * else: here it does not serve yet.
 */
async function readSettings(sql: Database): Promise<{ timeZone: string | undefined; idType: string }> {
  try {
    const [column] = await sql.run<{ id_type: string }>(idTypeStatement, [])
    const zone = await sql.prisma.setting.findUnique({ where: { key: 'time_zone' } })
    return { timeZone: zone?.value, idType: column?.id_type ?? '' }
  } catch (error) {
    throw openingError(error)
  }
}

/** All but a database of another time zone may pass: the cause is kept, by which the scheduler waits. */
function openingError(error: unknown): FleetError {
  const failure = toFleetError(error)
  if (!(failure instanceof DatabaseError)) return failure
  const { cause } = failure
  if (isMissingTable(failure))
    return new FleetError('INVALID_STATE', 'The database is not migrated yet.', { cause })
  const code = failure.isUnavailable ? 'DATABASE_UNAVAILABLE' : 'INVALID_STATE'
  return new FleetError(code, unreachable(failure, 'DATABASE_URL'), { cause })
}

/** The URL; null where `pgbouncer=true` in it names a transaction pooler, which delivers no notification. */
function listenUrl(url: string): string | null {
  return new URL(url).searchParams.get('pgbouncer') === 'true' ? null : url
}

/** Ends what is under way, then the connections. From the call on, new reserves are refused; calling again waits for the same. */
export function closeFleet(fleet: Fleet): Promise<void> {
  return fleet.close()
}
