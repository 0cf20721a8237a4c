import type { CallContext } from './carry-out.ts'
import type { Instance } from './router.ts'
import type { WatchOptions } from './watch.ts'

/** Options of `live`. */
export type LiveOptions = {
  /** Closes the view. */
  signal?: AbortSignal
  /** How often the list is read while the view is live, in ms: the clock sets counters to zero without an event. Default 30,000. */
  refreshMs?: number
  /** How often the list is read while it is not, and the pause before a stream that ended is opened again, in ms. Default 5,000. */
  retryMs?: number
  /**
   * How long the first list waits for the stream to open, in ms. In time, one list is enough. Default 0: the list is read at
   * once, and again when the stream is open.
   */
  streamFirstMs?: number
  /** No periodic read happens while this returns true, such as in a hidden tab. */
  isIdle?: () => boolean
  /** Timeout and retries of the calls that read the list; default: those of the client. */
  context?: CallContext
  /** The stream of changes; default: `watch` of this client. For programs that share one stream. */
  watch?: (options: WatchOptions) => {
    /** Ends the stream. */
    stop(): void
  }
}

/** What a view reads from. */
export type LiveSource = {
  list(options: { signal: AbortSignal; context: Record<string, unknown> }): Promise<Instance[]>
  watch(options: WatchOptions): { stop(): void }
}
