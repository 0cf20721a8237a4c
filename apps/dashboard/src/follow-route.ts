import { useMemo, useSyncExternalStore } from 'react'
import { type Route, readRoute } from './route.ts'

/** The address that the page shows. It differs from that of the browser while a holder decides. */
let shown = location.hash
const listeners = new Set<() => void>()

/** Decides whether a change of the address waits. `leave` makes the change. */
type Holder = (leave: () => void) => boolean
const holders = new Set<Holder>()

function show(): void {
  shown = location.hash
  for (const listener of listeners) listener()
}

addEventListener('hashchange', () => {
  const wanted = location.hash
  if (wanted === shown) return
  const leave = (): void => {
    history.pushState(null, '', wanted)
    show()
  }
  for (const holder of holders) {
    if (!holder(leave)) continue
    history.pushState(null, '', shown)
    return
  }
  show()
})

/**
 * Makes `holder` hold every change of the address, also by the back button, until the returned function is called.
 */
export function holdRoute(holder: Holder): () => void {
  holders.add(holder)
  return () => holders.delete(holder)
}

/** Goes to an address; the back button returns. With `replace` the present address is not kept in the history. */
export function go(hash: string, { replace = false } = {}): void {
  if (hash === location.hash) return
  if (replace) history.replaceState(null, '', hash)
  else history.pushState(null, '', hash)
  show()
}

/** The present route. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )
  return useMemo(() => readRoute(hash), [hash])
}
