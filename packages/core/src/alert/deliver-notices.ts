import { type RetryPlan, retryWaitMs } from '../endpoint/next-attempt.ts'
import type { Notice } from './notice.ts'
import { noticeOf } from './notice-content.ts'
import { type PendingNotice, planNotices } from './notice-plan.ts'
import { type RouteNotices, readRouteNotices } from './read-notices.ts'
import type { RouteCall } from './route-fleet.ts'
import { changeNotices, claimNotice, storeFailed, storeSent } from './store-notices.ts'
import { openTarget } from './stored-target.ts'

/** How notices are repeated. Tests shorten it. */
export type DeliveryPlan = RetryPlan & {
  /** After so long another process may repeat an attempt whose result was not stored: more than the timeout of an attempt. */
  claimMs: number
}

export const DELIVERY_PLAN: DeliveryPlan = {
  firstMs: 10_000,
  longestMs: 900_000,
  giveUpMs: 86_400_000,
  claimMs: 30_000,
}

/**
 * Sends what is due for a route, one notice after the other, until nothing is left, the receiver fails, or `signal` aborts. An attempt is
 * stored before it begins and its result after it, so what was in flight when the process ended is sent again, with the same id.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function deliverNotices(
  call: RouteCall,
  name: string,
  { plan, signal }: { plan: DeliveryPlan; signal: AbortSignal },
): Promise<void> {
  const { fleet } = call
  while (!signal.aborted) {
    const reading = await readRouteNotices(fleet, name)
    if (reading === null) return
    const { route, notices, alerts, at } = reading
    const { timeZone } = fleet
    const planned = planNotices({ quietHours: route.quietHours, timeZone }, notices, alerts, at)
    if (planned.changes.length > 0) {
      if (!(await changeNotices(fleet, name, planned))) return
      continue
    }
    const next = notices.find(({ id }) => id === planned.sends[0])
    if (next === undefined || !(await claimNotice(fleet, next, plan.claimMs))) return
    if (!(await attempt(call, reading, next, { plan, signal }))) return
  }
}

/** One attempt. Returns whether the next notice may follow. */
async function attempt(
  { fleet, log }: RouteCall,
  reading: RouteNotices,
  next: PendingNotice,
  { plan, signal }: { plan: DeliveryPlan; signal: AbortSignal },
): Promise<boolean> {
  const { name } = reading.route
  const target = openTarget(fleet.sealer, reading.route)
  const sent =
    'error' in target
      ? ({ ok: false, error: target.error, retryAfterS: null, thisNoticeOnly: false } as const)
      : await fleet.alertSender.send(target, contentOf(fleet, reading, next), signal)
  if (sent.ok) {
    await storeSent(fleet, { id: next.id, route: name, error: sent.error })
    fleet.metrics.noticed(name, 'accepted', 1)
    if (next.tries > 0) log.info({ route: name }, 'an alert route works again')
    return true
  }
  // An aborted attempt is no failure of the receiver.
  if (signal.aborted) return false
  const { error, retryAfterS, thisNoticeOnly } = sent
  const waitMs = retryWaitMs(plan, { failures: next.tries + 1, retryAfterS, random: Math.random() })
  fleet.metrics.noticed(name, 'failed', 1)
  // One line for a row of failures: each further attempt fails alike.
  if (next.tries === 0) log.warn({ route: name, error, waitMs }, 'an alert could not be sent by a route')
  const { giveUpMs } = plan
  const failed = { id: next.id, route: name, error, waitMs, giveUpMs, othersWait: !thisNoticeOnly }
  const givenUp = await storeFailed(fleet, failed)
  if (givenUp > 0) {
    fleet.metrics.noticed(name, 'given_up', givenUp)
    log.warn({ route: name, givenUp, error }, 'alerts that a route refused for too long are given up')
  }
  return thisNoticeOnly
}

function contentOf(
  { pageUrl, timeZone }: RouteCall['fleet'],
  { route: { language }, alerts }: RouteNotices,
  { id, kind, alertIds, createdAt }: PendingNotice,
): Notice {
  const shown = alertIds.flatMap((alertId) => alerts.get(alertId) ?? [])
  return noticeOf({ id, kind, at: createdAt }, shown, { language, timeZone, pageUrl })
}
