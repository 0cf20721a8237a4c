import { lookup as resolveHost } from 'node:dns'
import { Agent } from 'undici'
import { beginAttempt } from './begin-attempt.ts'
import { type AddressRule, guardedLookup, NO_METADATA, RefusedAddress, refusalOf } from './guarded-lookup.ts'
import { retryAfterOf } from './next-attempt.ts'

/** Of an answer that is not read, so many bytes are taken, for so long, that the connection can be used again. */
const DRAINED_BYTES = 16_384
const DRAIN_MS = 1_000
/** Receivers close idle connections after 5 s and more; ours close first. */
const IDLE_SOCKET_MS = 4_000

/** An answer, or the reason why there is none, without the URL. `text`: the begin of its body, where it was wanted. */
export type Posted =
  | { status: number; retryAfterS: number | null; text: string }
  | { status: null; error: string }

/** What is posted. `readBytes`: how much of the answer's body is read; default none. */
export type Post = {
  headers?: Readonly<Record<string, string>>
  body: string
  readBytes?: number
}

/** Posts JSON to programs of others. One agent for all receivers; it opens nothing before the first post. */
export type Poster = {
  /** Posts once, without following redirects. Never throws. */
  post(url: string, post: Post, signal?: AbortSignal): Promise<Posted>
  close(): Promise<void>
}

/**
 * @param timeoutMs from the call to the end of the answer's head
 * @param parts `rule`: to which addresses nothing is posted, also after DNS; `lookup` resolves names, for tests
 */
export function openPoster(
  timeoutMs: number,
  parts: { rule?: AddressRule; lookup?: typeof resolveHost } = {},
): Poster {
  const { rule = NO_METADATA, lookup = resolveHost } = parts
  let agent: Agent | null = null
  const open = (): Agent => {
    agent ??= new Agent({
      connect: { lookup: guardedLookup(lookup, rule), timeout: timeoutMs },
      keepAliveTimeout: IDLE_SOCKET_MS,
      keepAliveMaxTimeout: IDLE_SOCKET_MS,
    })
    return agent
  }

  return {
    async post(text, { headers, body, readBytes = 0 }, signal) {
      const url = new URL(text)
      // An address is not resolved, so it is checked here.
      const refusal = refusalOf(url, rule)
      if (refusal !== null) return { status: null, error: refusal }
      const attempt = beginAttempt(timeoutMs, signal)
      try {
        const response = await open().request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': 'zapfleet', ...headers },
          body,
          signal: attempt.signal,
        })
        const begin = await readBegin(response.body, readBytes)
        // The head is the answer; what follows changes nothing.
        await response.body
          .dump({ limit: DRAINED_BYTES, signal: AbortSignal.timeout(DRAIN_MS) })
          .catch(() => {})
        return {
          status: response.statusCode,
          retryAfterS: retryAfterOf(response.headers['retry-after']),
          text: begin,
        }
      } catch (error) {
        return { status: null, error: attempt.isLate() ? noAnswerWithin(timeoutMs) : noAnswerWords(error) }
      } finally {
        attempt.end()
      }
    },
    async close() {
      await agent?.destroy()
    },
  }
}

/** The first bytes of a body as text; less where it breaks off. */
async function readBegin(body: AsyncIterable<Buffer>, bytes: number): Promise<string> {
  if (bytes === 0) return ''
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      length += chunk.length
      if (length >= bytes) break
    }
  } catch {}
  return Buffer.concat(chunks).subarray(0, bytes).toString('utf8')
}

/** The words for an attempt that took too long. */
export function noAnswerWithin(timeoutMs: number): string {
  return `no answer within ${timeoutMs / 1_000} s`
}

/** The code of Node or TLS, such as ECONNREFUSED. Messages are left out, because they may repeat the address with its query. */
export function noAnswerWords(error: unknown): string {
  if (error instanceof RefusedAddress) return error.message
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string') return `no answer: ${code}`
  return cause instanceof Error ? noAnswerWords(cause) : 'no answer'
}
