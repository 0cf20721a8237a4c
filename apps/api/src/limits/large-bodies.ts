import { FleetError } from '@zapfleet/core'
import { SEND_BODY_LIMIT_BYTES } from '../body-limits.ts'

/**
 * Room for large bodies in the memory of this process. A body has its room from before it is read until its call is answered: parsed,
 * stored and sent to Evolution it takes several times its length.
 */
export type LargeBodies = {
  /**
   * Waits for room for a body of up to `bytes`, in the order of the calls.
   *
   * @returns gives the room back; further calls change nothing
   * @throws FleetError OVERLOADED where too many wait, or none became free in time
   */
  take(bytes: number): Promise<() => void>
}

export type LargeBodyOptions = {
  /** Bytes of all bodies together. */
  roomBytes?: number
  /** So many calls wait at most. */
  waiting?: number
  /** So long, in milliseconds. The whole request has to arrive within 30 s. */
  waitMs?: number
}

/** So many bodies of the largest size at once, or more of smaller ones. */
const LARGEST_AT_ONCE = 4
const WAITING = 100
const WAIT_MS = 10_000

type Waiter = { bytes: number; start: () => void }

export function keepLargeBodies({
  roomBytes = LARGEST_AT_ONCE * SEND_BODY_LIMIT_BYTES,
  waiting = WAITING,
  waitMs = WAIT_MS,
}: LargeBodyOptions = {}): LargeBodies {
  let freeBytes = roomBytes
  const queue: Waiter[] = []

  const startNext = (): void => {
    for (let next = queue[0]; next !== undefined && next.bytes <= freeBytes; next = queue[0]) {
      queue.shift()
      freeBytes -= next.bytes
      next.start()
    }
  }

  const waitForRoom = (bytes: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const waiter: Waiter = {
        bytes,
        start() {
          clearTimeout(timer)
          resolve()
        },
      }
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiter), 1)
        reject(overloaded())
        startNext()
      }, waitMs)
      queue.push(waiter)
    })

  return {
    async take(bytes) {
      if (queue.length === 0 && bytes <= freeBytes) freeBytes -= bytes
      else if (queue.length >= waiting) throw overloaded()
      else await waitForRoom(bytes)
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        freeBytes += bytes
        startNext()
      }
    },
  }
}

function overloaded(): FleetError {
  return new FleetError(
    'OVERLOADED',
    'Too many large files are being received at once. Send again in a second, send fewer at a time, or give the file by url.',
  )
}
