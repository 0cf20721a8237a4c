import type { StrategyName } from '../selection/strategies.ts'

/** What to do for a sticky contact whose number cannot serve now. */
export const FALLBACKS = ['move', 'borrow', 'refuse'] as const
export type Fallback = (typeof FALLBACKS)[number]

/**
 * The fallback where the caller names none: `move`, and `refuse` for a WhatsApp group (`…@g.us`). A number that is no member of
 * the group cannot write to it, so the group waits for the number that it has.
 */
export function defaultFallback(contactId: string | null): Fallback {
  return contactId?.endsWith('@g.us') ? 'refuse' : 'move'
}

/** What a grant did to the contact's preference; `none` = there was no contact. */
export type PreferenceOutcome = 'kept' | 'assigned' | 'moved' | 'borrowed' | 'none'

/** One call of `reserve` on its way through the engine. */
export type Ask = {
  /** The reservation's id, should it be granted. */
  readonly id: string
  /** As the caller wrote it. */
  readonly contactId: string | null
  /** One spelling for each contact; what the database holds. */
  readonly contact: string | null
  /** The contact as an id of `clientes`, when it can be one. */
  readonly client: string | null
  readonly strategy: StrategyName
  readonly fallback: Fallback
  readonly exclude: ReadonlySet<string> | undefined
  readonly key: string | null
  readonly hash: string | null
  /** The key that reserves, see `KeyHolder.family`; null: any key may settle the reservation. */
  readonly owner: string | null
  readonly deadlineMs: number
  /** What must be read afresh before this ask may be refused or moved: an instance's name, or `*` for the fleet. */
  needs: string | null
  /** Its batch was refused as a whole: it goes alone, so that only the one at fault hears of it. */
  alone: boolean
  /** True once the caller has its answer, also when that was a refusal. */
  answered: boolean
  readonly resolve: (reservation: Reservation) => void
  readonly reject: (error: Error) => void
}

/** A counted send as callers see it. */
export type Reservation = {
  id: string
  instanceName: string
  /** As the caller wrote it. */
  contactId: string | null
  strategy: StrategyName
  state: 'reserved' | 'confirmed' | 'released'
  preference: PreferenceOutcome
  /** ISO 8601 in UTC. */
  reservedAt: string
  /** Messages that its instance may still send in the present hour and local day. */
  remaining: { hour: number; day: number }
}
