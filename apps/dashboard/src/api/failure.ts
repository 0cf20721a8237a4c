import { type FleetErrorCode, isFleetError } from '@zapfleet/client'
import type { Words } from '../words/en.ts'

/** An error for a person: a sentence of the page, and that of the API where it adds something. */
export type Failure = { title: string; more: string | null }

/** The code of an error. */
export function codeOf(error: unknown): FleetErrorCode {
  return isFleetError(error) ? error.code : 'UNEXPECTED'
}

/** Codes whose sentence of the API holds more than that of the page. */
const DETAILED: ReadonlySet<FleetErrorCode> = new Set<FleetErrorCode>([
  'CONFLICT',
  'INVALID_INPUT',
  'INVALID_STATE',
  'NOT_FOUND',
  'FORBIDDEN',
])

/** Sentences of a form for codes that mean something special there. */
export type OwnSentences = Partial<Record<FleetErrorCode, string>>

/** An error in the words of the page, or of the form where the form has its own. */
export function describe(error: unknown, w: Words, sentences: OwnSentences = {}): Failure {
  const code = codeOf(error)
  if (isFleetError(error) && error.nextStep === 'activate_licence')
    return { title: w.failure.activateLicence, more: w.failure.activateLicenceMore }
  const own = error instanceof Error ? error.message : null
  const known = (w.failure as Record<string, string | ((id: string) => string)>)[code]
  const title = sentences[code] ?? (typeof known === 'string' ? known : (own ?? w.failure.UNEXPECTED))
  if (code === 'UNREACHABLE' || code === 'TIMEOUT') return { title, more: w.failure.unreachableMore }
  const requestId = isFleetError(error, 'UNEXPECTED') ? error.requestId : null
  if (requestId) return { title, more: w.failure.requestId(requestId) }
  // Where a form has its own sentence for a refusal, the API names the cause.
  const isDetailed = DETAILED.has(code) || (code === 'EVOLUTION_REFUSED' && code in sentences)
  return { title, more: isDetailed ? own : null }
}
