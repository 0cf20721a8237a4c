import { isFleetError } from '@zapfleet/client'

/** Whether an act failed because ZAPFLEET_SECRET is not set. The code INVALID_STATE has other causes too. */
export function isWithoutStore(error: unknown): boolean {
  return (
    isFleetError(error) &&
    error.code === 'INVALID_STATE' &&
    error.message.startsWith('ZAPFLEET_SECRET is not set')
  )
}
