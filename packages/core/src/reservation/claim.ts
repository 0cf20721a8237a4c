import type { Kind } from '../contact/conversations.ts'
import type { Ground } from '../ground/ground.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import type { CandidateReading } from '../selection/pool.ts'
import { type ClaimForm, formOf, mustReadConversation } from './claim-form.ts'
import type { ClaimOne, Seat } from './claim-one.ts'
import { type ClaimQuery, claimQuery } from './claim-sql.ts'
import type { Pick } from './rank.ts'
import { readSeat, type SeatRow } from './seat.ts'

/**
 * Why a pick was not granted: no room or not connected, another preference than the cached one, a key that is in use, or a
 * row of clientes that another transaction holds.
 */
export type Denial = {
  why: 'full' | 'stale' | 'key' | 'busy'
  present: string | null
  /** The contact is blocked, or an id of another contact, see contact-state.ts; null for most. */
  state: string | null
}

export type Claimed = {
  at: Date
  /** The state of every claimed instance after the claim; one that is missing is not managed any more. */
  seats: Map<string, CandidateReading>
  /** By index into the picks; those that are not in it were granted. */
  denied: Map<number, Denial>
  /** By index into the picks that were granted: the kinds of their messages, where the claim read some. */
  kinds: Map<number, Kind>
  /** By index into the picks that were granted and wait: when their messages go out, in milliseconds since the epoch. */
  slots: Map<number, number>
}

type ClaimRow = {
  at: Date
  seats: SeatRow[] | null
  denied: [number, Denial['why'], string | null, string | null][] | null
  /** By the id of the reservation. */
  kinds: Record<string, Kind> | null
  slots: Record<string, number> | null
}

/** Sends picks to the database as one claim. A deadlock with a foreign program undoes the statement: it is sent again. */
export function createClaim(
  { sql, clock, timeZone, clients }: Ground,
  one: ClaimOne,
): (picks: readonly Pick[]) => Promise<Claimed> {
  const queries = new Map<string, ClaimQuery>()
  const queryOf = (form: ClaimForm): ClaimQuery => {
    const name = Object.values(form).join()
    const known = queries.get(name) ?? claimQuery(clients, form)
    queries.set(name, known)
    return known
  }
  return async (picks) => {
    const [first] = picks
    if (
      first &&
      picks.length === 1 &&
      !first.moves &&
      !first.isBudgeted &&
      first.reserve.idempotencyKey === null &&
      first.reserve.pool === null
    ) {
      const seat = await one.picked(first.reserve, {
        ...first,
        reads: mustReadConversation(first) || first.isCounting,
      })
      if (seat) return claimedOne(first.kind === null ? seat : { ...seat, kind: null })
    }
    const { statement, valuesOf } = queryOf(formOf(picks))
    const values = [clock(), timeZone, ...valuesOf(picks)]
    const [row] = await repeatUndone(() => sql.runClaim<ClaimRow>(statement, values))
    if (!row) throw new Error('the claim answered no row')
    return {
      at: row.at,
      seats: new Map((row.seats ?? []).map((seat) => [seat[0], readSeat(seat, timeZone)])),
      denied: new Map(
        (row.denied ?? []).map(([ord, why, present, state]) => [ord - 1, { why, present, state }]),
      ),
      kinds: byIndex(picks, row.kinds),
      slots: byIndex(picks, row.slots),
    }
  }
}

/** What a claim returned by reservation id, by index into its picks. */
function byIndex<Value>(picks: readonly Pick[], byId: Record<string, Value> | null): Map<number, Value> {
  const found = new Map<number, Value>()
  if (byId === null) return found
  for (const [index, pick] of picks.entries()) {
    const value = byId[pick.reserve.id]
    if (value !== undefined) found.set(index, value)
  }
  return found
}

/** A seat that was claimed alone, in the form of the claim of a batch. */
export function claimedOne({ at, kind, candidate }: Seat): Claimed {
  return {
    at,
    seats: new Map([[candidate.name, candidate]]),
    denied: new Map(),
    kinds: new Map(kind === null ? [] : [[0, kind]]),
    slots: new Map(),
  }
}
