import { FleetError } from '../ground/fleet-error.ts'
import { readInstant } from '../ground/read-moment.ts'
import { type ApiKey, toApiKey } from './api-key.ts'
import type { KeyFleet } from './key-fleet.ts'

const WITHOUT_DIGEST = { digest: true } as const

/** Every key of the database, the newest first, also those that ended. @throws FleetError DATABASE_UNAVAILABLE */
export async function listKeys(fleet: KeyFleet): Promise<ApiKey[]> {
  // Uses in this process are stored first, so that the list includes them.
  await fleet.keys.writeLastUses().catch(() => {})
  const [keys, at] = await Promise.all([
    fleet.sql.prisma.apiKey.findMany({
      omit: WITHOUT_DIGEST,
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    }),
    readInstant(fleet),
  ])
  return keys.map((key) => toApiKey(key, at))
}

/** The keys with these ids, the oldest first; without those that do not exist. @throws FleetError DATABASE_UNAVAILABLE */
export async function getKeys(fleet: KeyFleet, ids: readonly string[]): Promise<ApiKey[]> {
  const [keys, at] = await Promise.all([
    fleet.sql.prisma.apiKey.findMany({
      where: { id: { in: [...ids] } },
      omit: WITHOUT_DIGEST,
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
    readInstant(fleet),
  ])
  return keys.map((key) => toApiKey(key, at))
}

/** One key by its id. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getKey(fleet: KeyFleet, { id }: { id: string }): Promise<ApiKey> {
  const [key] = await getKeys(fleet, [id])
  if (!key) throw unknownKey(id)
  return key
}

/** The refusal of an id that no key has. A whole key that was given for its id is not repeated. */
export function unknownKey(id: string): FleetError {
  const shown = /^[a-z0-9]{1,12}$/.test(id) ? `"${id}"` : 'this id'
  return new FleetError(
    'NOT_FOUND',
    `No key has ${shown}. key.list shows the ids; a key's is the part after its role, zf_<role>_<id>_….`,
  )
}
