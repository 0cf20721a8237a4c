import { FleetError } from '../fleet/fleet-error.ts'

const NAME = /^[A-Za-z0-9_-]{1,50}$/

/** Whether a new instance may be called so: Evolution takes anything, and then cannot find or remove it again. */
export function isInstanceName(name: string): boolean {
  return NAME.test(name) && !(name in Object.prototype)
}

/** @throws FleetError INVALID_INPUT */
export function assertInstanceName(name: string): void {
  if (isInstanceName(name)) return
  throw new FleetError(
    'INVALID_INPUT',
    `An instance name has 1 to 50 letters, digits, "-" or "_", and is no word that JavaScript objects own, such as "constructor"; got ${JSON.stringify(name.slice(0, 60))}.`,
  )
}
