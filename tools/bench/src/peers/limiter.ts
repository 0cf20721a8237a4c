import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { Call } from '../load/drive.ts'
import { CAPACITY } from '../population.ts'

/** The two windows of a send in rate-limiter-flexible: they begin at the first use, not at the hour of the clock. */
export const WINDOWS = {
  hour: { points: CAPACITY, duration: 3_600 },
  day: { points: CAPACITY, duration: 86_400 },
} as const

/**
 * The work of a reserve's counting: choose a number (here by an in-memory rotation), count its hour and its day. The two are
 * sent together and are not atomic, which is the fastest way to use the library.
 */
export function countedSend(
  limiters: { hour: RateLimiterAbstract; day: RateLimiterAbstract },
  numbers: number,
): Call {
  let turn = 0
  return () => {
    const number = `number-${1 + (turn++ % numbers)}`
    return Promise.all([limiters.hour.consume(number), limiters.day.consume(number)])
  }
}
