import { FleetError } from '../ground/fleet-error.ts'

/** The error for an instance that is registered here and not on Evolution. */
export function missingOnEvolution(name: string, cause: unknown): FleetError {
  const message = `Evolution has no instance named "${name}", although it is registered here. Create it again to put it there.`
  return new FleetError('NOT_FOUND', message, { cause })
}
