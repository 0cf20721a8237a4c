import { announceContacts } from '../contact/announce-contacts.ts'
import { type KnownLids, linkLids } from '../contact/link-lids.ts'
import {
  type FoundInbound,
  type Inbound,
  type InboundStore,
  storeInbounds,
} from '../contact/store-inbounds.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import type { NamedMessage } from '../reservation/completer.ts'
import type { FleetMetrics } from '../reservation/fleet-metrics.ts'
import type { OutcomeStatus } from '../reservation/reservation.ts'
import { type EventBatch, keyOf } from './event-batch.ts'
import {
  type AppliedRow,
  linkMessages,
  matchOutcomes,
  moveMessages,
  type OpenReservationsRow,
  readOpenReservations,
  readShared,
  storeCoverage,
  storeOutcomes,
} from './outcome-sql.ts'
import { personKey, plainSpellings, spellingsElsewhere } from './person.ts'
import { LINK_WITHIN_MS, pairSends, type UnlinkedSend } from './send-pairs.ts'

/** What storing events needs of a fleet. */
export type OutcomeStore = InboundStore & {
  readonly metrics: Pick<FleetMetrics, 'outcome'>
}

/** An event of a send is linked this late at most: Evolution's global webhook repeats for some 20 minutes. */
const LATEST_MS = 30 * 60_000
/** Ids are made before the row is stored, by the clock of the process that reserves. */
const ID_CLOCK_MARGIN_MS = 60_000
/** A pair that another process links meanwhile is computed again. */
const LINK_ATTEMPTS = 3
/** Waiting outcomes that one statement applies. */
const MATCH_ROWS = 1_000

const iso = (ms: number): string => new Date(ms).toISOString()

