import { FleetError } from './fleet-error.ts'

/** How long calls may take, in milliseconds. */
export type Timeouts = {
  /** All tries of a call together (20,000). */
  quickMs?: number
  /** The same of slow calls: create, qrCode, restart, logout, delete, import, move, health.check, checkAll, fleet.conditions, contact.export, forget, message.send, webhookEndpoint.test, alertRoute.test, server.add, check, list, remove, update (60,000). `message.send` is answered within 45,000. */
  slowMs?: number
  /** One try of a call that may be repeated (8,000): a connection without an answer is given up, and the call tried again. */
  attemptMs?: number
  /** Calls are not repeated later than this after their beginning (by default while their timeout lasts). */
  repeatMs?: number
}

/** A try that failed, before the next one. */
export type Retry = {
  /** The procedure, such as `reservation.reserve`. */
  procedure: string
  /** How many tries failed so far, from 1. */
  attempts: number
  /** The wait before the next try, in milliseconds. */
  waitMs: number
  /** How long the call is repeated from now on, in milliseconds. */
  remainingMs: number
  /** Why the last try failed. */
  error: FleetError
}

/** Options of a client. Only `url` and `apiKey` are required. */
export type FleetClientOptions = {
  /** Address of zapfleet: `https://fleet.example.com`. `/trpc` or `/v1` at its end is allowed. In browsers also a path, such as `/`. */
  url: string
  /** The key, or a function that returns it for every request. It is sent in a header; no error holds it. */
  apiKey: string | (() => string | Promise<string>)
  /** How long calls may take. */
  timeouts?: Timeouts
  /** Whether calls are repeated where that is safe (default true). If false, no idempotency keys are made either. */
  retry?: boolean
  /** Whether calls made together share one HTTP request (default true). */
  batch?: boolean
  /**
   * Called before each wait for another try, once for each call, such as for a log line while a server is down. Nothing else
   * reports these failures when a later try succeeds. Its own errors are ignored.
   */
  onRetry?: (retry: Retry) => void
  /** Another `fetch`, for proxies, tracing or tests. */
  fetch?: typeof fetch
}

/** Options with every default filled in. */
export type Settings = {
  /** Ends in `/trpc`. */
  url: string
  /** For messages: the origin alone. */
  server: string
  apiKey: () => string | Promise<string>
  timeouts: Required<Timeouts>
  retry: boolean
  batch: boolean
  onRetry: ((retry: Retry) => void) | undefined
  fetch: typeof fetch
}

const CALLER = 'createFleetClient'

/** Fills in the defaults. Throws FleetError `INVALID_INPUT` with what to change; a key is never shown. */
export function readOptions(options: FleetClientOptions): Settings {
  const { apiKey, timeouts = {} } = options
  const url = trpcAddress(options.url)
  return {
    url: url.href,
    server: url.origin,
    apiKey: typeof apiKey === 'function' ? () => readKey(apiKey) : always(fitKey(apiKey, CALLER)),
    timeouts: {
      quickMs: span(CALLER, 'timeouts.quickMs', timeouts.quickMs, 20_000),
      slowMs: span(CALLER, 'timeouts.slowMs', timeouts.slowMs, 60_000),
      attemptMs: span(CALLER, 'timeouts.attemptMs', timeouts.attemptMs, 8_000),
      repeatMs: span(CALLER, 'timeouts.repeatMs', timeouts.repeatMs, Number.POSITIVE_INFINITY),
    },
    retry: options.retry ?? true,
    batch: options.batch ?? true,
    onRetry: options.onRetry,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  }
}

async function readKey(apiKey: () => string | Promise<string>): Promise<string> {
  let key: string
  try {
    key = await apiKey()
  } catch (cause) {
    throw new FleetError('UNAUTHORIZED', 'apiKey: the function that gives the key failed.', { cause })
  }
  return fitKey(key, CALLER)
}

function always<Value>(value: Value): () => Value {
  return () => value
}

function trpcAddress(text: string): URL {
  const url = address(text, CALLER)
  // People copy the address of a REST route, which begins with /v1.
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')
  url.pathname = path.endsWith('/trpc') ? path : `${path}/trpc`
  return url
}

/** An address without keys, users or queries in it. Throws FleetError `INVALID_INPUT` otherwise. */
export function address(text: string, caller: string): URL {
  let url: URL
  try {
    url = new URL(text, (globalThis as { location?: { href: string } }).location?.href)
  } catch {
    throw unfit(
      `url: expected an address such as https://fleet.example.com, got ${JSON.stringify(withoutSecrets(text))}.`,
      caller,
    )
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw unfit(`url: expected http:// or https://, got ${url.protocol}//.`, caller)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw unfit(
      'url: expected an address alone. Keys belong into apiKey, which sends them in a header.',
      caller,
    )
  }
  return url
}

/** Text before an @ or after a ? may hold a key. */
function withoutSecrets(text: string): string {
  return String(text)
    .replace(/^.*@/s, '…@')
    .replace(/[?#].*$/s, '…')
}

/** A key that fits into a header, without the line break of a file. Errors do not show it. */
export function fitKey(key: unknown, caller: string): string {
  const text = typeof key === 'string' ? key.trim() : ''
  if (text === '') {
    throw unfit('apiKey: expected a key, got nothing. Is the variable set that should hold it?', caller)
  }
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw unfit(
    'apiKey: expected visible ASCII characters without blanks, got others. Is it complete, and alone?',
    caller,
  )
}

/** A span of time, in milliseconds; timers take no more than 2^31 - 1. */
export function span(caller: string, name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (Number.isFinite(value) && value > 0 && value < 2 ** 31) return value
  throw unfit(`${name}: expected a number of milliseconds above 0, at most 2147483647, got ${value}.`, caller)
}

function unfit(message: string, caller: string): FleetError {
  return new FleetError('INVALID_INPUT', `${caller}: ${message}`)
}
