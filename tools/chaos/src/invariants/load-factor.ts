import { availableParallelism, loadavg } from 'node:os'

/** The upper limit of the factor, also for the busiest machine. */
const MOST = 12
/** From this factor on, a process cannot promise an answer within five seconds. */
const OVERLOADED_FROM = 3

/**
 * The factor by which time limits are extended: with twice as many runnable tasks as processors, a second of work takes two. 1
 * on a machine with idle processors. The table prints it beside every verdict that it changed.
 */
export function loadFactor(): number {
  const [lastMinute = 0] = loadavg()
  return Math.min(MOST, Math.max(1, lastMinute / availableParallelism()))
}

/** Whether the machine is overloaded: programs may then report that they, or the database, cannot answer in time. */
export function isOverloaded(by: number): boolean {
  return by >= OVERLOADED_FROM
}
