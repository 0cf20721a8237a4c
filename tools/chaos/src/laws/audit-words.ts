import { ANSWER_WITHIN_MS } from '../load/call-api.ts'
import type { Failure } from '../load/ledger.ts'
import type { Absence } from '../site/run-program.ts'

/** A time in which the haven was not connected, by the fleet's own history; milliseconds since the epoch. */
export type Closure = { fromMs: number; toMs: number }

/** What may be told, and when. */
export type Licence = {
  /** The fault and its recovery. */
  fromMs: number
  toMs: number
  /** Typed errors that it brings. */
  tells: readonly string[]
  /** When the process that callers talk to was not there. */
  absences: readonly Absence[]
  closures: readonly Closure[]
  /** The machine had no time: no answer before a deadline is then the truth, whatever the fault. */
  starved: boolean
}

/** A connection breaks, and a history's row is written, a little before or after the other side tells of it. */
const BLUR_MS = 1_000

/** What is told of an answer that did not come in time. */
const LATE = ['OVERLOADED', 'DATABASE_UNAVAILABLE']

/** Checks every word that callers were told which was not what they asked for. */
export function auditWords(failures: readonly Failure[], licence: Licence): string[] {
  return failures.flatMap((failure) => {
    const broken = wrongIn(failure, licence)
    if (broken === null) return []
    const { verb, told, fromMs, toMs } = failure
    const when = `${fromMs - licence.fromMs} to ${toMs - licence.fromMs} ms after the fault began`
    return [`${broken}: ${verb} was told ${JSON.stringify(told)}, ${when}`]
  })
}

function wrongIn(failure: Failure, licence: Licence): string | null {
  const { told, fromMs, toMs } = failure
  const during = (one: { fromMs: number; toMs: number }): boolean =>
    fromMs <= one.toMs + BLUR_MS && toMs >= one.fromMs - BLUR_MS
  if (told.kind === 'nonsense') return 'an error without a type'
  if (told.kind === 'silence') {
    if (licence.absences.some(during)) return null
    return toMs - fromMs >= ANSWER_WITHIN_MS ? 'no answer' : 'a connection broke while the API was there'
  }
  if (told.code === 'NO_CAPACITY') {
    if (!failure.mightUseHaven || licence.closures.some(during)) return null
    return 'a false NO_CAPACITY'
  }
  if (licence.starved && LATE.includes(told.code)) return null
  if (!licence.tells.includes(told.code)) return 'an error that this fault does not explain'
  return during(licence) ? null : 'an error when nothing was wrong any more'
}
