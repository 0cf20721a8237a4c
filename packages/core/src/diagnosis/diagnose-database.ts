import { type ConnectionDiagnosis, diagnoseConnection, withConnection } from './diagnose-connection.ts'
import { diagnoseRegistry, type RegistryDiagnosis } from './diagnose-registry.ts'
import { diagnoseSchema, type SchemaDiagnosis } from './diagnose-schema.ts'

/**
 * What was read of the database. `connection`: by DATABASE_URL; `directConnection`: by DIRECT_URL, null when it is the same.
 * `served` is the schema as the serving role sees it, `migrating` as the role of DIRECT_URL does. What could not be read is
 * null, with the reason in `unreadable`.
 */
export type DatabaseDiagnosis = {
  connection: ConnectionDiagnosis
  directConnection: ConnectionDiagnosis | null
  served: SchemaDiagnosis | null
  migrating: SchemaDiagnosis | null
  registry: RegistryDiagnosis | null
  unreadable: string | null
}

/**
 * Reads a fleet's database by both URLs, migrated or not, in read-only transactions. Changes nothing and never throws.
 */
export async function diagnoseDatabase(where: {
  databaseUrl: string
  directUrl: string
  timeZone: string
  /** ISO 3166: the country of registered phones without a country code. */
  defaultCountry: string
  withinMs?: number
}): Promise<DatabaseDiagnosis> {
  const { databaseUrl, directUrl, withinMs = 5_000 } = where
  const hasTwo = directUrl !== databaseUrl
  const [connection, directConnection] = await Promise.all([
    diagnoseConnection(databaseUrl, withinMs),
    hasTwo ? diagnoseConnection(directUrl, withinMs) : null,
  ])
  const diagnosis: DatabaseDiagnosis = {
    connection,
    directConnection,
    served: null,
    migrating: null,
    registry: null,
    unreadable: null,
  }
  const read = async (url: string, work: Parameters<typeof withConnection>[2]): Promise<void> => {
    try {
      await withConnection(url, withinMs, work)
    } catch (error) {
      diagnosis.unreadable ??= error instanceof Error ? error.message : String(error)
    }
  }
  if (connection.connected)
    await read(databaseUrl, async (client) => {
      diagnosis.served = await diagnoseSchema(client)
      diagnosis.migrating = diagnosis.served
      if (diagnosis.served.migrated) diagnosis.registry = await diagnoseRegistry(client, where)
    })
  if (directConnection?.connected)
    await read(directUrl, async (client) => {
      diagnosis.migrating = await diagnoseSchema(client)
    })
  return diagnosis
}
