/** How long failed deliveries are repeated. Tests shorten it. */
export type RetryPlan = {
  /** After the first failure. Each further one doubles it. */
  firstMs: number
  longestMs: number
  /** After so long without a success, events that are older are skipped. */
  giveUpMs: number
}

export const RETRY_PLAN: RetryPlan = { firstMs: 5_000, longestMs: 3_600_000, giveUpMs: 3 * 86_400_000 }

/** Waits are drawn from this part around their middle, so that endpoints of one receiver are not posted to at once. */
const JITTER = 0.2

/**
 * The wait before the next attempt, in milliseconds.
 *
 * @param failures attempts in a row that failed, this one included
 * @param retryAfterS what the receiver requested in `retry-after`; null: nothing
 * @param random from 0 to 1
 */
export function retryWaitMs(
  { firstMs, longestMs }: RetryPlan,
  { failures, retryAfterS, random }: { failures: number; retryAfterS: number | null; random: number },
): number {
  const middle = firstMs * 2 ** Math.min(failures - 1, 30)
  const drawn = middle * (1 - JITTER + 2 * JITTER * random)
  const requested = retryAfterS === null ? 0 : retryAfterS * 1_000
  return Math.round(Math.min(longestMs, Math.max(drawn, requested)))
}

/** Whether an attempt reached the receiver, and how it was answered. `status` null: no answer, for the reason `error`. */
export type Attempt = { status: number; retryAfterS: number | null } | { status: null; error: string }

/** What an attempt means: the event is accepted, the receiver wants no more, or it is to be repeated. */
export type Verdict =
  | { kind: 'accepted' }
  | { kind: 'gone'; error: string }
  | { kind: 'failed'; error: string; retryAfterS: number | null }

export function judgeAttempt(attempt: Attempt): Verdict {
  if (attempt.status === null) return { kind: 'failed', error: attempt.error, retryAfterS: null }
  const { status, retryAfterS } = attempt
  if (status >= 200 && status < 300) return { kind: 'accepted' }
  if (status === 410) return { kind: 'gone', error: 'HTTP 410' }
  const error =
    status >= 300 && status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`
  return { kind: 'failed', error, retryAfterS }
}

/** The seconds of a `retry-after` header; null where it has none, or a date. */
export function retryAfterOf(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : null
}
