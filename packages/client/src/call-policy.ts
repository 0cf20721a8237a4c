import type { ProcedurePath } from './router.ts'

// The procedures state these properties in their `meta`; a test compares the lists with it.

/** Calls that wait for Evolution or read whole tables, for seconds. Each gets a request of its own: a batch is answered when its slowest call is. */
const SLOW_CALLS: readonly string[] = [
  'instance.create',
  'instance.qrCode',
  'instance.restart',
  'instance.logout',
  'instance.delete',
  'instance.import',
  'instance.move',
  'health.check',
  'health.checkAll',
  'fleet.conditions',
  'contact.export',
  'contact.forget',
  'message.send',
  'webhookEndpoint.test',
  'alertRoute.test',
  'server.list',
  'server.add',
  'server.update',
  'server.remove',
  'server.check',
] satisfies ProcedurePath[]

/** Mutations that may be repeated: the second call changes nothing. `reserve` and `send` only with an idempotency key. */
const REPEATABLE: readonly string[] = [
  'reservation.reserve',
  'reservation.confirm',
  'reservation.release',
  'reservation.report',
  'instance.choose',
  'contact.recordInbound',
  'contact.block',
  'contact.unblock',
  'contact.forget',
  'message.send',
  'message.cancel',
] satisfies ProcedurePath[]

/** Calls that may be repeated only with an idempotency key. */
const KEYED: readonly string[] = ['reservation.reserve', 'message.send'] satisfies ProcedurePath[]

/** Queries about a person, which the server takes by POST, too. */
const POSTABLE: readonly string[] = [
  'contact.get',
  'contact.export',
  'instance.explain',
  'message.list',
] satisfies ProcedurePath[]

/** Whether a query may be sent as a POST: servers and proxies refuse addresses of more than some KiB. */
export function isPostable(type: 'query' | 'mutation' | 'subscription', path: string): boolean {
  return type === 'query' && POSTABLE.includes(path)
}

/** Whether a call needs an idempotency key before it may be repeated. */
export function takesKey(path: string): boolean {
  return KEYED.includes(path)
}

/** Whether a call waits for Evolution or reads whole tables. */
export function isSlow(path: string): boolean {
  return SLOW_CALLS.includes(path)
}

/** Whether a call may be repeated when it is unknown whether the first one was carried out. */
export function isRepeatable(type: 'query' | 'mutation' | 'subscription', path: string): boolean {
  return type === 'query' || REPEATABLE.includes(path)
}

/** 64 of these stay below the 1 MiB that the server reads, even if every character takes six bytes. */
const SMALL_BODY_CHARS = 2_500
/** Some proxies refuse URLs of 8 KiB. */
const SMALL_QUERY_CHARS = 3_000

/** Whether an input would make a batch too large. Such a call gets a request of its own. */
export function isLarge(type: 'query' | 'mutation' | 'subscription', input: unknown): boolean {
  if (type !== 'query') return weight(input) > SMALL_BODY_CHARS
  return input !== undefined && encodeURIComponent(JSON.stringify(input)).length > SMALL_QUERY_CHARS
}

/** The approximate number of characters of a value's JSON. */
function weight(value: unknown): number {
  if (typeof value === 'string') return value.length + 4
  if (typeof value !== 'object' || value === null) return 8
  let total = 2
  for (const [key, one] of Object.entries(value)) total += key.length + 4 + weight(one)
  return total
}
