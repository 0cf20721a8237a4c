import type { Sealer } from '../ground/seal.ts'
import { kindOf, type RouteAddress, sealPurpose } from './alert-route.ts'
import { type RouteTarget, type Secrets, targetOf } from './route-target.ts'

/** What a row stores of an address. */
export type StoredAddress = { name: string; kind: string; address: unknown; sealed: string | null }

/** The secrets of a route. @throws FleetError INVALID_STATE when they were sealed by another ZAPFLEET_SECRET or changed */
export function openSecrets(sealer: Sealer, { name, sealed }: StoredAddress): Secrets {
  return sealed === null ? {} : (JSON.parse(sealer.open(sealed, sealPurpose(name))) as Secrets)
}

/** The whole address of a route, or why it cannot be opened. */
export function openTarget(sealer: Sealer | null, row: StoredAddress): RouteTarget | { error: string } {
  if (row.sealed !== null && sealer === null)
    return {
      error: 'ZAPFLEET_SECRET is not set in this process, so the secrets of the route cannot be opened',
    }
  try {
    const secrets = sealer === null ? {} : openSecrets(sealer, row)
    return targetOf(kindOf(row.kind), row.address as Partial<RouteAddress>, secrets)
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
