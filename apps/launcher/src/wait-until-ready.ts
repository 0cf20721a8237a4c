import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks `url` every 100 ms until it answers 200: true. False when `timeoutMs` have passed; throws the signal's reason
 * when `signal` is aborted.
 */
export async function waitUntilReady(url: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    signal.throwIfAborted()
    try {
      const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) })
      await answer.arrayBuffer()
      if (answer.ok) return true
    } catch {
      // Not listening yet.
    }
    await sleep(100, null, { signal }).catch(() => null)
  }
  signal.throwIfAborted()
  return false
}
