import { setMaxListeners } from 'node:events'

/** Work of the leader beside its jobs. Ends soon after `signal` aborts; never rejects. */
export type LeadersWork = (signal: AbortSignal) => Promise<void>

/** Does all of it from `start` to `stop`, which may be called in turns. `stop` resolves when everything has ended. */
export function whileLeading(works: readonly LeadersWork[]): { start(): void; stop(): Promise<void> } {
  let ending = new AbortController()
  let ended: Promise<unknown> = Promise.resolve()
  return {
    start() {
      ending = new AbortController()
      const { signal } = ending
      // Several for each work.
      setMaxListeners(0, signal)
      ended = Promise.all([ended, ...works.map((work) => work(signal))])
    },
    async stop() {
      ending.abort()
      await ended
    },
  }
}
