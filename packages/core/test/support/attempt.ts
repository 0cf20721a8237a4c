import { type Fleet, FleetError, type Reservation, type ReserveInput, reserve } from '../../src/index.ts'

/** What a reserve is answered with: a reservation, or NO_CAPACITY. */
export type Attempt = Reservation | FleetError

/** Reserves with a deadline for a busy machine. Returns NO_CAPACITY and throws every other error, also that of a claim that is repeated for ever. */
export function attemptReserve(fleet: Fleet, input: ReserveInput): Promise<Attempt> {
  return reserve(fleet, input, { deadlineMs: 60_000 }).catch((error: unknown) => {
    if (error instanceof FleetError && error.code === 'NO_CAPACITY') return error
    throw error
  })
}

export const isGranted = (one: Attempt): one is Reservation => !(one instanceof FleetError)
