import type { IncomingHttpHeaders } from 'node:http'
import { FleetError } from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './caller.ts'
import type { KeyRing, SessionRing } from './key-ring.ts'
import type { LimitKeeper } from './limits/limits.ts'
import { endedCookies, isSameOrigin, presentedSession } from './session/session-cookie.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The limits of callers in this process. */
    limits: LimitKeeper
  }
  interface FastifyRequest {
    /** Set by `authenticate` before any other hook; null on routes that need no key. */
    caller: Caller | null
    /** When the key or session was found valid, by `performance.now()`. */
    checkedAtMs: number
  }
}

/** A key that ended in this time ended while the call ran. */
const STILL_HELD_MS = 1

/** The key of a request: header `x-api-key`, or `Authorization: Bearer …`. A key in the URL is not read. */
export function presentedKey(headers: IncomingHttpHeaders): string | null {
  const own = headers['x-api-key']
  if (typeof own === 'string' && own !== '') return own
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null
}

const NO_KEY = 'This needs an API key. Send yours in the header x-api-key, or as Authorization: Bearer <key>.'
const WRONG_KEY = 'This API key is not known here. Check that it is complete and belongs to this server.'
const ENDED_KEY = 'This API key ended before the request was complete. Send the call with a valid key.'
const ENDED_SESSION = 'The session ended. Sign in again.'
const FOREIGN_PAGE =
  'A session is for the dashboard of this server alone. Pages of other origins send a key in the header x-api-key. Behind a proxy, forward Host with its port, or set PAGE_URL to the address of the page.'

/** The credentials that a scope accepts: keys and, with `sessionRing`, sessions of the dashboard. */
export type Credentials = {
  keyRing: KeyRing
  sessionRing?: SessionRing | undefined
  /** Where the API is reached from outside, beside the host that a request names. */
  addresses?: readonly string[] | undefined
}

/**
 * Requires a key or a session for every route of a scope. It is checked at the headers, and again when the body is complete:
 * a body may arrive long after its headers, and the key may end meanwhile.
 */
export function requireKey(scope: FastifyInstance, credentials: Credentials): void {
  scope.addHook('onRequest', authenticate(credentials))
  scope.addHook('preHandler', (request, reply, done) => {
    if (performance.now() - request.checkedAtMs < STILL_HELD_MS) return done()
    whileHeld(credentials, request, (isHeld) => {
      if (isHeld === true) return done()
      if (isHeld !== false) return done(isHeld)
      const isKey = presentedKey(request.headers) !== null
      if (isKey) reply.header('www-authenticate', 'Bearer')
      done(new FleetError('UNAUTHORIZED', isKey ? ENDED_KEY : ENDED_SESSION))
    })
  })
}

/** How often the key of an open stream is checked. The end of a key in another process is read within about a second. */
const STREAM_CHECK_MS = 250

/** Closes a stream of events within 2 s after its key or session ended, in any process. */
export function endWithKey(credentials: Credentials, request: FastifyRequest, reply: FastifyReply): void {
  const checking = setInterval(() => {
    whileHeld(credentials, request, (isHeld) => {
      if (isHeld === true) return
      clearInterval(checking)
      request.raw.socket.destroy()
    })
  }, STREAM_CHECK_MS).unref()
  reply.raw.once('close', () => clearInterval(checking))
}

/** The holder of a request's key or session; null without a valid one. */
function holderOf({ keyRing, sessionRing }: Credentials, request: FastifyRequest): ReturnType<KeyRing> {
  const key = presentedKey(request.headers)
  if (key !== null) return keyRing(key)
  const session = sessionRing === undefined ? null : presentedSession(request.headers)
  return session === null ? null : (sessionRing?.(session) ?? null)
}

/** Calls back whether the caller of a request still holds its key or session, or the error of that check. */
function whileHeld(
  credentials: Credentials,
  request: FastifyRequest,
  callback: (isHeld: boolean | Error) => void,
): void {
  const compare = (holder: Caller | null): void =>
    callback(holder !== null && holder.id === request.caller?.id)
  try {
    const holder = holderOf(credentials, request)
    if (holder instanceof Promise) holder.then(compare, callback)
    else compare(holder)
  } catch (error) {
    callback(error as Error)
  }
}

/** Whether a request comes from the dashboard of this server, see `isSameOrigin`. */
export function isFromDashboard(request: FastifyRequest, addresses: readonly string[] = []): boolean {
  const hosts = [request.host, ...addresses.map((url) => new URL(url).host)]
  return isSameOrigin(request.headers, hosts)
}

/**
 * An onRequest hook that sets the caller of a request before the body is read. Errors: `UNAUTHORIZED` without a key or with an
 * unknown one, `RATE_LIMITED` after too many calls of a key or wrong keys of an address, `FORBIDDEN` for a session from a page
 * of another origin.
 */
function authenticate(credentials: Credentials) {
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { limits } = request.server
    const isKey = presentedKey(request.headers) !== null
    const accept = (caller: Caller | null): void => {
      request.caller = caller
      if (caller === null) {
        if (isKey) wrongKey()
        else done(endedSession())
        return
      }
      try {
        limits.countCall(caller, request)
        request.checkedAtMs = performance.now()
        done()
      } catch (error) {
        done(error as Error)
      }
    }
    const wrongKey = (): void => {
      reply.header('www-authenticate', 'Bearer')
      limits.wrongKey(request, new FleetError('UNAUTHORIZED', WRONG_KEY), done)
    }
    // Not counted as a wrong key: a browser sends an ended session until it gets this answer.
    const endedSession = (): FleetError => {
      reply.header('set-cookie', endedCookies(request))
      return new FleetError('UNAUTHORIZED', ENDED_SESSION)
    }
    reply.header('cache-control', 'no-store')
    if (!isKey) {
      if (credentials.sessionRing === undefined || presentedSession(request.headers) === null) {
        reply.header('www-authenticate', 'Bearer')
        done(new FleetError('UNAUTHORIZED', NO_KEY))
        return
      }
      if (!isFromDashboard(request, credentials.addresses)) {
        done(new FleetError('FORBIDDEN', FOREIGN_PAGE))
        return
      }
    }
    // A ring that answers synchronously saves the hot path a turn of the event loop.
    let caller: ReturnType<KeyRing>
    try {
      caller = holderOf(credentials, request)
    } catch (error) {
      done(error as Error)
      return
    }
    if (caller instanceof Promise) caller.then(accept, done)
    else accept(caller)
  }
}
