import { type FleetErrorCode, isFleetError } from '@zapfleet/client'
import type { Words } from '../words/en.ts'

/** What went wrong, for a person: a sentence of ours, and where it adds something, the API's own. */
export type Failure = { title: string; more: string | null }

/** The code of an error. */
export function codeOf(error: unknown): FleetErrorCode {
  return isFleetError(error) ? error.code : 'UNEXPECTED'
}

/** Codes whose sentence of the API says more than ours can. */
const TELLING: ReadonlySet<FleetErrorCode> = new Set<FleetErrorCode>([
  'CONFLICT',
  'INVALID_INPUT',
  'INVALID_STATE',
  'NOT_FOUND',
  'FORBIDDEN',
])

/** Puts an error into the words of the page. */
export function describe(error: unknown, w: Words): Failure {
  const code = codeOf(error)
  const own = error instanceof Error ? error.message : null
  const known = (w.failure as Record<string, string | ((id: string) => string)>)[code]
  const title = typeof known === 'string' ? known : (own ?? w.failure.UNEXPECTED)
  if (code === 'UNREACHABLE' || code === 'TIMEOUT') return { title, more: w.failure.unreachableMore }
  const requestId = isFleetError(error, 'UNEXPECTED') ? error.requestId : null
  if (requestId) return { title, more: w.failure.requestId(requestId) }
  return { title, more: TELLING.has(code) ? own : null }
}