/**
 * Stores outcomes: those whose reservation has the message change it, forward only; the others wait.
 *
 * @returns whether each has a reservation, and the database's clock
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function applyOutcomes(
  store: OutcomeStore,
  outcomes: EventBatch['outcomes'],
): Promise<{ at: Date | null; isMatched: boolean[] }> {
  if (outcomes.length === 0) return { at: null, isMatched: [] }
  const [row] = await repeatUndone(() =>
    store.sql.run<AppliedRow>(storeOutcomes, [
      store.clock(),
      outcomes.map((one) => one.instance),
      outcomes.map((one) => one.messageId),
      outcomes.map((one) => one.status),
      outcomes.map((one) => iso(one.atMs)),
      outcomes.map((one) => one.error),
      outcomes.map((one) => (one.evidenceMs === null ? null : iso(one.evidenceMs))),
    ]),
  )
  await follow(store, row)
  const matched = new Set(row?.matched)
  const isMatched = outcomes.map((_, index) => matched.has(index + 1))
  // A confirm may have named the message after this statement read and before it stored.
  await matchWaiting(
    store,
    outcomes.filter((_, index) => !isMatched[index]).map((one) => one.messageId),
  )
  return { at: row?.at ?? null, isMatched }
}

/**
 * Applies waiting outcomes whose reservation has its message by now.
 *
 * @param messageIds null: all that wait, at most `limit`
 * @returns how many were applied
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function matchWaiting(
  store: OutcomeStore,
  messageIds: readonly string[] | null,
  limit: number = MATCH_ROWS,
): Promise<number> {
  if (messageIds?.length === 0) return 0
  const [row] = await repeatUndone(() =>
    store.sql.run<AppliedRow>(matchOutcomes, [store.clock(), messageIds, limit]),
  )
  await follow(store, row)
  return new Set(row?.matched).size
}

/**
 * Makes the messages that confirms named those of their reservations, and applies what waits for them.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function linkNamed(store: OutcomeStore, named: readonly NamedMessage[]): Promise<void> {
  if (named.length === 0) return
  const ids = named.map((one) => one.reservationId)
  const messages = named.map((one) => one.messageId)
  const [row] = await repeatUndone(() => store.sql.run<{ moved: number }>(moveMessages, [ids, messages]))
  await matchWaiting(store, messages)
  // The outcomes of messages that other reservations got.
  if (row && row.moved > 0) await matchWaiting(store, null)
}

/**
 * Links messages that were sent with their reservations, by instance and person, and applies what waits for them.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function linkSends(store: OutcomeStore, sends: EventBatch['sends']): Promise<void> {
  let open: UnlinkedSend[] = sends.flatMap((send) => {
    const person = personKey(send.jid, store.defaultCountry)
    return person === null ? [] : [{ ...send, person }]
  })
  for (let attempt = 1; attempt <= LINK_ATTEMPTS && open.length > 0; attempt++) {
    const { linked, reservations } = await readOpen(store, open)
    open = open.filter((send) => !linked.has(keyOf(send.instance, send.messageId)))
    const pairs = pairSends(open, reservations)
    if (pairs.length === 0) return
    const rows = await repeatUndone(() =>
      store.sql.run<{ id: string }>(linkMessages, [
        pairs.map((pair) => pair.id),
        pairs.map((pair) => pair.messageId),
      ]),
    )
    await matchWaiting(
      store,
      pairs.map((pair) => pair.messageId),
    )
    if (rows.length === pairs.length) return
  }
}

async function readOpen(store: OutcomeStore, sends: readonly UnlinkedSend[]) {
  const spellings = sends.flatMap((send) => plainSpellings(send.person))
  const nowMs = Date.now()
  const firstSentMs = Math.min(nowMs, ...sends.map((send) => send.sentAtMs))
  const [row] = await store.sql.run<OpenReservationsRow>(readOpenReservations, [
    store.clock(),
    [...new Set(sends.map((send) => send.instance))],
    sends.map((send) => send.messageId),
    [...new Set(spellings)],
    firstIdOf(Math.max(firstSentMs, nowMs - LATEST_MS) - LINK_WITHIN_MS - ID_CLOCK_MARGIN_MS),
  ])
  const aliases = row?.aliases ?? []
  const reservations = (row?.open ?? []).map(([id, instance, contactId, written, reservedAtMs]) => {
    const ids = [contactId, written, ...aliases.flatMap(([alias, of]) => (of === contactId ? alias : []))]
    const persons = new Set(ids.flatMap((one) => personKey(one, store.defaultCountry) ?? []))
    return { id, instance, persons: [...persons], reservedAtMs }
  })
  return { linked: new Set(row?.linked.map(([instance, id]) => keyOf(instance, id))), reservations }
}

/** The smallest id of version 7 that is made at this moment. */
export function firstIdOf(atMs: number): string {
  const hex = Math.max(0, Math.floor(atMs)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/**
 * Stores the messages that people wrote, see `storeInbounds`. Evolution writes Mexican and Argentine mobile numbers with one digit less; a
 * contact that a bot writes with it gets the message, too, if it is stored. So does a LID that is no other id of its phone's contact.
 *
 * @returns those whose contact another transaction holds
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function recordInbounds(
  store: OutcomeStore,
  lids: KnownLids,
  batch: Pick<EventBatch, 'inbound' | 'lids'>,
): Promise<FoundInbound[]> {
  await linkLids(store, lids, batch.lids)
  const inbounds = batch.inbound.flatMap(({ instance, jids, atMs }): Inbound[] => {
    const [id, lid] = jids
    if (id === undefined) return []
    const others = spellingsElsewhere(id, store.defaultCountry)
    if (lid !== undefined && lids.isLinked({ lid, phone: id }) !== true) others.push(lid)
    return [
      { instance, id, atMs, isMade: true },
      ...others.map((other) => ({ instance, id: other, atMs, isMade: false })),
    ]
  })
  return storeInbounds(store, inbounds)
}

/** Stores that events of these sources arrive. @throws FleetError DATABASE_UNAVAILABLE */
export async function recordCoverage(store: OutcomeStore, coverage: EventBatch['coverage']): Promise<void> {
  if (coverage.length === 0) return
  await repeatUndone(() =>
    store.sql.run(storeCoverage, [
      store.clock(),
      coverage.map((one) => one.instance),
      coverage.map((one) => one.source),
    ]),
  )
}

async function follow(store: OutcomeStore, row: AppliedRow | undefined): Promise<void> {
  for (const [instance, status, messages] of row?.reached ?? [])
    store.metrics.outcome(instance, status as OutcomeStatus, messages)
  await announceContacts(store, row?.contacts ?? [])
  // A process ended before it stored the message that a confirm named, so that the reservation that had it by inference kept it.
  if (row?.shared) await linkNamed(store, await store.sql.run<NamedMessage>(readShared, [row.shared]))
}
