import type { Output } from '../world.ts'
import { fit } from './text-width.ts'

/** The sign of the spinner at a time. */
export function spinnerSign(now: number): string {
  return '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'[Math.floor(now / TURN_EVERY_MS) % 10] as string
}

/** Interval of its turns. */
export const TURN_EVERY_MS = 120

/**
 * Shows a spinner on a terminal while `work` runs, after a short delay, and removes it afterwards. Without a terminal it shows
 * nothing.
 */
export async function spinWhile<T>(output: Output, label: string, work: () => Promise<T>): Promise<T> {
  if (!output.isTTY) return work()
  let turned = false
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const seconds = Math.floor((performance.now() - startedAt) / 1000)
    const words = seconds < 2 ? label : `${label} ${seconds} s`
    // Without a line break the next write replaces it.
    output.write(`\r${spinnerSign(performance.now())} ${fit(words, (output.columns ?? 80) - 3)}\u001b[K`)
    turned = true
  }, TURN_EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (turned) output.write('\r\u001b[K')
  }
}
