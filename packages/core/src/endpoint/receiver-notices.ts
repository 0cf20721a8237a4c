import type { Ground } from '../ground/ground.ts'
import type { Notifications } from '../ground/open-notifications.ts'
import { statement } from '../ground/statement.ts'

const RECEIVERS_CHANNEL = 'zapfleet_receivers'

/** How often the leading scheduler looks for a first receiver while it is notified of new ones: only a precaution. */
const QUIET_MS = 30_000

/** The SQL that notifies all processes; within a statement, once it is committed. */
export const NOTIFY_RECEIVERS = `pg_notify('${RECEIVERS_CHANNEL}', '')`

const notifyStatement = statement('notify_receivers', `select ${NOTIFY_RECEIVERS}`)

/** Notifications that a webhook endpoint or an alert route was made, in any process. */
export type ReceiverNotices = {
  /** Calls `listener` at each, and when some may have been missed. Returns how to end it. */
  on(listener: () => void): () => void
  /**
   * The time until work for receivers is looked for again: `pollEveryMs` while there is a receiver, or while no notification can arrive; longer
   * otherwise.
   */
  restMs(receivers: number, pollEveryMs: number): number
}

export function openReceiverNotices(notifications: Notifications): ReceiverNotices {
  const listeners = new Set<() => void>()
  const callAll = (): void => {
    for (const listener of listeners) listener()
  }
  notifications.on(RECEIVERS_CHANNEL, { onNotice: callAll, onListening: callAll })
  return {
    on(listener) {
      listeners.add(listener)
      notifications.start()
      return () => listeners.delete(listener)
    },
    restMs: (receivers, pollEveryMs) =>
      receivers > 0 || !notifications.isListening() ? pollEveryMs : Math.max(QUIET_MS, pollEveryMs),
  }
}

/** After a receiver was stored. @throws FleetError DATABASE_UNAVAILABLE */
export async function notifyReceivers({ sql }: Pick<Ground, 'sql'>): Promise<void> {
  await sql.run(notifyStatement, [])
}
