import type { FleetError } from './fleet-error.ts'
import type { Instance } from './router.ts'
import type { FleetEvent } from './watch.ts'

/**
 * How current the view is.
 *
 * - `connecting`: the stream of changes was never open yet; the list may be there already.
 * - `live`: the stream is open, and the list was read after it opened.
 * - `lost`: the stream or the list failed, and the list was not read since.
 * - `polling`: the stream is interrupted, but the list was read since.
 * - `ended`: closed, aborted, or refused for good.
 */
export type LiveState = 'connecting' | 'live' | 'polling' | 'lost' | 'ended'

/** What is known of the fleet. A snapshot never changes; each change makes another. */
export type LiveSnapshot = {
  /** All numbers, by name; null before the first list. */
  readonly instances: readonly Instance[] | null
  /** How current they are. */
  readonly state: LiveState
  /** When they were last known to be complete, by the clock of this device; null: never. While `live`, that is now. */
  readonly asOf: Date | null
  /** Why the view is not live; null when nothing failed. */
  readonly error: FleetError | null
}

/** One change of a view. */
export type LiveUpdate =
  | {
      /** The whole list: at first, after each interruption, and every `refreshMs`. */
      type: 'list'
      /** All numbers, by name. */
      instances: readonly Instance[]
    }
  | {
      /** An event of the stream, already part of the snapshot. */
      type: 'event'
      /** The event of `watch`. */
      event: FleetEvent
      /** The number before a stored event; null for counters, and where it was not known. */
      previous: Instance | null
    }
  | {
      /** The state changed. */
      type: 'state'
      /** The state from now on. */
      state: LiveState
      /** Why; null when nothing failed. */
      error: FleetError | null
    }

/**
 * The list of all numbers, kept current by the stream of changes. It survives restarts of the API: while the stream is
 * interrupted the list is read periodically, and once more when the stream is open again.
 *
 * Iterating it yields updates, beginning with the present list and state. A reader that falls behind gets the whole list
 * instead of the updates that it missed. Leaving the loop does not close the view.
 */
export type LiveFleet = {
  /** Resolves with the first list; rejects with FleetError when the first read fails, after which the view still tries. */
  readonly ready: Promise<void>
  /** What is known now. The same object until something changes. */
  readonly snapshot: LiveSnapshot
  /** Calls `listener` after each update, until the returned function is called. */
  subscribe(listener: (update: LiveUpdate) => void): () => void
  /** Reads the list now; resolves when a list that was requested after this call arrived, or failed. Never rejects. */
  refresh(): Promise<void>
  /** Adds the answer of a call of yours before the stream sends it: the number, or null when the call deleted it. */
  apply(name: string, instance: Instance | null): void
  /** Ends the stream and all reads. Iterations finish; `snapshot` stays. */
  close(): void
  /** The updates from the present on. Throws the FleetError that ends the view. */
  [Symbol.asyncIterator](): AsyncGenerator<LiveUpdate, void>
}

/** Updates that wait for a slow reader. More are replaced by the present list and state. */
const MOST_WAITING = 1_000

/** The updates of a view from the present on, for one reader that takes as long as it takes. Throws what ended the view. */
export async function* updatesOf(
  live: Pick<LiveFleet, 'snapshot' | 'subscribe'>,
): AsyncGenerator<LiveUpdate, void> {
  let waiting = presentUpdates(live.snapshot)
  let wake = (): void => {}
  const stop = live.subscribe((update) => {
    waiting.push(update)
    if (waiting.length > MOST_WAITING) waiting = presentUpdates(live.snapshot)
    wake()
  })
  try {
    while (true) {
      const update = waiting.shift()
      if (update !== undefined) {
        yield update
        continue
      }
      const { state, error } = live.snapshot
      if (state === 'ended' && error !== null) throw error
      if (state === 'ended') return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    stop()
  }
}

/** The updates that bring a new reader to the present. */
function presentUpdates({ instances, state, error }: LiveSnapshot): LiveUpdate[] {
  const list: LiveUpdate[] = instances === null ? [] : [{ type: 'list', instances }]
  return [...list, { type: 'state', state, error }]
}
