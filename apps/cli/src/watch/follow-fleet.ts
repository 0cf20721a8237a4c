import type { FleetEvent, LiveFleet } from '@zapfleet/client'
import type { Instance } from '../connection/open-client.ts'
import type { Session } from '../session.ts'

/** The callbacks of `followFleet`, called one after the other. `list` comes first, and again whenever the whole was read. */
export type FleetListener = {
  list(instances: readonly Instance[], live: LiveFleet): void | Promise<void>
  /** `previous`: the number before a stored event; null for counters. */
  event(event: FleetEvent, previous: Instance | null): void | Promise<void>
  /** The API does not answer: what is shown may be old from now on. */
  away(): void | Promise<void>
  /** It answers again; a `list` came just before. */
  back(): void | Promise<void>
}

/**
 * Follows all numbers until `signal` aborts, through restarts of the API.
 *
 * @throws FleetError when the first list fails, and when the key is refused
 */
export async function followFleet(
  session: Session,
  listener: FleetListener,
  signal: AbortSignal,
): Promise<void> {
  const live = session.client().live({ signal })
  let isAway = false
  try {
    await live.ready
    for await (const update of live) {
      if (update.type === 'list') await listener.list(update.instances, live)
      else if (update.type === 'event') await listener.event(update.event, update.previous)
      else if (update.state === 'lost') {
        if (!isAway) await listener.away()
        isAway = true
      } else if (update.state === 'live' || update.state === 'polling') {
        if (isAway) await listener.back()
        isAway = false
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    live.close()
  }
}
