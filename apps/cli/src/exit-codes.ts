import { t } from './language.ts'

/**
 * How the program ends: a code for each way that a script may want to tell apart. README.md of this app and
 * `zapfleet --help` show the same table.
 */
export const EXIT = {
  ok: 0,
  /** Something failed that should not have. */
  unexpected: 1,
  /** The command line, the input or the configuration is not right; nothing was asked. */
  usage: 2,
  notFound: 3,
  /** The fleet is not as the command needs it: the name is taken, the number is not connected. */
  conflict: 4,
  noCapacity: 5,
  /** No key, a wrong one, or one that may not. */
  denied: 6,
  /** Nothing answers at the address, or something that is not zapfleet. */
  unreachable: 7,
  /** zapfleet answers that it cannot just now: too much at once, no database. */
  tryAgain: 8,
  /** Evolution is away or refused. */
  evolution: 9,
  /** It was done, but Evolution was not yet seen to have done it. */
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
