import type { IncomingHttpHeaders } from 'node:http'
import { FleetError } from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './caller.ts'
import type { LimitKeeper } from './edge/limits.ts'
import type { KeyRing } from './key-ring.ts'

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

/**
 * Makes every route of this scope need a key: `authenticate` at the headers, and again when the body is complete, right
 * before the handler, since a body may arrive long after its headers and the key may end meanwhile.
 */
export function requireKey(scope: FastifyInstance, keyRing: KeyRing): void {
  scope.addHook('onRequest', authenticate(keyRing))
  scope.addHook('preHandler', (request, reply, done) => {
    whileHeld(keyRing, request, (isHeld) => {
      if (isHeld === true) return done()
      if (isHeld === false) reply.header('www-authenticate', 'Bearer')
      done(isHeld === false ? new FleetError('UNAUTHORIZED', ENDED_KEY) : isHeld)
    })
  })
}

/** How often the key of an open stream is looked up. Keys that end elsewhere are seen within a second or so. */
const STREAM_CHECK_MS = 250

/** Cuts a stream of events when its key ends: within 2 s, wherever the key was revoked. */
export function endWithKey(keyRing: KeyRing, request: FastifyRequest, reply: FastifyReply): void {
  const checking = setInterval(() => {
    whileHeld(keyRing, request, (isHeld) => {
      if (isHeld === true) return
      clearInterval(checking)
      request.raw.socket.destroy()
    })
  }, STREAM_CHECK_MS).unref()
  reply.raw.once('close', () => clearInterval(checking))
}

/** Whether the key of this request is still held by the caller that it was let in as, or why that cannot be known. */
function whileHeld(keyRing: KeyRing, request: FastifyRequest, tell: (isHeld: boolean | Error) => void): void {
  const key = presentedKey(request.headers)
  const judge = (holder: Caller | null): void => tell(holder !== null && holder.id === request.caller?.id)
  try {
    const holder = key === null ? null : keyRing(key)
    if (holder instanceof Promise) holder.then(judge, tell)
    else judge(holder)
  } catch (error) {
    tell(error as Error)
  }
}

/**
 * An onRequest hook that puts the caller on the request, before the body is read. Without a key, or with one that
 * nobody holds, the request ends in `UNAUTHORIZED`; with too many calls of one key, or wrong keys of one address, in
 * `RATE_LIMITED`.
 */
function authenticate(keyRing: KeyRing) {
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { limits } = request.server
    const settle = (caller: Caller | null): void => {
      request.caller = caller
      if (caller === null) {
        reply.header('www-authenticate', 'Bearer')
        done(limits.wrongKey(request, reply, new FleetError('UNAUTHORIZED', WRONG_KEY)))
        return
      }
      try {
        limits.countCall(caller, request, reply)
        done()
      } catch (error) {
        done(error as Error)
      }
    }
    reply.header('cache-control', 'no-store')
    const key = presentedKey(request.headers)
    if (key === null) {
      reply.header('www-authenticate', 'Bearer')
      done(new FleetError('UNAUTHORIZED', NO_KEY))
      return
    }
    // A ring that knows at once costs the hot path no turn of the event loop.
    let caller: ReturnType<KeyRing>
    try {
      caller = keyRing(key)
    } catch (error) {
      done(error as Error)
      return
    }
    if (caller instanceof Promise) caller.then(settle, done)
    else settle(caller)
  }
}
