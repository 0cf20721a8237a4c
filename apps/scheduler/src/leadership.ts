import type { LeaseAnswer, Log } from '@zapfleet/core'

/** The length of a lease by the database's clock. After the death of a leader there is none for this time. */
export const LEASE_MS = 20_000
/** How often the lease is renewed, or tried. */
export const TRY_EVERY_MS = 5_000
/**
 * How long this process leads after it sent a renewal. The rest of the lease is for running jobs: a health round ends within
 * 10 s.
 */
const LEAD_FOR_MS = 10_000
/** The next attempt comes this long after the end of another's lease. */
const AFTER_EXPIRY_MS = 50

/** This process as a candidate for leader. */
export type Leadership = {
  leading(): boolean
  /** Stops trying and releases the lease, so that another may lead at once. May be repeated; never rejects. */
  stop(): Promise<void>
}

/**
 * Tries to get the lease at once and then each 5 s, and renews it while it is held. `onGained` and `onLost` alternate.
 *
 * A leader that cannot renew stops before another can hold the lease: the time counts from before the renewal was sent, by the
 * monotonic clock, and a call that hangs does not delay the end.
 */
export function seekLeadership(options: {
  hold: () => Promise<LeaseAnswer>
  release: () => Promise<void>
  onGained: () => void
  onLost: () => void
  log: Log
}): Leadership {
  const { hold, release, onGained, onLost, log } = options
  let leadUntilMs: number | null = null
  let seenHolder: string | null = null
  let stopped = false
  let failing = false
  let trying: Promise<void> = Promise.resolve()
  let nextTry: NodeJS.Timeout | undefined
  let end: NodeJS.Timeout | undefined

  const lose = (why: string): void => {
    clearTimeout(end)
    if (leadUntilMs === null) return
    leadUntilMs = null
    log.warn({ why }, 'this scheduler no longer leads')
    onLost()
  }
  const keep = (untilMs: number): void => {
    const leftMs = untilMs - performance.now()
    // The lease may have ended while this answer was on its way.
    if (leftMs <= 0) {
      lose('the renewal of the lease took too long')
      return
    }
    const gained = leadUntilMs === null
    leadUntilMs = untilMs
    clearTimeout(end)
    end = setTimeout(() => lose('the lease could not be renewed in time'), leftMs)
    if (!gained) return
    seenHolder = null
    log.info({}, 'this scheduler leads')
    onGained()
  }
  const standBy = (answer: LeaseAnswer): void => {
    lose('another scheduler holds the lease')
    if (answer.holder === null || answer.holder === seenHolder) return
    seenHolder = answer.holder
    log.info({ holder: answer.holder }, 'another scheduler leads; this one stands by')
  }

  const attempt = async (): Promise<void> => {
    const sentAtMs = performance.now()
    let afterMs = TRY_EVERY_MS
    try {
      const answer = await hold()
      if (stopped) return
      failing = false
      if (answer.held) keep(sentAtMs + LEAD_FOR_MS)
      else {
        standBy(answer)
        afterMs = Math.min(afterMs, answer.expiresInMs + AFTER_EXPIRY_MS)
      }
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'the lease could not be read; the next attempt follows')
      failing = true
    }
    if (stopped) return
    const pauseMs = Math.max(0, sentAtMs + afterMs - performance.now())
    nextTry = setTimeout(() => {
      trying = attempt()
    }, pauseMs)
  }

  trying = attempt()
  return {
    leading: () => leadUntilMs !== null && performance.now() < leadUntilMs,
    async stop() {
      if (stopped) return
      stopped = true
      clearTimeout(nextTry)
      clearTimeout(end)
      leadUntilMs = null
      await trying
      await release().catch((error) => log.warn({ err: error }, 'the lease could not be released'))
    },
  }
}
