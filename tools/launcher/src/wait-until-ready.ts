import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Requests `url` every 100 ms until it answers 200: true. False after `timeoutMs`; throws the signal's reason when `signal` is
 * aborted.
 * @param onReason called with the `reason` of each other answer, null for an answer without one
 */
export async function waitUntilReady(
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
  onReason: (reason: string | null) => void,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    signal.throwIfAborted()
    try {
      const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) })
      const text = await answer.text()
      if (answer.ok) return true
      onReason(reasonIn(text))
    } catch {
      // The listener is not open yet.
    }
    await sleep(100, null, { signal }).catch(() => null)
  }
  signal.throwIfAborted()
  return false
}

function reasonIn(text: string): string | null {
  try {
    const { reason } = JSON.parse(text) as { reason?: unknown }
    return typeof reason === 'string' ? reason : null
  } catch {
    return null
  }
}
