import pLimit, { type LimitFunction } from 'p-limit'

/** A place among the sends of a number in flight. */
export type Place = { leave(): void }

/** The sends of each number that are in flight in this process. */
export type SendPlaces = {
  /**
   * A place among the sends of a number, as soon as one is free, in the order of the calls; null where none is within `withinMs`, or
   * `signal` aborts.
   */
  enter(instanceName: string, withinMs: number, signal?: AbortSignal): Promise<Place | null>
}

/** @param most how many sends of a number may be in flight */
export function createSendPlaces(most: number): SendPlaces {
  /** Of each number that was sent by; a number that is removed leaves some bytes. */
  const limits = new Map<string, LimitFunction>()
  return {
    async enter(name, withinMs, signal) {
      if (signal?.aborted) return null
      const limit = limits.get(name) ?? pLimit(most)
      limits.set(name, limit)
      return new Promise((resolve) => {
        let isWaiting = true
        const end = (place: Place | null): void => {
          isWaiting = false
          clearTimeout(timer)
          signal?.removeEventListener('abort', giveUp)
          resolve(place)
        }
        const giveUp = (): void => end(null)
        const timer = setTimeout(giveUp, withinMs)
        signal?.addEventListener('abort', giveUp)
        // The place is taken until the promise resolves.
        void limit(async () => {
          if (isWaiting) await new Promise<void>((leave) => end({ leave }))
        })
      })
    },
  }
}
