import { availableParallelism, loadavg } from 'node:os'

/** No machine is so busy that a minute becomes more than these. */
const MOST = 12
/** From here on, even an answer in five seconds is more than a process can promise that hardly runs. */
const STARVED_FROM = 3

/**
 * By how much bounds in time are stretched: what a program does in a second takes two where twice as much wants to run as
 * the machine has processors. 1 on a machine that has time. It is printed beside every verdict that it touched.
 */
export function stretch(): number {
  const [lastMinute = 0] = loadavg()
  return Math.min(MOST, Math.max(1, lastMinute / availableParallelism()))
}

/** Whether programs hardly get to run: they may then say that they, or the database, cannot answer in time. */
export function isStarved(by: number): boolean {
  return by >= STARVED_FROM
}
