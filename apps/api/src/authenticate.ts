import type { IncomingHttpHeaders } from 'node:http'
import { FleetError } from '@zapfleet/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
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

/**
 * An onRequest hook that puts the caller on the request, before the body is read. Without a key, or with one that
 * nobody holds, the request ends in `UNAUTHORIZED`; with too many calls of one key, or wrong keys of one address, in
 * `RATE_LIMITED`.
 */
export function authenticate(keyRing: KeyRing) {
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
