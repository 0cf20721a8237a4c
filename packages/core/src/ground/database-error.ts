import { FleetError } from './fleet-error.ts'

/** SQLSTATE classes and codes that say the database is not there for us now, rather than that we asked wrongly. */
const UNAVAILABLE = /^(08|53|57P|58)|^(25006|55P03|57014)$/
/** Codes after which the same autocommit statement may simply be sent again: nothing of it was kept. */
const TRY_AGAIN = new Set(['40001', '40P01'])
/** Class 22 (bad data) and 23 (constraint): one value of a batch is at fault, not the database. */
const BAD_VALUE = /^2[23]/

/** Node's and the driver's words for a connection that could not be made, or broke. */
const BROKEN =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Connection terminated|timeout exceeded|timeout expired|Query read timeout|Client has encountered a connection error|not queryable|does not support SSL|CERT_|_CERT|UNABLE_TO_|ERR_SSL/

/** The SQLSTATE of an error of the driver, or of Prisma around it. */
function sqlState(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Object && depth < 5; depth++) {
    const held = at as {
      code?: unknown
      originalCode?: unknown
      cause?: unknown
      meta?: { driverAdapterError?: unknown }
    }
    for (const code of [held.originalCode, held.code]) {
      if (
        typeof code === 'string' &&
        /^[0-9A-Z]{5}$/.test(code) &&
        !/^P\d/.test(code) &&
        !/^E[A-Z]{4}$/.test(code)
      )
        return code
    }
    at = held.meta?.driverAdapterError ?? held.cause
  }
  return undefined
}

/** True when the statement was undone by a deadlock or a serialisation failure and may be sent again as it is. */
export function mayTryAgain(error: unknown): boolean {
  return TRY_AGAIN.has(sqlState(error) ?? '')
}

/** True when a value that was sent could not be stored. */
export function isBadValue(error: unknown): boolean {
  return BAD_VALUE.test(sqlState(error) ?? '')
}

/** True when the database cannot be reached, is stopping, is full, or refuses writes. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return UNAVAILABLE.test(state)
  for (let at: unknown = error, depth = 0; at instanceof Object && depth < 5; depth++) {
    const held = at as {
      code?: unknown
      message?: unknown
      cause?: unknown
      meta?: { driverAdapterError?: unknown }
    }
    if (BROKEN.test(`${String(held.code)} ${String(held.message)}`)) return true
    // Prisma: cannot reach, timed out, refused, closed the connection.
    if (typeof held.code === 'string' && /^P(1001|1002|1008|1011|1017|2024|2037)$/.test(held.code))
      return true
    at = held.meta?.driverAdapterError ?? held.cause
  }
  return false
}

/** Why a database cannot be used, as a sentence for the person who starts the program. */
export function unreachable(error: unknown, variables: string): string {
  // Node tries every address of a host and throws all failures at once, in an error without a message.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const words = first instanceof Error ? first.message : String(first)
  return `The database cannot be used: ${words}. Check ${variables}; "npm run doctor" names the cause and what to do.`
}

/** True when a table or schema of the fleet does not exist. */
export function isMissingTable(error: unknown): boolean {
  return /^(42P01|3F000)$/.test(sqlState(error) ?? '')
}

/** Turns what a database call threw into the error that callers see. */
export function asFleetError(error: unknown): FleetError {
  if (error instanceof FleetError) return error
  if (isDatabaseUnavailable(error) || mayTryAgain(error)) {
    return new FleetError(
      'DATABASE_UNAVAILABLE',
      'The database did not answer. Try again in a moment; with an idempotencyKey a repeated reserve is counted once.',
      { cause: error },
    )
  }
  return new FleetError('UNEXPECTED', 'Something unexpected happened in the database call.', { cause: error })
}
