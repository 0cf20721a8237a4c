import { FleetError } from './fleet-error.ts'

/** SQLSTATE classes and codes of a server that cannot serve now: connection, resources, shutdown, read-only, timeouts. */
const UNAVAILABLE = /^(08|53|57P|58)|^(25006|55P03|57014)$/
/** SQLSTATE codes after which the same autocommit statement may be sent again: nothing of it was stored. */
const TRY_AGAIN = new Set(['40001', '40P01'])
/** Class 22 (data) and 23 (constraint): one value of a batch is wrong. */
const BAD_VALUE = /^2[23]/
const MISSING_TABLE = new Set(['42P01', '3F000'])

/** Codes and messages of Node and of the driver for a connection that could not be made, or broke. */
const BROKEN =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Connection terminated|timeout exceeded|timeout expired|Query read timeout|Client has encountered a connection error|not queryable|does not support SSL|CERT_|_CERT|UNABLE_TO_|ERR_SSL/
/** Prisma: cannot reach, timed out, refused, closed the connection. */
const BROKEN_IN_PRISMA = /^P(1001|1002|1008|1011|1017|2024|2037)$/

/** The error that every call of `Database` throws. `cause` is the error of the driver or of Prisma. */
export class DatabaseError extends FleetError {
  /** PostgreSQL's SQLSTATE; null where no server answered. */
  readonly sqlState: string | null
  /** The database cannot be reached, is stopping, is full, or refuses writes. */
  readonly isUnavailable: boolean

  constructor(cause: unknown) {
    const sqlState = sqlStateOf(cause)
    const isUnavailable = sqlState === null ? isBroken(cause) : UNAVAILABLE.test(sqlState)
    const mayHelpToRepeat = isUnavailable || TRY_AGAIN.has(sqlState ?? '')
    super(
      mayHelpToRepeat ? 'DATABASE_UNAVAILABLE' : 'UNEXPECTED',
      mayHelpToRepeat
        ? 'The database did not answer. Try again in a moment; with an idempotencyKey a repeated reserve is counted once.'
        : 'Something unexpected happened in the database call.',
      { cause },
    )
    this.sqlState = sqlState
    this.isUnavailable = isUnavailable
  }
}

/** Turns what a database call threw into the error that callers receive. A FleetError stays as it is. */
export function toFleetError(error: unknown): FleetError {
  return error instanceof FleetError ? error : new DatabaseError(error)
}

/** True when the statement was undone by a deadlock or a serialization failure and may be sent again as it is. */
export function mayTryAgain(error: unknown): boolean {
  return error instanceof DatabaseError && TRY_AGAIN.has(error.sqlState ?? '')
}

/** True when a value of the statement could not be stored. */
export function isBadValue(error: unknown): boolean {
  return error instanceof DatabaseError && BAD_VALUE.test(error.sqlState ?? '')
}

/** True when a table or schema of the fleet does not exist. */
export function isMissingTable(error: unknown): boolean {
  return error instanceof DatabaseError && MISSING_TABLE.has(error.sqlState ?? '')
}

/** The message of the driver or of Node behind an error of the database, for logs. */
export function driverMessage(error: unknown): string {
  const cause = error instanceof DatabaseError ? error.cause : error
  // Node tries every address of a host and throws all failures at once, in an error without a message.
  const first = cause instanceof AggregateError ? cause.errors[0] : cause
  return first instanceof Error ? first.message : String(first)
}

/** Why a database cannot be used, as a sentence for the person who starts the program. */
export function unreachable(error: unknown, variables: string): string {
  return `The database cannot be used: ${driverMessage(error)}. Check ${variables}; "npm run doctor" names the cause and what to do.`
}

/** An error and the errors behind it: the driver's own, or Prisma's with the driver's in `meta` or `cause`. */
function* causesOf(error: unknown): Generator<{ code?: unknown; originalCode?: unknown; message?: unknown }> {
  for (let at: unknown = error, depth = 0; at instanceof Object && depth < 5; depth++) {
    yield at as { code?: unknown }
    const { meta, cause } = at as { cause?: unknown; meta?: { driverAdapterError?: unknown } }
    at = meta?.driverAdapterError ?? cause
  }
}

function sqlStateOf(error: unknown): string | null {
  for (const { originalCode, code } of causesOf(error))
    for (const one of [originalCode, code]) if (typeof one === 'string' && isSqlState(one)) return one
  return null
}

/** Codes of Prisma (P2002) and of Node (EPIPE) have five characters too. */
const isSqlState = (code: string): boolean =>
  /^[0-9A-Z]{5}$/.test(code) && !/^P\d/.test(code) && !/^E[A-Z]{4}$/.test(code)

function isBroken(error: unknown): boolean {
  for (const { code, message } of causesOf(error)) {
    if (BROKEN.test(`${String(code)} ${String(message)}`)) return true
    if (typeof code === 'string' && BROKEN_IN_PRISMA.test(code)) return true
  }
  return false
}
