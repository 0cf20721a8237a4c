import { FleetError } from '../ground/fleet-error.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { type ApiKey, KEY_COLUMNS, type KeyRow, toApiKey } from './api-key.ts'
import type { KeyFleet } from './key-fleet.ts'

const listStatement = statement(
  'list_keys',
  `with ${INSTANT} select ${KEY_COLUMNS} from zapfleet.api_keys a, moment order by a.created_at desc, a.id`,
)

const getStatement = statement(
  'get_key',
  `with ${INSTANT} select ${KEY_COLUMNS} from zapfleet.api_keys a, moment where a.id = $2`,
)

/** Every key of the database, the newest first, also those that ended. @throws FleetError DATABASE_UNAVAILABLE */
export async function listKeys(fleet: KeyFleet): Promise<ApiKey[]> {
  // Uses in this process are stored first, so that the list includes them.
  await fleet.keys.writeLastUses().catch(() => {})
  const rows = await fleet.sql.run<KeyRow>(listStatement, [fleet.clock()])
  return rows.map(toApiKey)
}

/** One key by its id. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getKey(fleet: KeyFleet, { id }: { id: string }): Promise<ApiKey> {
  const [row] = await fleet.sql.run<KeyRow>(getStatement, [fleet.clock(), id])
  if (!row) throw unknownKey(id)
  return toApiKey(row)
}

/** The refusal of an id that no key has. A whole key that was given for its id is not repeated. */
export function unknownKey(id: string): FleetError {
  const shown = /^[a-z0-9]{1,12}$/.test(id) ? `"${id}"` : 'this id'
  return new FleetError(
    'NOT_FOUND',
    `No key has ${shown}. key.list shows the ids; a key's is the part after its role, zf_<role>_<id>_….`,
  )
}
