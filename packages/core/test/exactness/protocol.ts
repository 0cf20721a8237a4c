import type { RecordInboundInput } from '../../src/contact/record-inbound.ts'
import type { Reason, ReserveInput } from '../../src/index.ts'
import type { Reservation } from '../../src/reservation/reservation.ts'
import type { FastClock } from './clock.ts'

/** How one call ended in a worker. `code` is that of a FleetError, or the text of an untyped error. */
export type Ended<Result> =
  | { ok: true; result: Result }
  | {
      ok: false
      code: string
      reasons: Partial<Record<Reason, number>> | undefined
      availableAt: string | null | undefined
    }

/** One call of a worker with its real times in milliseconds since the epoch. */
export type Event = { worker: number; fromMs: number; toMs: number } & (
  | { verb: 'reserve'; input: ReserveInput; ended: Ended<Reservation> }
  | { verb: 'release' | 'confirm'; id: string; ended: Ended<Reservation> }
  | { verb: 'record'; name: string; ended: Ended<null> }
)

/** The orders of a worker; those with a `call` are answered by a report of that call. */
export type Order =
  | { order: 'open'; call: number; url: string; worker: number; clock: FastClock }
  | { order: 'clock'; call: number; clock: FastClock }
  | { order: 'reserve'; call: number; inputs: ReserveInput[] }
  | { order: 'record-inbounds'; call: number; inputs: RecordInboundInput[] }
  | { order: 'complete'; call: number; verb: 'release' | 'confirm'; ids: string[] }
  | { order: 'hold-one-each'; call: number; callers: number; turns: number }
  | { order: 'chaos'; call: number; callers: number; seed: number; instances: string[]; haven: string }
  | { order: 'complete-also'; ids: string[] }
  | { order: 'rest'; call: number }

/** The messages of a worker: calls that ended, or that an order is done. */
export type Report = { events: Event[] } | { call: number; events: Event[] }
