import { t } from './language.ts'

/**
 * The exit codes, one for each outcome that a script may need to distinguish. README.md of this app and
 * `zapfleet --help` show the same table.
 */
export const EXIT = {
  ok: 0,
  /** An unexpected failure. */
  unexpected: 1,
  /** The command line, the input or the configuration is invalid; nothing was called. */
  usage: 2,
  notFound: 3,
  /** The state of the fleet does not allow the command: the name is taken, the number is not connected. */
  conflict: 4,
  noCapacity: 5,
  /** No key, a wrong one, or one of another role. */
  denied: 6,
  /** No answer at the address, or not from zapfleet. */
  unreachable: 7,
  /** zapfleet cannot serve the call now: overload, rate limit, no database. */
  tryAgain: 8,
  /** Evolution does not answer, or refused. */
  evolution: 9,
  /** The act was accepted, but a reading of Evolution has not shown it yet. */
  notVerified: 10,
  /** The pairing ended and the number is not connected. */
  notConnected: 11,
  /** `health`: no number is online. */
  degraded: 12,
  /** Ctrl-C, or "no" to a question. */
  interrupted: 130,
  terminated: 143,
} as const

/** The table for `--help`. */
export const exitCodesHelp = () => t`Exit codes:
  0  done                                 7  unreachable, or not zapfleet
  1  failed unexpectedly                  8  zapfleet is busy: try again
  2  wrong usage or input                 9  Evolution is away or refused
  3  not found                           10  done, not yet seen on Evolution
  4  conflict with the fleet's state     11  pairing ended, not connected
  5  no number can serve now             12  health: no number is online
  6  no key, wrong key, or not allowed  130  interrupted, or answered no`
