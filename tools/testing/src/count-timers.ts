/**
 * Counts the fake timers that were started through code of these paths, such as `packages/client/src`, and neither fired nor were cleared. The
 * test files of a worker share a process: `vi.getTimerCount()` has those of programs that earlier files left, too, such as connection pools.
 * To be called after `vi.useFakeTimers()`; `vi.useRealTimers()` ends it.
 */
export function countTimersOf(path: string): () => number {
  const { setTimeout: start, clearTimeout: stop } = globalThis
  const open = new Set<unknown>()
  const startCounted = (
    act: (...args: unknown[]) => void,
    ms?: number,
    ...args: unknown[]
  ): NodeJS.Timeout => {
    if (new Error().stack?.includes(path) !== true) return start(act, ms, ...args)
    const timer = start(() => {
      open.delete(timer)
      act(...args)
    }, ms)
    open.add(timer)
    return timer
  }
  // The library removes its functions by what it marks on them.
  globalThis.setTimeout = Object.assign(startCounted, start) as typeof setTimeout
  const stopCounted = (timer: Parameters<typeof stop>[0]): void => {
    open.delete(timer)
    stop(timer)
  }
  globalThis.clearTimeout = Object.assign(stopCounted, stop)
  return () => open.size
}
