import { setTimeout as pause } from 'node:timers/promises'

const READ_EVERY_MS = 250

/**
 * What Evolution promises is read until it is true. `read` answers undefined where the truth could not be told; after `forMs`
 * the last answer counts, also that one.
 */
export async function readBack(
  read: () => Promise<boolean | undefined>,
  forMs: number,
): Promise<boolean | undefined> {
  const untilMs = performance.now() + forMs
  for (;;) {
    const answer = await read()
    if (answer === true || performance.now() >= untilMs) return answer
    await pause(READ_EVERY_MS)
  }
}
