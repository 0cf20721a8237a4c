import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { FleetError, FleetErrorCode } from '@zapfleet/core'
import { callerMessage, type FleetErrorShape, fleetErrorOf, fleetErrorShape } from '../errors/error-map.ts'
import { trpcRefusal } from '../errors/trpc-refusal.ts'

/** An error as the doors answer it. `failure` is for the log, `retryAfterSeconds` for the header Retry-After. */
export type DoorError = {
  status: number
  body: { error: FleetErrorShape & { message: string; requestId: string } }
  retryAfterSeconds: number | null
  failure: FleetError
}

/** Troubles that pass by themselves, and when it is worth looking again, in seconds. */
const PASSING: Partial<Record<FleetErrorCode, number>> = { OVERLOADED: 1, DATABASE_UNAVAILABLE: 2 }

/**
 * Any error as a door's answer: the status that tRPC gives it, and in `error` what `error.data.fleet` holds there, with
 * the message beside it. What failed inside stays inside.
 *
 * @param about `input` is the raw input, shown (shortened) where it was refused
 */
export function doorError(
  error: unknown,
  about: { requestId: string; input?: unknown; nowMs: number },
): DoorError {
  const trpcError = trpcRefusal(error)
  const failure = fleetErrorOf(trpcError, about.input)
  const { code, ...known } = fleetErrorShape(failure)
  return {
    status: getHTTPStatusCodeFromError(trpcError),
    body: {
      error: {
        code,
        message: callerMessage(failure, about.requestId),
        ...known,
        requestId: about.requestId,
      },
    },
    retryAfterSeconds: retryAfterSeconds(failure, about.nowMs),
    failure,
  }
}

function retryAfterSeconds(failure: FleetError, nowMs: number): number | null {
  if (failure.availableAt) return Math.max(1, Math.ceil((failure.availableAt.getTime() - nowMs) / 1000))
  return PASSING[failure.code] ?? null
}
