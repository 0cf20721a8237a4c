import { type MouseEvent, useMemo, useSyncExternalStore } from 'react'
import { CONTACTS_HASH, type Route, readRoute } from './route.ts'

/**
 * What the page shows: the address after #, and the contact that the views of contacts and of messages show. The contact is in the state of the history
 * entry, not in the address: addresses are stored in the history of the browser and copied into messages.
 */
type Place = { hash: string; contact: string | null }

/** It differs from the place of the browser while a holder decides. */
let shown = present()
const listeners = new Set<() => void>()

/** Decides whether a change of the place waits. `leave` makes the change. */
type Holder = (leave: () => void) => boolean
const holders = new Set<Holder>()

function present(): Place {
  const state: unknown = history.state
  const contact = typeof state === 'object' && state !== null && 'contact' in state ? state.contact : null
  return { hash: location.hash, contact: typeof contact === 'string' ? contact : null }
}

function stateOf({ contact }: Place): object | null {
  return contact === null ? null : { contact }
}

function isSame(one: Place, other: Place): boolean {
  return one.hash === other.hash && one.contact === other.contact
}

function show(): void {
  shown = present()
  for (const listener of listeners) listener()
}

function follow(): void {
  const wanted = present()
  if (isSame(wanted, shown)) return
  const leave = (): void => {
    history.pushState(stateOf(wanted), '', wanted.hash)
    show()
  }
  for (const holder of holders) {
    if (!holder(leave)) continue
    history.pushState(stateOf(shown), '', shown.hash)
    return
  }
  show()
}

// Between two contacts only the state changes, which is no `hashchange`.
addEventListener('popstate', follow)
addEventListener('hashchange', follow)

/**
 * Makes `holder` hold every change of the place, also by the back button, until the returned function is called.
 */
export function holdRoute(holder: Holder): () => void {
  holders.add(holder)
  return () => holders.delete(holder)
}

/**
 * Goes to an address, with the contact that its view shows; the back button returns. With `replace` the present address is not kept
 * in the history.
 */
export function go(
  hash: string,
  { replace = false, contact = null }: { replace?: boolean; contact?: string | null } = {},
): void {
  goTo({ hash, contact }, replace)
}

/** Shows a contact, or with null the view of contacts without one. */
export function goToContact(contact: string | null, { replace = false } = {}): void {
  goTo({ hash: CONTACTS_HASH, contact }, replace)
}

/** Goes by `act` in the place of a clicked link, unless the click opens another tab or a download. */
export function followLink(event: MouseEvent, act: () => void): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  act()
}

function goTo(place: Place, replace: boolean): void {
  if (isSame(place, present())) return
  if (replace) history.replaceState(stateOf(place), '', place.hash)
  else history.pushState(stateOf(place), '', place.hash)
  show()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The present address after #. */
export function useHash(): string {
  return useSyncExternalStore(subscribe, () => shown.hash)
}

/** The present route. */
export function useRoute(): Route {
  const hash = useHash()
  return useMemo(() => readRoute(hash), [hash])
}

/** The contact that the view of contacts or of messages shows; null: none. */
export function useShownContact(): string | null {
  return useSyncExternalStore(subscribe, () => shown.contact)
}
