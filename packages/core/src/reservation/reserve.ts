import { createHash } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { FleetError } from '../ground/fleet-error.ts'
import { defaultFallback, type Fallback } from '../selection/fallback.ts'
import type { StrategyName } from '../selection/strategies.ts'
import { emptyFleetError } from './explain-empty-fleet.ts'
import type { Reservation } from './reservation.ts'
import type { ReservationFleet } from './reservation-fleet.ts'

export type ReserveInput = {
  /** The recipient of the message, 1-255 characters; without it no preference is read or stored. */
  contactId?: string | undefined
  /** Default `sticky`. */
  strategy?: StrategyName | undefined
  /** For sticky, when the contact's number cannot serve now. Default `move`, for a group (`…@g.us`) `refuse`. */
  fallback?: Fallback | undefined
  /** The same key with the same input within 24 hours returns the same reservation. */
  idempotencyKey?: string | undefined
  /** Names of instances not to use. */
  exclude?: string[] | undefined
}

export type ReserveOptions = {
  /** How long the caller waits. Default 5000. */
  deadlineMs?: number | undefined
  /** The family of the key that reserves; only it and admins complete the reservation. Absent: any key. */
  owner?: string | undefined
}

const DEADLINE_MS = 5_000

/**
 * Chooses the instance that sends a message and counts the send at once.
 *
 * @throws FleetError NO_CAPACITY (with `availableAt` and `reasons`), CONFLICT (the key was used with other input),
 * OVERLOADED (queue full or deadline passed), DATABASE_UNAVAILABLE, INVALID_STATE (row level security hides every instance)
 */
export async function reserve(
  fleet: ReservationFleet,
  input: ReserveInput,
  options: ReserveOptions = {},
): Promise<Reservation> {
  const contactId = input.contactId ?? null
  const contact = contactId === null ? null : fleet.clients.canonical(contactId)
  const strategy = input.strategy ?? 'sticky'
  const fallback = input.fallback ?? defaultFallback(contactId)
  const exclude = input.exclude && input.exclude.length > 0 ? new Set(input.exclude) : undefined
  const key = input.idempotencyKey ?? null
  const askedAtMs = performance.now()
  const { metrics } = fleet
  return new Promise<Reservation>((resolve, reject) => {
    fleet.engine.submit({
      id: uuidv7(),
      contactId,
      contact,
      client: contact === null ? null : fleet.clients.fit(contact),
      strategy,
      fallback,
      exclude,
      idempotencyKey: key,
      hash:
        key === null ? null : inputHash([contact, strategy, fallback, exclude ? [...exclude].sort() : []]),
      owner: options.owner ?? null,
      deadlineMs: askedAtMs + (options.deadlineMs ?? DEADLINE_MS),
      mustRead: null,
      goesAlone: false,
      isAnswered: false,
      resolve(reservation) {
        metrics.reserved(strategy, reservation.preference, performance.now() - askedAtMs)
        resolve(reservation)
      },
      reject(error) {
        const refuse = (cause: unknown): void => {
          const refusal = cause instanceof FleetError ? cause : null
          metrics.refused(strategy, refusal?.code ?? 'UNEXPECTED', refusal?.reasons ?? {})
          reject(cause)
        }
        if (isWithoutInstances(error)) emptyFleetError(fleet).then((found) => refuse(found ?? error))
        else refuse(error)
      },
    })
  })
}

const isWithoutInstances = (error: unknown): boolean =>
  error instanceof FleetError && error.code === 'NO_CAPACITY' && Object.keys(error.reasons ?? {}).length === 0

/** Equal for equal input with the defaults filled in. */
function inputHash(input: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('base64url')
}
