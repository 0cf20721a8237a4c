import type { Ledger } from '../load/ledger.ts'
import type { Load } from '../load/start-load.ts'
import type { Random } from '../seeded-random.ts'
import type { Site, SitePlan } from '../site/open-site.ts'

/** Where faults strike. */
export type Scene = {
  site: Site
  load: Load
  ledger: Ledger
  random: Random
  /** How long a fault that lasts is to last, in milliseconds: longer in a full run. */
  holdMs: number
  short: boolean
  /** How long the fault of memory lasts, in minutes, at an everyday pace; null: a minute, as fast as it goes. */
  soakMinutes: number | null
}

/** What one fault works with. */
export type Stage = Scene & {
  /** Goes on for `times` the length that faults have, and until everybody felt it who must. */
  hold(times?: number): Promise<void>
}

/** What a fault saw itself that broke a promise of its own; and a figure worth a place in the table. */
export type Strike = { broken?: string[]; note?: string }

/** One kind of trouble. */
export type Fault = {
  /** For `--only`. */
  name: string
  /** In the table. */
  words: string
  /** Part of the shortened form. */
  short?: boolean
  /** Typed errors that callers may be told while it lasts and until the recovery; a true NO_CAPACITY always. */
  tells: readonly string[]
  /** Who must have noticed it, or it was none: callers by an error, programs by saying that they are not ready. */
  feltBy: readonly ('callers' | 'API' | 'scheduler')[]
  /** From its end until everybody is served and every health status is right. */
  recoversWithinMs: number
  /** What it needs beside one API and two schedulers. */
  site?: Partial<SitePlan>
  /** Connections may break while an API process is down; false where another one is there. */
  mayBreakConnections?: boolean
  /** Why it cannot be had on this machine; null: it can. */
  unavailable?(): Promise<string | null>
  /** Runs before its site is opened, for what it needs; answers what its plan becomes, and how it is taken away. */
  prepare?(): Promise<{ plan: Partial<SitePlan>; tidy(): Promise<void> }>
  /** Strikes, holds, and ends the trouble; the recovery is counted from its return. */
  strike(stage: Stage): Promise<Strike | undefined>
}

/** What Faults about the database let callers hear. */
export const DATABASE_TELLS: readonly string[] = ['DATABASE_UNAVAILABLE', 'OVERLOADED']
