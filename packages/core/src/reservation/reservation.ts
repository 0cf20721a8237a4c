import type { Grant } from './ask.ts'

/** A counted send as callers see it; instants are ISO 8601 in UTC. */
export type Reservation = Omit<Grant, 'reservedAt'> & { reservedAt: string }

/** Writes the instant out. */
export function toReservation(grant: Grant): Reservation {
  return { ...grant, reservedAt: grant.reservedAt.toISOString() }
}
