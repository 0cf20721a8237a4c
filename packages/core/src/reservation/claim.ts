import { formsText } from '../contact/contact-sql.ts'
import type { Kind } from '../contact/conversations.ts'
import type { Ground } from '../ground/ground.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import type { Statement } from '../ground/statement.ts'
import type { CandidateReading } from '../selection/pool.ts'
import type { ClaimOne, Seat } from './claim-one.ts'
import { claimStatement } from './claim-sql.ts'
import { writtenAs } from './pending-reserve.ts'
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
  /** By index into the picks: the kinds that the claim read of conversations. */
  kinds: Map<number, Kind>
}

type ClaimRow = {
  at: Date
  seats: SeatRow[] | null
  denied: [number, Denial['why'], string | null, string | null][] | null
  kinds: [number, Kind][] | null
}

/** Sends picks to the database as one claim. A deadlock with a foreign program undoes the statement: it is sent again. */
export function createClaim(
  { sql, clock, timeZone, clients }: Ground,
  one: ClaimOne,
): (picks: readonly Pick[]) => Promise<Claimed> {
  const ways = ['move', 'stay'] as const
  const statements = Object.fromEntries(
    ways.map((some) => [
      some,
      {
        conversations: claimStatement(clients, some, 'conversations'),
        nothing: claimStatement(clients, some, 'nothing'),
      },
    ]),
  ) as Record<(typeof ways)[number], Record<'conversations' | 'nothing', Statement>>
  return async (picks) => {
    const [first] = picks
    if (first && picks.length === 1 && !first.moves && first.reserve.idempotencyKey === null) {
      const seat = await one.picked(first.reserve, { ...first, reads: mustReadConversation(first) })
      if (seat) return claimedOne(first.kind === null ? seat : { ...seat, kind: null })
    }
    const some = picks.some((pick) => pick.moves) ? 'move' : 'stay'
    const reads = picks.some(mustReadConversation) ? 'conversations' : 'nothing'
    const values = [
      clock(),
      timeZone,
      ...columns(picks),
      ...(some === 'move' ? movers(picks) : []),
      ...(reads === 'conversations' ? [picks.map((pick) => pick.isProbe)] : []),
    ]
    const [row] = await repeatUndone(() => sql.runClaim<ClaimRow>(statements[some][reads], values))
    if (!row) throw new Error('the claim answered no row')
    return {
      at: row.at,
      seats: new Map((row.seats ?? []).map((seat) => [seat[0], readSeat(seat)])),
      denied: new Map(
        (row.denied ?? []).map(([ord, why, present, state]) => [ord - 1, { why, present, state }]),
      ),
      kinds: new Map((row.kinds ?? []).map(([ord, kind]) => [ord - 1, kind])),
    }
  }
}

/** Whether the claim reads the conversation of this pick: its kind is not remembered, or the number does not serve every contact. */
function mustReadConversation(pick: Pick): boolean {
  return pick.reserve.contact !== null && (pick.kind === null || pick.isLimited)
}

/** A seat that was claimed alone, in the form of the claim of a batch. */
export function claimedOne({ at, kind, candidate }: Seat): Claimed {
  return {
    at,
    seats: new Map([[candidate.name, candidate]]),
    denied: new Map(),
    kinds: new Map(kind === null ? [] : [[0, kind]]),
  }
}

/** The arrays of the claim's parameters $3 to $17. */
function columns(picks: readonly Pick[]): unknown[] {
  return [
    picks.map((pick) => pick.reserve.id),
    picks.map((pick) => pick.reserve.contact),
    picks.map((pick) => pick.reserve.client),
    picks.map((pick) => pick.expected),
    picks.map((pick) => pick.instance),
    picks.map((pick) => pick.place),
    picks.map((pick) => pick.reserve.strategy),
    picks.map((pick) => pick.outcome),
    picks.map((pick) => pick.reserve.idempotencyKey),
    picks.map((pick) => pick.reserve.hash),
    [...new Set(picks.map((pick) => pick.instance))],
    picks.map((pick) => pick.reserve.owner),
    picks.map((pick) => pick.kind),
    picks.some(({ reserve }) => reserve.clients !== null)
      ? picks.map(({ reserve }) => formsText(reserve.clients))
      : null,
    picks.some(({ reserve }) => reserve.contact !== reserve.contactId)
      ? picks.map(({ reserve }) => writtenAs(reserve))
      : null,
  ]
}

/** The arrays of $18 to $24. */
function movers(picks: readonly Pick[]): unknown[] {
  const moving = new Map<string, Pick>()
  for (const pick of picks)
    if (pick.moves && pick.reserve.contact !== null) moving.set(pick.reserve.contact, pick)
  const contacts = [...moving.values()]
  const clients = contacts.flatMap(({ reserve }) =>
    (reserve.clients ?? (reserve.client === null ? [] : [reserve.client])).map((id) => ({
      id,
      contact: reserve.contact,
    })),
  )
  const firsts = contacts.filter((pick) => pick.expected === null)
  return [
    picks.map((pick) => pick.moves),
    contacts.map((pick) => pick.reserve.contact),
    clients.map(({ id }) => id),
    clients.map(({ contact }) => contact),
    firsts.map((pick) => pick.reserve.contact),
    firsts.map((pick) => pick.reserve.client),
    firsts.map((pick) => formsText(pick.reserve.clients)),
  ]
}
