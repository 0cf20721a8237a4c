import type { Fallback } from '../selection/fallback.ts'
import type { StrategyName } from '../selection/strategies.ts'
import type { Reservation } from './reservation.ts'

/** One call of `reserve` on its way through the engine. */
export type PendingReserve = {
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
  readonly idempotencyKey: string | null
  readonly hash: string | null
  /** The key that reserves, see `KeyHolder.family`; null: any key may complete the reservation. */
  readonly owner: string | null
  readonly deadlineMs: number
  /** What must be read afresh before this reserve may be refused or moved: an instance's name, or `*` for the fleet. */
  mustRead: string | null
  /** Its batch failed as a whole: it is sent alone, so that only the one at fault is refused. */
  goesAlone: boolean
  /** True once the caller has its answer, also a refusal. */
  isAnswered: boolean
  readonly resolve: (reservation: Reservation) => void
  readonly reject: (error: Error) => void
}
