import { FleetError, type FleetErrorCode } from '@zapfleet/client'
import type { Session } from '@zapfleet/core'
import type { Role } from '../api/open-client.ts'
import { SESSION_HEADER } from '../api/open-client.ts'

/** The session of this browser, with the label, the role and the pools of its key. `pools` null: it is not bound to pools. */
export type OwnSession = Session & { label: string; role: Role; pools: string[] | null }

/** The answer of `GET /session`; null without a valid sign-in. */
export type Sessions = { session: OwnSession | null; others: Session[] }

/** Reads the session of this browser and the others of its key. @throws FleetError */
export async function readSessions(signal?: AbortSignal): Promise<Sessions> {
  return (await callSession('GET', '', { signal })) as Sessions
}

/** Signs this browser in. The key is sent once and stored nowhere. @throws FleetError UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, … */
export async function beginSession(key: string): Promise<void> {
  await callSession('POST', '', { key })
}

/** Ends the session of this browser. One that ended before is no error. @throws FleetError */
export async function endSession(): Promise<void> {
  await callSession('DELETE', '').catch((error: FleetError) => {
    if (error.code !== 'UNAUTHORIZED') throw error
  })
}

/** Ends every session of the key of this browser's session, this one included. @throws FleetError */
export async function endAllSessions(): Promise<void> {
  await callSession('DELETE', '/all')
}

/** Ends another session of the same key. One that ended before is no error. @throws FleetError */
export async function endOtherSession(id: string): Promise<void> {
  await callSession('DELETE', `/${encodeURIComponent(id)}`).catch((error: FleetError) => {
    if (error.code !== 'NOT_FOUND') throw error
  })
}

async function callSession(
  method: string,
  path: string,
  { key, signal }: { key?: string; signal?: AbortSignal | undefined } = {},
): Promise<unknown> {
  const response = await fetch(`./session${path}`, {
    method,
    headers: { [SESSION_HEADER]: '1', ...(key === undefined ? {} : { 'x-api-key': key }) },
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    throw new FleetError('UNREACHABLE', 'The API does not answer.', { cause })
  })
  if (response.status === 204) return null
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && body !== null) return body
  const { error } = (body ?? {}) as { error?: { code: FleetErrorCode; message: string } }
  if (error === undefined)
    throw new FleetError('MALFORMED_ANSWER', `Expected JSON from /session, got status ${response.status}.`)
  throw new FleetError(error.code, error.message)
}
