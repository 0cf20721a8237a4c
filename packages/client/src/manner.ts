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
  'fleet.conditions',
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

/** 64 of these stay below the 1 MiB that the server reads, even if every character takes six bytes. */
const SMALL_BODY_CHARS = 2_500
/** Proxies begin to refuse URLs of 8 KiB. */
const SMALL_QUERY_CHARS = 3_000

/** True for an input that would make a batch too large: it goes alone. */
export function isLarge(type: 'query' | 'mutation' | 'subscription', input: unknown): boolean {
  if (type !== 'query') return weight(input) > SMALL_BODY_CHARS
  return input !== undefined && encodeURIComponent(JSON.stringify(input)).length > SMALL_QUERY_CHARS
}

/** Characters of a plain value, roughly as many as its JSON has. */
function weight(value: unknown): number {
  if (typeof value === 'string') return value.length + 4
  if (typeof value !== 'object' || value === null) return 8
  let total = 2
  for (const [key, one] of Object.entries(value)) total += key.length + 4 + weight(one)
  return total
}
