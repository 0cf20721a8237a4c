import { contactIds } from '../contact/contact-ids.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { newId } from '../ground/new-id.ts'
import { defaultFallback, type Fallback } from '../selection/fallback.ts'
import type { StrategyName } from '../selection/strategies.ts'
import { emptyFleetError } from './explain-empty-fleet.ts'
import { inputHash, storedKey } from './idempotency-keys.ts'
import type { Reservation } from './reservation.ts'
import type { ReservationFleet } from './reservation-fleet.ts'

export type ReserveInput = {
  /** The recipient of the message, 1-255 characters; without it no preference is read or stored. */
  contactId?: string | undefined
  /** Only instances with this tag, and the contact's number among them. Default: all instances, and the contact's number. */
  pool?: string | undefined
  /** Default `sticky`. */
  strategy?: StrategyName | undefined
  /** For sticky, when the contact's number cannot serve now. Default `move`, for a group (`…@g.us`) `refuse`. */
  fallback?: Fallback | undefined
  /** The same key with the same input within 24 hours returns the same reservation. */
  idempotencyKey?: string | undefined
  /** Names of instances not to use. */
  exclude?: string[] | undefined
  /**
   * How long the caller may wait for its turn on a number with a gap between messages, in milliseconds, 0 to 120,000; default 0. The message may be sent at
   * `notBefore` of the answer.
   */
  maxWaitMs?: number | undefined
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
 * @throws FleetError NOT_FOUND (no instance has the tag `pool`), CONTACT_BLOCKED, NO_CAPACITY (with `availableAt` and `reasons`), CONFLICT (the key was used with other input),
 * OVERLOADED (queue full or deadline passed), DATABASE_UNAVAILABLE, INVALID_STATE (row level security hides every instance)
 */
export function reserve(
  fleet: ReservationFleet,
  input: ReserveInput,
  options: ReserveOptions = {},
): Promise<Reservation> {
  // Not an async function: its promise would wait for this one, three turns of the microtask queue later.
  return new Promise<Reservation>((resolve, reject) => {
    const contactId = input.contactId ?? null
    const ids = contactId === null ? null : contactIds(fleet, contactId)
    const pool = input.pool ?? null
    const strategy = input.strategy ?? 'sticky'
    const fallback = input.fallback ?? defaultFallback(contactId)
    const exclude = input.exclude && input.exclude.length > 0 ? new Set(input.exclude) : undefined
    const maxWaitMs = input.maxWaitMs ?? 0
    const key = input.idempotencyKey ?? null
    const askedAtMs = performance.now()
    const { metrics } = fleet
    fleet.engine.submit({
      id: newId(),
      contactId,
      contact: ids?.key ?? null,
      client: ids?.client ?? null,
      clients: ids?.clients ?? null,
      pool,
      strategy,
      fallback,
      exclude,
      maxWaitMs,
      idempotencyKey: key === null ? null : storedKey(key),
      hash:
        key === null ? null : inputHash(ids?.key ?? null, { strategy, fallback, exclude, maxWaitMs, pool }),
      owner: options.owner ?? null,
      deadlineMs: askedAtMs + (options.deadlineMs ?? DEADLINE_MS),
      mustRead: null,
      goesAlone: false,
      wasDenied: false,
      place: 0,
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
