import { follow } from '../connection/follow.ts'
import type { Instance } from '../connection/open-client.ts'
import { isPassing } from '../failure.ts'
import type { Session } from '../session.ts'
import { type FleetEvent, type FleetView, viewOf, withEvent } from './fleet-view.ts'

/** The list is read anew so often: counters fall to zero by the clock, which is no event. */
const READ_EVERY_MS = 30_000
/** While nothing can be read, it is tried so often. */
const RETRY_EVERY_MS = 2_000

/** What `followFleet` tells. `list` comes first, and again whenever the whole was read. */
export type FleetListener = {
  list(view: FleetView): void
  event(event: FleetEvent, before: FleetView, after: FleetView): void
  /** From now on nothing new is known. */
  away(): void
  /** It is known again; a `list` has just come. */
  back(): void
}

/**
 * Follows all numbers until `signal` aborts, through every absence of the API. What was read is replaced whole after an
 * absence, so nothing that happened meanwhile is missed.
 *
 * @throws what the API refuses it with
 */
export async function followFleet(
  session: Session,
  listener: FleetListener,
  signal: AbortSignal,
): Promise<void> {
  const { instance } = session.client()
  let view: FleetView = new Map()
  let isAway = false
  let reading: Promise<void> | null = null
  let retry: NodeJS.Timeout | undefined
  const meanwhile: FleetEvent[] = []
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })

  const apply = (event: FleetEvent): void => {
    const before = view
    view = withEvent(before, event)
    listener.event(event, before, view)
  }
  const applyMeanwhile = () => {
    for (const event of meanwhile.splice(0)) apply(event)
  }
  const show = (instances: readonly Instance[]): void => {
    view = viewOf(instances)
    listener.list(view)
    // What came while the list was under way may be newer than it.
    applyMeanwhile()
    if (isAway) listener.back()
    isAway = false
  }
  const goAway = (): void => {
    if (!isAway) listener.away()
    isAway = true
  }
  const read = (): Promise<void> => {
    reading ??= instance.list
      .query({}, { signal })
      .then(show, (error: unknown) => {
        if (signal.aborted) return
        if (!isPassing(error)) return fail(error)
        applyMeanwhile()
        goAway()
        retry = setTimeout(read, RETRY_EVERY_MS)
      })
      .finally(() => {
        reading = null
      })
    return reading
  }

  // The first list says at once when the fleet is not there, or may not be seen.
  show(await instance.list.query({}, { signal }))
  const timer = setInterval(read, READ_EVERY_MS)
  try {
    await Promise.race([
      failed,
      follow<FleetEvent | { id: string; data: FleetEvent }>(
        (ears) => instance.onChange.subscribe({}, ears as never),
        {
          data(message) {
            const event = 'data' in message ? message.data : message
            if (reading === null) apply(event)
            else meanwhile.push(event)
          },
          away: goAway,
          // A list that is under way may have been read before the stream began.
          back: () => void (reading ?? Promise.resolve()).then(read),
        },
        signal,
      ),
    ])
  } finally {
    clearInterval(timer)
    clearTimeout(retry)
  }
}
