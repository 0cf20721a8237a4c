import type { ChangePosition } from '../message/read-changes.ts'

/** Up to where both streams of an endpoint are done. */
export type Position = { eventId: bigint; change: ChangePosition }
