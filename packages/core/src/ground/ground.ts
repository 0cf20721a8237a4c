import type { ClientIds } from './client-ids.ts'
import type { Log } from './log.ts'
import type { Database } from './open-database.ts'

/** What every part of core runs on. */
export type Ground = {
  readonly sql: Database
  /** The instant that tests hand in; null: the clock of the database, the only one that all processes share. */
  readonly clock: () => Date | null
  /** Where the fleet's midnight is, as an IANA name. */
  readonly timeZone: string
  readonly clients: ClientIds
  /** The country of phone numbers that are written without a country code, ISO 3166. */
  readonly defaultCountry: string
  readonly log: Log
}
