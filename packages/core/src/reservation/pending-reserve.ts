import type { Fallback } from '../selection/fallback.ts'
import type { StrategyName } from '../selection/strategies.ts'
import type { Reservation } from './reservation.ts'

/** One call of `reserve` on its way through the engine. */
export type PendingReserve = {
  /** The reservation's id, should it be granted. */
  readonly id: string
  /** As the caller wrote it. */
  readonly contactId: string | null
  /** The contact's key; changes when the id is found to be another contact's. */
  contact: string | null
  /** The contact as an id of `clientes`, when it can be one. */
  client: string | null
  /** All ids of the contact in `clientes`, where it may have several; else null. */
  clients: readonly string[] | null
  /** The tag of the instances that may serve; null: any. */
  readonly pool: string | null
  readonly strategy: StrategyName
  readonly fallback: Fallback
  readonly exclude: ReadonlySet<string> | undefined
  /** How long the message may wait for a number with a gap between messages. */
  readonly maxWaitMs: number
  /** As it is stored, see `storedKey`. */
  readonly idempotencyKey: string | null
  /** Of the input, see `inputHash`; null without a key. */
  readonly hash: string | null
  /** The key that reserves, see `KeyHolder.family`; null: any key may complete the reservation. */
  readonly owner: string | null
  readonly deadlineMs: number
  /** What must be read afresh before this reserve may be refused or moved: an instance's name, or `*` for the fleet. */
  mustRead: string | null
  /** Its batch failed as a whole: it is sent alone, so that only the one at fault is refused. */
  goesAlone: boolean
  /** A claim denied it for want of room: the conversations that decide are read, also that with the contact's own number. */
  wasDenied: boolean
  /** Its index in the list of those without an answer. */
  place: number
  /** True once the caller has its answer, also a refusal. */
  isAnswered: boolean
  readonly resolve: (reservation: Reservation) => void
  readonly reject: (error: Error) => void
}

/** The contact as the caller wrote it; null where that is its key. */
export function writtenAs({ contact, contactId }: PendingReserve): string | null {
  return contact === contactId ? null : contactId
}
