import { TRPCClientError } from '@trpc/client'
import { FleetError, type FleetErrorFacts, isFleetError, readServerCode } from './fleet-error.ts'

/** Facts of a failed call: the procedure, the server (its origin, which holds no key), the id of the request. */
export type Call = { procedure: string; server: string; requestId: string | null }

/** An answer without JSON, so not from zapfleet: thrown by `fetchJson`, read by `failureOf`. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer'
  readonly status: number

  constructor(status: number) {
    super(`an answer of status ${status} that is no JSON`)
    this.status = status
  }
}

/** No answer arrived; the cause is what `fetch` threw. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'

  constructor(cause: unknown) {
    super('no answer', { cause })
  }
}

/** A path after the origin is the most frequent mistake; messages show the origin alone. */
const CHECK_URL =
  'Set url to the address under which zapfleet serves its page, such as https://fleet.example.com: no path after it, other than a sub path of zapfleet itself.'

/** Statuses of gateways (502-504) and of Cloudflare (520-530) whose server does not answer. */
function isGatewayStatus(status: number): boolean {
  return (status >= 502 && status <= 504) || (status >= 520 && status <= 530)
}

/** Anything that a call threw, as FleetError. */
export function failureOf(error: unknown, call: Call): FleetError {
  if (isFleetError(error)) return error
  if (error instanceof NoAnswer && isFleetError(error.cause)) return error.cause
  const facts = { procedure: call.procedure, requestId: call.requestId }
  if (!(error instanceof TRPCClientError)) return brokenCall(error, call, facts)
  const answer = error.shape as Answer | undefined
  if (answer?.data?.fleet) return refusal(answer, facts)
  if (answer) {
    const words = `${subject(call)}: expected zapfleet at ${call.server}, got an answer of another tRPC server. ${CHECK_URL}`
    return new FleetError('MALFORMED_ANSWER', words, facts)
  }
  return ownError(error.cause) ?? brokenCall(error.cause ?? error, call, facts)
}

/** A FleetError inside an error of tRPC. A stream that ends with one fails again while tRPC disposes of it, which wraps the error. */
function ownError(cause: unknown): FleetError | null {
  if (isFleetError(cause)) return cause
  const inner = typeof cause === 'object' && cause !== null && 'error' in cause ? cause.error : null
  return isFleetError(inner) ? inner : null
}

type Answer = {
  message: string
  code: number
  data: {
    fleet?: { code?: unknown; availableAt?: unknown; reasons?: unknown; nextStep?: unknown }
    requestId?: unknown
  }
}

/** A refusal by zapfleet. */
export function refusal(answer: Answer, facts: FleetErrorFacts): FleetError {
  const { fleet, requestId } = answer.data
  return new FleetError(readServerCode(fleet?.code), answer.message, {
    ...facts,
    availableAt: readInstant(fleet?.availableAt),
    reasons: typeof fleet?.reasons === 'object' && fleet.reasons !== null ? fleet.reasons : {},
    nextStep: fleet?.nextStep === 'activate_licence' ? fleet.nextStep : null,
    requestId: typeof requestId === 'string' ? requestId : (facts.requestId ?? null),
    answer: { error: answer },
  })
}

function readInstant(text: unknown): Date | null {
  const at = typeof text === 'string' ? new Date(text) : null
  return at === null || Number.isNaN(at.getTime()) ? null : at
}

function brokenCall(error: unknown, call: Call, facts: FleetErrorFacts): FleetError {
  const thrown = error instanceof NoAnswer ? error.cause : error
  const about = { ...facts, cause: thrown }
  if (error instanceof StrangeAnswer) return strangeAnswer(error.status, call, about)
  const name = thrown instanceof Error ? thrown.name : ''
  if (name === 'AbortError') return aborted(call, about)
  if (name === 'TimeoutError') {
    return new FleetError('TIMEOUT', `${subject(call)}: no answer from ${call.server} in time.`, about)
  }
  // By the standard of fetch, an error while an answer is read is a TypeError.
  if (error instanceof NoAnswer || thrown instanceof TypeError) {
    const code = networkCode(thrown)
    const words = `${subject(call)}: ${call.server} could not be reached${code === null ? '' : ` (${code})`}. Check the url, and that zapfleet runs there.`
    return new FleetError('UNREACHABLE', words, about)
  }
  const words = `${subject(call)}: expected zapfleet at ${call.server}, got an answer of another program. ${CHECK_URL}`
  return new FleetError('MALFORMED_ANSWER', words, about)
}

function strangeAnswer(status: number, call: Call, facts: FleetErrorFacts): FleetError {
  if (isGatewayStatus(status)) {
    const words = `${subject(call)}: a gateway at ${call.server} answered ${status}: zapfleet is not there behind it.`
    return new FleetError('UNREACHABLE', words, facts)
  }
  const words = `${subject(call)}: expected zapfleet at ${call.server}, got status ${status} without JSON. ${CHECK_URL}`
  return new FleetError('MALFORMED_ANSWER', words, facts)
}

/** The error of a call whose input is no JSON. */
export function notJson(call: Call, cause: unknown): FleetError {
  const [why = ''] = cause instanceof Error ? cause.message.split('\n') : []
  const words = `${subject(call)}: expected an input that can be written as JSON, got one that cannot: ${why}.`
  return new FleetError('INVALID_INPUT', words, { procedure: call.procedure, cause })
}

/** The error of a call that the caller's signal ended. */
export function aborted(call: Call, facts: FleetErrorFacts = {}): FleetError {
  const about = { procedure: call.procedure, requestId: call.requestId, ...facts }
  return new FleetError('ABORTED', `${subject(call)} was aborted by its caller.`, about)
}

/** The error of a call without an answer within this time. */
export function tooLate(call: Call, withinMs: number, facts: FleetErrorFacts = {}): FleetError {
  const about = { procedure: call.procedure, requestId: call.requestId, ...facts }
  return new FleetError(
    'TIMEOUT',
    `${subject(call)}: ${call.server} did not answer within ${withinMs} ms.`,
    about,
  )
}

function subject({ procedure }: Call): string {
  return procedure === '' ? 'zapfleet' : procedure
}

/** Node has a code such as `ECONNREFUSED` in one of the causes; browsers have none. */
function networkCode(error: unknown): string | null {
  let one: unknown = error
  for (let depth = 0; depth < 5 && typeof one === 'object' && one !== null; depth++) {
    if ('code' in one && typeof one.code === 'string') return one.code
    one = 'cause' in one ? one.cause : null
  }
  return null
}
