import type { IncomingHttpHeaders } from 'node:http'
import { FleetError } from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './caller.ts'
import type { KeyRing, SessionRing } from './key-ring.ts'
import type { LimitKeeper } from './limits/limits.ts'
import { endedCookies, isSameOrigin, presentedSession } from './session/session-cookie.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What callers may do in this process. */
    limits: LimitKeeper
  }
  interface FastifyRequest {
    /** Set by `authenticate` before anything else runs; null on routes that need no key. */
    caller: Caller | null
  }
}

/** The key of a request: header `x-api-key`, or `Authorization: Bearer …`. A key in the URL is not looked at. */
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
  'A session is for the dashboard of this server alone. Pages of other origins send a key in the header x-api-key. Behind a proxy, forward Host with its port, or set PUBLIC_URL to the address of the page.'

/** What opens a scope: keys and, where `sessionRing` is given, sessions of the dashboard. */
export type Opening = {
  keyRing: KeyRing
  sessionRing?: SessionRing | undefined
  /** Where the API is reached from outside; null: not known. */
  publicUrl?: string | null | undefined
}

/**
 * Makes every route of this scope need a key or a session: `authenticate` at the headers, and again when the body is complete,
 * right before the handler, since a body may arrive long after its headers and the key may end meanwhile.
 */
export function requireKey(scope: FastifyInstance, opening: Opening): void {
  scope.addHook('onRequest', authenticate(opening))
  scope.addHook('preHandler', (request, reply, done) => {
    whileHeld(opening, request, (isHeld) => {
      if (isHeld === true) return done()
      if (isHeld !== false) return done(isHeld)
      const isKey = presentedKey(request.headers) !== null
      if (isKey) reply.header('www-authenticate', 'Bearer')
      done(new FleetError('UNAUTHORIZED', isKey ? ENDED_KEY : ENDED_SESSION))
    })
  })
}

/** How often the key of an open stream is looked up. Keys that end elsewhere are seen within a second or so. */
const STREAM_CHECK_MS = 250

/** Cuts a stream of events when its key or session ends: within 2 s, in whichever process it ended. */
export function endWithKey(opening: Opening, request: FastifyRequest, reply: FastifyReply): void {
  const checking = setInterval(() => {
    whileHeld(opening, request, (isHeld) => {
      if (isHeld === true) return
      clearInterval(checking)
      request.raw.socket.destroy()
    })
  }, STREAM_CHECK_MS).unref()
  reply.raw.once('close', () => clearInterval(checking))
}

/** The holder of the key or session of a request, or null when it presents none that is valid. */
function holderOf({ keyRing, sessionRing }: Opening, request: FastifyRequest): ReturnType<KeyRing> {
  const key = presentedKey(request.headers)
  if (key !== null) return keyRing(key)
  const session = sessionRing === undefined ? null : presentedSession(request.headers)
  return session === null ? null : (sessionRing?.(session) ?? null)
}

/** Whether the caller that this request was let in as still holds its key or session, or why that cannot be known. */
function whileHeld(opening: Opening, request: FastifyRequest, tell: (isHeld: boolean | Error) => void): void {
  const judge = (holder: Caller | null): void => tell(holder !== null && holder.id === request.caller?.id)
  try {
    const holder = holderOf(opening, request)
    if (holder instanceof Promise) holder.then(judge, tell)
    else judge(holder)
  } catch (error) {
    tell(error as Error)
  }
}

/** Whether a request comes from the dashboard of this server, see `isSameOrigin`. */
export function isFromDashboard(request: FastifyRequest, publicUrl: string | null | undefined): boolean {
  const hosts = [request.host, ...(publicUrl ? [new URL(publicUrl).host] : [])]
  return isSameOrigin(request.headers, hosts)
}

/**
 * An onRequest hook that puts the caller on the request, before the body is read. Without a key, or with one that
 * nobody holds, the request ends in `UNAUTHORIZED`; with too many calls of one key, or wrong keys of one address, in
 * `RATE_LIMITED`; with a session from a page of another origin in `FORBIDDEN`.
 */
function authenticate(opening: Opening) {
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { limits } = request.server
    const isKey = presentedKey(request.headers) !== null
    const settle = (caller: Caller | null): void => {
      request.caller = caller
      if (caller === null) {
        done(isKey ? wrongKey() : endedSession())
        return
      }
      try {
        limits.countCall(caller, request)
        done()
      } catch (error) {
        done(error as Error)
      }
    }
    const wrongKey = (): FleetError => {
      reply.header('www-authenticate', 'Bearer')
      return limits.wrongKey(request, new FleetError('UNAUTHORIZED', WRONG_KEY))
    }
    // Not counted as a wrong key: a browser presents a session that ended until it learns of that.
    const endedSession = (): FleetError => {
      reply.header('set-cookie', endedCookies(request))
      return new FleetError('UNAUTHORIZED', ENDED_SESSION)
    }
    reply.header('cache-control', 'no-store')
    if (!isKey) {
      if (opening.sessionRing === undefined || presentedSession(request.headers) === null) {
        reply.header('www-authenticate', 'Bearer')
        done(new FleetError('UNAUTHORIZED', NO_KEY))
        return
      }
      if (!isFromDashboard(request, opening.publicUrl)) {
        done(new FleetError('FORBIDDEN', FOREIGN_PAGE))
        return
      }
    }
    // A ring that knows at once costs the hot path no turn of the event loop.
    let caller: ReturnType<KeyRing>
    try {
      caller = holderOf(opening, request)
    } catch (error) {
      done(error as Error)
      return
    }
    if (caller instanceof Promise) caller.then(settle, done)
    else settle(caller)
  }
}
