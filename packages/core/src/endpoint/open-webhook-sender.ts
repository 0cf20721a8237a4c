import { type LookupAddress, lookup as resolveHost } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Agent } from 'undici'
import { type Attempt, retryAfterOf } from './next-attempt.ts'
import { hostOf, isRefusedAddress, refusedAddressWords } from './webhook-address.ts'
import { webhookSignature } from './webhook-secret.ts'

/** From the call to the end of the answer's head, in milliseconds. */
const TIMEOUT_MS = 15_000
/** Answers are not read; so many bytes are taken, for so long, that the connection can be used again. */
const DRAINED_BYTES = 16_384
const DRAIN_MS = 1_000
/** Receivers close idle connections after 5 s and more; ours close first. */
const IDLE_SOCKET_MS = 4_000

/** A body that is posted, and its id, which is the same for every repetition. */
export type SignedEvent = { id: string; body: string }

/** Posts events. One agent for all receivers of a process; it opens nothing before the first event. */
export type WebhookSender = {
  /** Posts an event, signed now. Never throws: no answer is an attempt without a status. */
  post(url: string, secret: string, event: SignedEvent, signal?: AbortSignal): Promise<Attempt>
  close(): Promise<void>
}

/** @param parts for tests: `lookup` resolves names, `timeoutMs` of a whole attempt */
export function openWebhookSender(
  parts: { lookup?: typeof resolveHost; timeoutMs?: number } = {},
): WebhookSender {
  const { lookup = resolveHost, timeoutMs = TIMEOUT_MS } = parts
  let agent: Agent | null = null
  const open = (): Agent => {
    agent ??= new Agent({
      connect: { lookup: refusing(lookup), timeout: timeoutMs },
      keepAliveTimeout: IDLE_SOCKET_MS,
      keepAliveMaxTimeout: IDLE_SOCKET_MS,
    })
    return agent
  }

  return {
    async post(text, secret, { id, body }, signal) {
      const url = new URL(text)
      // An address is not resolved, so it is checked here.
      if (isRefusedAddress(hostOf(url))) return { status: null, error: refusedAddressWords(url.hostname) }
      const timestamp = Math.floor(Date.now() / 1_000)
      const attempt = new AbortController()
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        attempt.abort()
      }, timeoutMs)
      const giveUp = (): void => attempt.abort()
      // Not AbortSignal.any: a signal that lives for weeks would keep a part of each attempt.
      signal?.addEventListener('abort', giveUp)
      if (signal?.aborted) giveUp()
      try {
        const response = await open().request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'user-agent': 'zapfleet',
            'webhook-id': id,
            'webhook-timestamp': String(timestamp),
            'webhook-signature': webhookSignature(secret, id, timestamp, body),
          },
          body,
          signal: attempt.signal,
        })
        // The head is the answer; what follows it changes nothing.
        await response.body
          .dump({ limit: DRAINED_BYTES, signal: AbortSignal.timeout(DRAIN_MS) })
          .catch(() => {})
        return {
          status: response.statusCode,
          retryAfterS: retryAfterOf(response.headers['retry-after']),
        }
      } catch (error) {
        return { status: null, error: isLate ? noAnswerWithin(timeoutMs) : wordsOf(error) }
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
      }
    },
    async close() {
      await agent?.destroy()
    },
  }
}

/** A lookup that fails where a name has an address to which nothing is posted. */
function refusing(lookup: typeof resolveHost): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const addresses = found as LookupAddress[]
      if (addresses.some(({ address }) => isRefusedAddress(address)))
        return callback(new RefusedAddress(refusedAddressWords(hostname)), '')
      const [first] = addresses
      if (first === undefined) return callback(new RefusedAddress(`${hostname} has no address`), '')
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

class RefusedAddress extends Error {}

function noAnswerWithin(timeoutMs: number): string {
  return `no answer within ${timeoutMs / 1_000} s`
}

/** The code of Node or TLS, such as ECONNREFUSED. Messages are left out, because they may repeat the address with its query. */
function wordsOf(error: unknown): string {
  if (error instanceof RefusedAddress) return error.message
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string') return `no answer: ${code}`
  return cause instanceof Error ? wordsOf(cause) : 'no answer'
}
