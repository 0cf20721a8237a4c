import { type DoorSight, enter, lookAtDoor } from './diagnose-connection.ts'
import { lookAtRegistry, type RegistrySight } from './diagnose-registry.ts'
import { lookAtSchema, type SchemaSight } from './diagnose-schema.ts'

/**
 * All that a look at the database brought. `door`: by DATABASE_URL; `directDoor`: by DIRECT_URL, null when it is the same.
 * `served` is the schema as the serving role sees it, `migrating` as the one of DIRECT_URL does. What could not be read is
 * null, with the reason in `unreadable`.
 */
export type DatabaseSight = {
  door: DoorSight
  directDoor: DoorSight | null
  served: SchemaSight | null
  migrating: SchemaSight | null
  registry: RegistrySight | null
  unreadable: string | null
}

/**
 * Looks at a fleet's database through its doors, whether it is migrated or not, in read-only transactions. Changes nothing
 * and never throws.
 */
export async function lookAtDatabase(where: {
  databaseUrl: string
  directUrl: string
  timeZone: string
  /** ISO 3166: the country of registered phones without a country code. */
  defaultCountry: string
  withinMs?: number
}): Promise<DatabaseSight> {
  const { databaseUrl, directUrl, withinMs = 5_000 } = where
  const twoDoors = directUrl !== databaseUrl
  const [door, directDoor] = await Promise.all([
    lookAtDoor(databaseUrl, withinMs),
    twoDoors ? lookAtDoor(directUrl, withinMs) : null,
  ])
  const sight: DatabaseSight = {
    door,
    directDoor,
    served: null,
    migrating: null,
    registry: null,
    unreadable: null,
  }
  const read = async (url: string, work: Parameters<typeof enter>[2]): Promise<void> => {
    try {
      await enter(url, withinMs, work)
    } catch (error) {
      sight.unreadable ??= error instanceof Error ? error.message : String(error)
    }
  }
  if (door.entered)
    await read(databaseUrl, async (client) => {
      sight.served = await lookAtSchema(client)
      sight.migrating = sight.served
      if (sight.served.migrated) sight.registry = await lookAtRegistry(client, where)
    })
  if (directDoor?.entered)
    await read(directUrl, async (client) => {
      sight.migrating = await lookAtSchema(client)
    })
  return sight
}
