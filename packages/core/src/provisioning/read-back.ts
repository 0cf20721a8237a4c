import { setTimeout as pause } from 'node:timers/promises'

const READ_EVERY_MS = 250

/**
 * Reads until the result is true. `read` returns undefined where it could not be read; after `forMs` the last result counts,
 * also that one.
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
