import type { Alert } from './alert.ts'
import type { QuietHours } from './alert-route.ts'
import type { StoredKind } from './notice.ts'
import { isQuiet, quietUntil } from './quiet-hours.ts'

/** A notice that is not sent yet. `tries`: attempts that began, so that with 0 the receiver has surely not got it. */
export type PendingNotice = {
  id: string
  kind: StoredKind
  alertIds: readonly string[]
  createdAt: Date
  notBefore: Date
  tries: number
}

/** An alert of a pending notice. `isReported`: this route received that it opened. */
export type PendingAlert = { severity: Alert['severity']; closedAt: Date | null; isReported: boolean }

/** A new notice, without its id. */
export type PlannedNotice = Omit<PendingNotice, 'id' | 'tries'>

/** What is to be stored before anything is sent. `alertIds` null: the notice is removed. */
export type NoticeChange = {
  id: string
  tries: number
  alertIds: readonly string[] | null
  notBefore: Date | null
}

/** Either changes to store, after which the plan is made anew, or the ids to send now, in this order. */
export type NoticePlan = { changes: NoticeChange[]; made: PlannedNotice[]; sends: string[] }

type Share = { now: string[]; later: string[]; digest: string[] }

/**
 * What becomes of the notices of one route that are due:
 * - an alert that opened is sent while it is open; one that has closed goes to the digest;
 * - an end is sent where the opening was received, and goes to the digest where it was not;
 * - within quiet hours only critical alerts are sent, the others when the hours end, all in one digest.
 * A notice keeps its id; what must not be sent with it moves to a notice of its own. A digest that was tried is not changed any more,
 * since the receiver may have got it: what closes later goes to the next one, which waits for it.
 *
 * @param notices all that are not sent, in the order of their ids
 * @param alerts those of the notices, by id; one that is missing was removed
 */
export function planNotices(
  route: { quietHours: QuietHours | null; timeZone: string },
  notices: readonly PendingNotice[],
  alerts: ReadonlyMap<string, PendingAlert>,
  at: Date,
): NoticePlan {
  const { quietHours, timeZone } = route
  const isQuietNow = isQuiet(at, quietHours, timeZone)
  const quietEnd = quietUntil(at, quietHours, timeZone)
  const changes: NoticeChange[] = []
  const made: PlannedNotice[] = []
  const toDigest = new Set<string>()
  const sends: string[] = []
  const alertsOf = (isOne: (notice: PendingNotice) => boolean) =>
    new Set(notices.filter(isOne).flatMap(({ alertIds }) => alertIds))
  const opening = alertsOf(({ kind }) => kind === 'opened' || kind === 'wave')
  const inDigest = alertsOf(({ kind }) => kind === 'digest')
  const inTriedDigest = alertsOf(({ kind, tries }) => kind === 'digest' && tries > 0)
  for (const notice of notices) {
    if (notice.kind === 'digest' || notice.notBefore > at) continue
    const share = shareOf(notice)
    if (share.now.length === notice.alertIds.length && notice.alertIds.length > 0) {
      sends.push(notice.id)
      continue
    }
    for (const id of share.digest) toDigest.add(id)
    const [first, rest] = share.now.length > 0 ? [share.now, share.later] : [share.later, []]
    const notBefore = share.now.length > 0 || first.length === 0 ? null : quietEnd
    changes.push({
      id: notice.id,
      tries: notice.tries,
      alertIds: first.length === 0 ? null : first,
      notBefore,
    })
    if (rest.length > 0)
      made.push({ kind: notice.kind, alertIds: rest, createdAt: notice.createdAt, notBefore: quietEnd })
  }

  const digests = notices.filter(({ kind }) => kind === 'digest')
  const open = digests.find(({ tries }) => tries === 0)
  if (toDigest.size > 0) {
    if (open) {
      const alertIds = [...new Set([...open.alertIds, ...toDigest])]
      changes.push({ id: open.id, tries: 0, alertIds, notBefore: null })
    } else made.push({ kind: 'digest', alertIds: [...toDigest], createdAt: at, notBefore: at })
  }
  for (const digest of digests) {
    if (digest.notBefore > at) break
    if (isQuietNow) {
      if (toDigest.size === 0 || digest !== open)
        changes.push({ id: digest.id, tries: digest.tries, alertIds: digest.alertIds, notBefore: quietEnd })
    } else sends.push(digest.id)
  }
  return changes.length > 0 ? { changes, made, sends: [] } : { changes, made, sends }

  function shareOf({ kind, alertIds, createdAt }: PendingNotice): Share {
    const share: Share = { now: [], later: [], digest: [] }
    const wasQuiet = isQuiet(createdAt, quietHours, timeZone)
    for (const id of alertIds) {
      const alert = alerts.get(id)
      if (alert === undefined) continue
      const mayWait = alert.severity !== 'critical'
      if (kind === 'closed' && !alert.isReported) {
        // A digest that was not tried yet holds its state at the time of the attempt.
        if (opening.has(id) || inTriedDigest.has(id)) share.digest.push(id)
      } else if (kind !== 'closed' && alert.isReported) {
        // Received already, by a digest.
      } else if (mayWait && isQuietNow) share.later.push(id)
      else if ((kind !== 'closed' && alert.closedAt !== null) || (mayWait && wasQuiet)) {
        if (kind === 'closed' || !inDigest.has(id)) share.digest.push(id)
      } else share.now.push(id)
    }
    return share
  }
}
