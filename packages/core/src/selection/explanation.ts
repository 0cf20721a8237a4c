import type { Reason } from '../ground/fleet-error.ts'
import type { Fallback } from './fallback.ts'
import type { Pool } from './pool.ts'
import type { Recipient } from './recipient.ts'
import { availableAgainMs, refusalReason, type WindowEnds } from './refusal.ts'
import { byName, type Strategy } from './strategy.ts'

/** One instance in an explanation. */
export type ExplainedCandidate = {
  name: string
  /** 1 for the one that would serve, 2 for the next if that one could not, and so on; null for one that cannot serve now. */
  rank: number | null
  /** Why it cannot serve now, the first reason that applies; null when it can. */
  reason: Reason | null
  /** When it can again if nothing but time passes, ISO 8601 in UTC; null when it can now, and when time alone does not help. */
  availableAt: string | null
}

/** Which instance would serve a message, and why not the others. `chosen` is null when none can. Ranked ones come first. */
export type Explanation = { chosen: string | null; candidates: ExplainedCandidate[] }

/**
 * What `reserve` would do with this pool.
 *
 * @param recipient with `own`, the contact's number, null for none
 * @param fallback with `refuse` no other number is chosen while `own` cannot serve
 */
export function explanation(
  pool: Pick<Pool, 'all' | 'ranking'>,
  strategy: Strategy,
  recipient: Recipient,
  fallback: Fallback,
  exclude: ReadonlySet<string> | undefined,
  ends: WindowEnds,
): Explanation {
  const { own } = recipient
  const all = [...pool.all()]
  const inLine = pool.ranking(strategy, exclude, recipient).map((candidate) => candidate.name)
  // A failing number that is due for a probe serves its own contacts and is in no ranking.
  const servesOwn = all.some((one) => one.name === own && refusalReason(one, exclude, recipient) === null)
  if (strategy.followsPreference && own !== null && servesOwn) {
    if (inLine.includes(own)) inLine.splice(inLine.indexOf(own), 1)
    inLine.unshift(own)
  }
  const others = all.filter((one) => !inLine.includes(one.name)).sort(byName)
  const waitedFor = others.find((one) => one.name === own && strategy.followsPreference)
  const waits =
    waitedFor !== undefined &&
    (fallback === 'refuse' ||
      (fallback === 'move' && refusalReason(waitedFor, exclude, recipient) === 'PACING'))
  return {
    chosen: waits ? null : (inLine[0] ?? null),
    candidates: [
      ...inLine.map((name, place) => ({ name, rank: place + 1, reason: null, availableAt: null })),
      ...others.map((candidate) => {
        const reason = refusalReason(candidate, exclude, recipient)
        const againMs = availableAgainMs(candidate, reason, ends, recipient)
        const availableAt = againMs === null ? null : new Date(againMs).toISOString()
        return { name: candidate.name, rank: null, reason, availableAt }
      }),
    ],
  }
}
