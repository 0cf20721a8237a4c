import type { ChangePosition } from '../message/change-cursor.ts'

/** Up to where both streams of an endpoint are done. */
export type Position = { eventId: bigint; change: ChangePosition }
