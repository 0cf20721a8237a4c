import type { ClientIds } from '../ground/client-ids.ts'
import type { Ground } from '../ground/ground.ts'
import { parts } from '../ground/parts.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import type { Statement } from '../ground/statement.ts'
import type { ContactDrops } from './contact-drops.ts'
import { contactHash } from './contact-drops.ts'
import { type ContactIds, contactIds, idsOfKey } from './contact-ids.ts'
import { formsText } from './contact-sql.ts'
import { MOST_STEPS, nextKey } from './contact-state.ts'
import {
  type MovedContactsRow,
  moveContactsStatement,
  type StoredInboundsRow,
  storeInboundsStatement,
  storePoolInboundsStatement,
} from './inbound-sql.ts'

/** What storing the messages of people needs of a fleet. */
export type InboundStore = Ground & { readonly drops: ContactDrops }

/** A message that a person wrote to an instance. `atMs` in milliseconds since 1970. */
export type Inbound = {
  instance: string
  /** Any id of the person. */
  id: string
  atMs: number
  /** False: nothing is stored where the contact is not stored yet. */
  isMade: boolean
}

/** A message with the contact that it was found to be of. */
export type FoundInbound = Inbound & ContactIds

/** Messages of one statement. */
const AT_ONCE = 500

const statements = new Map<ClientIds['kind'], { store: Statement; move: Statement }>()

/**
 * Stores the messages that people wrote, forward only, and gives each contact the number that its newest message was sent to. Messages to
 * instances that are not ours change nothing.
 *
 * @returns those whose contact another transaction holds in `clientes`: to be given to `moveContacts` again
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function storeInbounds(
  store: InboundStore,
  inbounds: readonly Inbound[],
): Promise<FoundInbound[]> {
  const busy: FoundInbound[] = []
  let open = inbounds.map((one): FoundInbound => ({ ...one, ...contactIds(store, one.id) }))
  for (let step = 1; step <= MOST_STEPS && open.length > 0; step++) {
    const redirected: FoundInbound[] = []
    for (const some of parts(newestOfEach(open), AT_ONCE)) {
      const { moves, redirects } = await storeSome(store, some)
      const moved = await moveSome(store, moves)
      busy.push(...moved.busy)
      redirected.push(...redirects, ...moved.redirects)
    }
    open = redirected
  }
  return busy
}

/** Moves contacts that were held before. The result is that of `storeInbounds`. @throws FleetError DATABASE_UNAVAILABLE */
export async function moveContacts(
  store: InboundStore,
  inbounds: readonly FoundInbound[],
): Promise<FoundInbound[]> {
  const busy: FoundInbound[] = []
  for (const some of parts(
    newestOfEach(inbounds, (one) => one.key),
    AT_ONCE,
  )) {
    const moved = await moveSome(store, some)
    busy.push(...moved.busy, ...(await storeInbounds(store, moved.redirects)))
  }
  return busy
}

type Sorted = { moves: FoundInbound[]; redirects: FoundInbound[] }

async function storeSome(store: InboundStore, some: readonly FoundInbound[]): Promise<Sorted> {
  const [row] = await repeatUndone(() =>
    store.sql.run<StoredInboundsRow>(statementsOf(store).store, [
      store.clock(),
      ...columns(some),
      some.map((one) => one.isMade),
    ]),
  )
  store.drops.drop(row?.hashes ?? '')
  const redirects = row?.redirects ?? []
  if (row?.has_pools) {
    const places = new Set(redirects.map(([place]) => place - 1))
    await storeInPools(
      store,
      some.filter((_, at) => !places.has(at)),
    )
  }
  return { moves: pick(some, row?.moves ?? []), redirects: follow(store, some, redirects) }
}

async function storeInPools(store: InboundStore, some: readonly FoundInbound[]): Promise<void> {
  if (some.length === 0) return
  const [row] = await repeatUndone(() =>
    store.sql.run<{ hashes: string | null }>(storePoolInboundsStatement, [
      store.clock(),
      some.map((one) => one.instance),
      some.map((one) => one.key),
      some.map((one) => new Date(one.atMs)),
      some.map((one) => contactHash(one.key)),
      some.map((one) => one.isMade),
    ]),
  )
  store.drops.drop(row?.hashes ?? '')
}

async function moveSome(
  store: InboundStore,
  some: readonly FoundInbound[],
): Promise<{ busy: FoundInbound[]; redirects: FoundInbound[] }> {
  if (some.length === 0) return { busy: [], redirects: [] }
  const clients = some.flatMap((one) =>
    (one.clients ?? (one.client === null ? [] : [one.client])).map((id) => ({ id, contact: one.key })),
  )
  const [row] = await repeatUndone(() =>
    store.sql.run<MovedContactsRow>(statementsOf(store).move, [
      store.clock(),
      ...columns(some),
      clients.map(({ id }) => id),
      clients.map(({ contact }) => contact),
    ]),
  )
  store.drops.drop(row?.hashes ?? '')
  return { busy: pick(some, row?.busy ?? []), redirects: follow(store, some, row?.redirects ?? []) }
}

function statementsOf({ clients }: InboundStore): { store: Statement; move: Statement } {
  const found = statements.get(clients.kind) ?? {
    store: storeInboundsStatement(clients),
    move: moveContactsStatement(clients),
  }
  statements.set(clients.kind, found)
  return found
}

/** The arrays of the parameters $2 to $7 of both statements. */
function columns(some: readonly FoundInbound[]): unknown[] {
  return [
    some.map((one) => one.instance),
    some.map((one) => one.key),
    some.map((one) => new Date(one.atMs)),
    some.map((one) => one.client),
    some.map((one) => formsText(one.clients)),
    some.map((one) => contactHash(one.key)),
  ]
}

/** The newest message of each contact to each instance. */
function newestOfEach(
  inbounds: readonly FoundInbound[],
  keyOf = (one: FoundInbound): string => `${one.instance}\n${one.key}`,
): FoundInbound[] {
  const newest = new Map<string, FoundInbound>()
  for (const one of inbounds) {
    const key = keyOf(one)
    const other = newest.get(key)
    if (!other || other.atMs < one.atMs)
      newest.set(key, { ...one, isMade: one.isMade || other?.isMade === true })
    else if (one.isMade && !other.isMade) newest.set(key, { ...other, isMade: true })
  }
  return [...newest.values()]
}

const pick = (some: readonly FoundInbound[], places: readonly number[]): FoundInbound[] =>
  places.flatMap((place) => some[place - 1] ?? [])

/** The messages of ids that are another contact's, with that contact. */
function follow(
  store: InboundStore,
  some: readonly FoundInbound[],
  redirects: readonly [ord: number, state: string][],
): FoundInbound[] {
  return redirects.flatMap(([place, state]) => {
    const one = some[place - 1]
    const key = one && nextKey(state, one.key, one.id)
    return one && key ? [{ ...one, ...idsOfKey(store, key) }] : []
  })
}
