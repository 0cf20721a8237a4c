import {
  beginSession,
  digestOf,
  endSessions,
  type Fleet,
  FleetError,
  listSessions,
  SESSION_SECONDS,
  type Session,
  sessionIdIn,
} from '@zapfleet/core'
import { maskedAddress } from '@zapfleet/telemetry'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Credentials, isFromDashboard, presentedKey, requireKey } from '../authenticate.ts'
import { type Caller, shownPools } from '../caller.ts'
import type { Refuse } from '../errors/refuse.ts'
import { canonicalAddress } from '../network/address.ts'
import { browserName } from './browser-name.ts'
import { endedCookies, presentedSession, SESSION_HEADER, sessionCookie } from './session-cookie.ts'

export const SESSION_PREFIX = '/session'

type SessionParts = Credentials & { fleet: Fleet; refuse: { rest: Refuse } }

const NOT_HERE = 'No route answers here. Use GET, POST or DELETE /session, or DELETE /session/all.'
const NO_SESSION = 'Expected a session, got a key. DELETE /session/all ends every session of a key.'
const FOR_PEOPLE = 'The dashboard needs a key of role viewer or admin; the role of this key is bot.'
const FOREIGN_PAGE =
  'Only the dashboard of this server signs in here. Pages of other origins send a key in the header x-api-key. Behind a proxy, forward Host with its port, or set PAGE_URL to the address of the page.'

/**
 * Sign-ins of the dashboard, for browsers: `POST /session` with a key in `x-api-key` sets a cookie, `GET` reads the session
 * and the others of its key, `DELETE` ends it, `DELETE /session/all` every one of its key, `DELETE /session/{id}` another one.
 * Errors have the form of those at `/v1`.
 */
export function registerSessionRoutes(server: FastifyInstance, parts: SessionParts): void {
  const refuse = parts.refuse.rest
  const open = (register: (scope: FastifyInstance) => void) =>
    server.register(
      async (scope) => {
        scope.setErrorHandler((error, request, reply) => refuse(error, request, reply))
        register(scope)
      },
      { prefix: SESSION_PREFIX },
    )
  open((scope) => {
    scope.setNotFoundHandler((request, reply) =>
      refuse(new FleetError('NOT_FOUND', NOT_HERE), request, reply),
    )
    scope.get('/', { exposeHeadRoute: false }, (request, reply) => readSession(parts, request, reply))
  })
  // Only a key begins a session: a session that began another would outlive itself.
  open((scope) => {
    requireKey(scope, { keyRing: parts.keyRing })
    scope.post('/', (request, reply) => signIn(parts, request, reply))
  })
  open((scope) => {
    requireKey(scope, parts)
    scope.delete('/', async (request, reply) => {
      if (presentedKey(request.headers) !== null) throw new FleetError('INVALID_INPUT', NO_SESSION)
      const id = sessionIdIn(presentedSession(request.headers) ?? '')
      return signOut(parts, request, reply, id)
    })
    scope.delete('/all', (request, reply) => signOut(parts, request, reply, null))
    scope.delete<{ Params: { id: string } }>('/:id', async (request, reply) => {
      const ended = await endSessions(parts.fleet, {
        keyId: callerOf(request).id,
        sessionId: request.params.id,
      })
      if (ended.length === 0) throw new FleetError('NOT_FOUND', 'The key of this call has no such session.')
      return reply.status(204).send()
    })
  })
}

async function signIn(
  parts: SessionParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = callerOf(request)
  if (caller.role === 'bot') throw new FleetError('FORBIDDEN', FOR_PEOPLE)
  if (request.headers[SESSION_HEADER] === undefined || !isFromDashboard(request, parts.addresses))
    throw new FleetError('FORBIDDEN', FOREIGN_PAGE)
  const key = presentedKey(request.headers) ?? ''
  const { session, secret } = await beginSession(
    parts.fleet,
    { id: caller.id, digest: digestOf(key) },
    {
      address: maskedAddress(canonicalAddress(request.ip)),
      browser: browserName(request.headers['user-agent']),
    },
  )
  request.log.info({ key: caller.label, session: session.id }, 'a browser signed in')
  return reply
    .header('set-cookie', sessionCookie(request, { secret, seconds: SESSION_SECONDS }, parts.addresses ?? []))
    .send({ session: shown(session, caller) })
}

/** Answers `{ session: null, others: [] }` without a session: the dashboard reads this first, so it is no error. */
async function readSession(
  parts: SessionParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  const presented = presentedSession(request.headers)
  if (presented === null) return reply.send({ session: null, others: [] })
  if (!isFromDashboard(request, parts.addresses)) throw new FleetError('FORBIDDEN', FOREIGN_PAGE)
  const id = sessionIdIn(presented)
  const caller = id === null ? null : ((await parts.sessionRing?.(presented)) ?? null)
  if (caller !== null) request.server.limits.countCall(caller, request)
  const sessions = caller === null || id === null ? [] : await listSessions(parts.fleet, id)
  const own = sessions.find((one) => one.id === id)
  if (own === undefined || caller === null) {
    reply.header('set-cookie', endedCookies(request))
    return reply.send({ session: null, others: [] })
  }
  return reply.send({ session: shown(own, caller), others: sessions.filter((one) => one !== own) })
}

/** Ends a session of the caller's key, or with null all of them, and removes the cookie. */
async function signOut(
  parts: SessionParts,
  request: FastifyRequest,
  reply: FastifyReply,
  sessionId: string | null,
): Promise<FastifyReply> {
  const { id: keyId, label } = callerOf(request)
  const ended = await endSessions(parts.fleet, { keyId, sessionId })
  request.log.info({ key: label, sessions: ended.length }, 'a browser signed out')
  return reply.header('set-cookie', endedCookies(request)).status(204).send()
}

function shown(session: Session, caller: Caller) {
  const { label, role } = caller
  return { ...session, label, role, pools: shownPools(caller) }
}

function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null)
    throw new Error('expected a caller on a session route, got none: register it in a scope with requireKey')
  return request.caller
}
