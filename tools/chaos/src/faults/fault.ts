import type { Ledger } from '../load/ledger.ts'
import type { Load } from '../load/start-load.ts'
import type { Random } from '../seeded-random.ts'
import type { Site, SitePlan } from '../site/open-site.ts'

/** The place where a fault strikes. */
export type Scene = {
  site: Site
  load: Load
  ledger: Ledger
  random: Random
  /** The duration of a lasting fault, in milliseconds: longer in a full run. */
  holdMs: number
  short: boolean
  /** The duration of the fault of memory, in minutes, at an everyday rate; null: a minute at full speed. */
  soakMinutes: number | null
}

/** The input of a fault. */
export type Stage = Scene & {
  /** Lasts for `times` the duration of faults, and until every expected effect is observed. */
  hold(times?: number): Promise<void>
}

/** The violations that a fault itself observed, and a figure for the table. */
export type Strike = { broken?: string[]; note?: string }

/** One kind of fault. */
export type Fault = {
  /** The name for `--only`. */
  name: string
  /** The name in the table. */
  title: string
  /** Part of the short form. */
  short?: boolean
  /** Typed errors that callers may get during the fault and its recovery; a true NO_CAPACITY is always allowed. */
  allowedErrors: readonly string[]
  /** Who must observe the fault: callers by an error, programs by a readiness of false. Without them it was not effective. */
  noticedBy: readonly ('callers' | 'API' | 'scheduler')[]
  /** From its end until all calls are served and every health status is right. */
  recoversWithinMs: number
  /** The needs beyond one API and two schedulers. */
  site?: Partial<SitePlan>
  /** Connections may break while an API process is down; false where another process serves. */
  mayBreakConnections?: boolean
  /** The reason why this machine cannot run it; null: it can. */
  unavailable?(): Promise<string | null>
  /** Runs before the site is opened; returns the changed plan of the site, and a function that removes what it made. */
  prepare?(): Promise<{ plan: Partial<SitePlan>; tidy(): Promise<void> }>
  /** Starts the fault, holds it, and ends it. The recovery is counted from the return. */
  strike(stage: Stage): Promise<Strike | undefined>
}

/** The errors that callers may get from faults of the database. */
export const DATABASE_ERRORS: readonly string[] = ['DATABASE_UNAVAILABLE', 'OVERLOADED']
