import type { Evolution } from '@zapfleet/evolution'
import type { ClientIds } from '../db/client-ids.ts'
import type { Database } from '../db/open-database.ts'
import type { EventFeed } from '../events/open-event-feed.ts'
import type { KnownKeys } from '../key/open-known-keys.ts'
import type { Engine } from '../reservation/engine.ts'
import type { Settler } from '../reservation/settle.ts'
import type { KnownSessions } from '../session/open-known-sessions.ts'
import type { Log } from './log.ts'
import type { FleetWatch } from './watch.ts'

/** What every verb of core takes first: the seam to the world. */
export type Fleet = {
  readonly sql: Database
  readonly clients: ClientIds | null
  readonly evolution: Evolution
  readonly timeZone: string
  /** The country of phone numbers that are written without a country code; ISO 3166. */
  readonly defaultCountry: string
  /** The instant that tests hand in; null = the database's own clock, the only one that all processes share. */
  readonly clock: () => Date | null
  readonly log: Log
  readonly watch: FleetWatch
  readonly engine: Engine
  readonly releases: Settler
  readonly confirms: Settler
  readonly events: EventFeed
  /** Who may call, beside the keys of the environment. */
  readonly keys: KnownKeys
  /** The sign-ins of browsers that are in use in this process. */
  readonly sessions: KnownSessions
  /** Where Evolution reaches this API, without a slash at its end; null = webhooks are not registered. */
  readonly publicUrl: string | null
}
