import type { ProcedurePath } from './router.ts'

/** They wait for Evolution, for seconds: each goes in a request of its own, so that nobody waits for them. */
const SLOW: readonly string[] = [
  'instance.create',
  'instance.qrCode',
  'instance.restart',
  'instance.logout',
  'instance.delete',
  'instance.import',
  'health.check',
  'health.checkAll',
] satisfies ProcedurePath[]

/** Mutations that may be made twice: the second changes nothing. A reserve only with an idempotency key. */
const REPEATABLE: readonly string[] = [
  'reservation.reserve',
  'reservation.confirm',
  'reservation.release',
  'instance.choose',
] satisfies ProcedurePath[]

/** True for calls that wait for Evolution. */
export function isSlow(path: string): boolean {
  return SLOW.includes(path)
}

/** True for calls that may be repeated when nobody knows whether they were carried out. */
export function isRepeatable(type: 'query' | 'mutation' | 'subscription', path: string): boolean {
  return type === 'query' || REPEATABLE.includes(path)
}

/** An input larger than this goes alone: 64 of them stay below the 1 MiB that the server reads, and no URL is too long. */
const SMALL_INPUT_CHARS = 1_500

/** True for an input that would make a batch too large. */
export function isLarge(input: unknown): boolean {
  return weight(input) > SMALL_INPUT_CHARS
}

/** Characters of all texts in a plain value, roughly what it takes as JSON. */
function weight(value: unknown): number {
  if (typeof value === 'string') return value.length + 4
  if (typeof value !== 'object' || value === null) return 8
  let total = 2
  for (const [key, one] of Object.entries(value)) total += key.length + 4 + weight(one)
  return total
}
