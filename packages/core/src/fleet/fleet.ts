import type { Evolution } from '@zapfleet/evolution'
import type { EventFeed } from '../events/open-event-feed.ts'
import type { ClientIds } from '../ground/client-ids.ts'
import type { Log } from '../ground/log.ts'
import type { Database } from '../ground/open-database.ts'
import type { KnownKeys } from '../key/open-known-keys.ts'
import type { Settler } from '../reservation/completer.ts'
import type { Engine } from '../reservation/engine.ts'
import type { FleetWatch } from '../reservation/fleet-watch.ts'
import type { KnownSessions } from '../session/open-known-sessions.ts'

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
