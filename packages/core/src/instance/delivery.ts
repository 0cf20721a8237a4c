import type { Row } from './row.ts'

/** Whether the messages of a number arrive; `unproven`: no evidence either way. */
export const DELIVERY_STATES = ['ok', 'unproven', 'failing'] as const

export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** A failing number gets one message in this time, to a contact whose own number it is: its outcome shows whether messages arrive again. */
export const PROBE_EVERY_S = 60

/** A number of an inferred restriction gets one message to a new contact in this time: if it is delivered, the restriction ends. */
export const PROBE_RESTRICTED_EVERY_S = 21_600

/** Why messages of a number do not arrive: Evolution refuses its sends, or nothing is reported of its messages. */
export const FAILURE_REASONS = ['SENDS_REFUSED', 'NO_RECEIPTS'] as const

export type FailureReason = (typeof FAILURE_REASONS)[number]

/** Who stated that WhatsApp restricts a number: evidence of failed messages, or an operator. */
export const RESTRICTION_SOURCES = ['inferred', 'operator'] as const

export type RestrictionSource = (typeof RESTRICTION_SOURCES)[number]

/** `since` and `until` are ISO 8601 in UTC. */
export type Delivery = { state: DeliveryState; since: string | null; reason: string | null }
export type Restriction = { since: string; until: string | null; source: RestrictionSource }

/** Reads the columns of the delivery; a word of another program reads as `unproven`. */
export function readDelivery({ deliveryState, deliverySince, deliveryReason }: Row): Delivery {
  const state = deliveryState === 'ok' || deliveryState === 'failing' ? deliveryState : 'unproven'
  return {
    state,
    since: deliverySince?.toISOString() ?? null,
    reason: state === 'failing' ? deliveryReason : null,
  }
}

/** Reads the columns of the restriction; null when there is none, or when it ended at `at` or before. */
export function readRestriction(row: Row, at: Date): Restriction | null {
  const { restrictedSince: since, restrictedUntil: until } = row
  if (since === null || (until !== null && until <= at)) return null
  return {
    since: since.toISOString(),
    until: until?.toISOString() ?? null,
    source: row.restrictionSource === 'operator' ? 'operator' : 'inferred',
  }
}
