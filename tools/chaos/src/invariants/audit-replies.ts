import { ANSWER_WITHIN_MS } from '../load/call-api.ts'
import type { Failure } from '../load/ledger.ts'
import type { Absence } from '../site/run-program.ts'

/** A time in which the number SPARE was not connected, by the fleet's own history; milliseconds since the epoch. */
export type Closure = { fromMs: number; toMs: number }

/** The answers that are allowed, and when. */
export type Allowance = {
  /** The fault and its recovery. */
  fromMs: number
  toMs: number
  /** Typed errors that the fault allows. */
  allowedErrors: readonly string[]
  /** The times at which the process that callers use was down. */
  absences: readonly Absence[]
  closures: readonly Closure[]
  /** The machine was overloaded: a missed deadline is then allowed in every fault. */
  overloaded: boolean
}

/** The tolerance between the clocks of two sides: for a broken connection and for a row of the history. */
const TOLERANCE_MS = 1_000

/** Errors for an answer that did not come in time. */
const LATE = ['OVERLOADED', 'DATABASE_UNAVAILABLE']

/** Checks every answer that was not the requested one. */
export function auditReplies(failures: readonly Failure[], allowance: Allowance): string[] {
  return failures.flatMap((failure) => {
    const broken = wrongIn(failure, allowance)
    if (broken === null) return []
    const { verb, reply, fromMs, toMs } = failure
    const when = `${fromMs - allowance.fromMs} to ${toMs - allowance.fromMs} ms after the fault began`
    return [`${broken}: ${verb} got ${JSON.stringify(reply)}, ${when}`]
  })
}

function wrongIn(failure: Failure, allowance: Allowance): string | null {
  const { reply, fromMs, toMs } = failure
  const during = (one: { fromMs: number; toMs: number }): boolean =>
    fromMs <= one.toMs + TOLERANCE_MS && toMs >= one.fromMs - TOLERANCE_MS
  if (reply.kind === 'invalid') return 'an error without a type'
  if (reply.kind === 'no reply') {
    if (allowance.absences.some(during)) return null
    return toMs - fromMs >= ANSWER_WITHIN_MS ? 'no answer' : 'a connection broke while the API was up'
  }
  if (reply.code === 'NO_CAPACITY') {
    if (!failure.mightUseSpare || allowance.closures.some(during)) return null
    return 'a false NO_CAPACITY'
  }
  if (allowance.overloaded && LATE.includes(reply.code)) return null
  if (!allowance.allowedErrors.includes(reply.code)) return 'an error that this fault does not explain'
  return during(allowance) ? null : 'an error after the recovery'
}
