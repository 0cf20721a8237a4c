import { useSyncExternalStore } from 'react'

/** Why there is no key just now, where that deserves a sentence. */
export type Farewell = 'revoked' | 'signedOut' | 'botKey' | null

type Session = { key: string | null; farewell: Farewell }

/** The tab's own storage: it ends with the tab, and no other tab sees it. */
const STORED = 'zapfleet.key'

let session: Session = { key: sessionStorage.getItem(STORED), farewell: null }
const listeners = new Set<() => void>()

function become(next: Session): void {
  session = next
  for (const tell of listeners) tell()
}

/** Keeps the key for this tab. */
export function signIn(key: string): void {
  sessionStorage.setItem(STORED, key)
  become({ key, farewell: null })
}

/** Forgets the key. */
export function signOut(farewell: Farewell): void {
  sessionStorage.removeItem(STORED)
  become({ key: null, farewell })
}

/** The key of this tab, or why there is none. */
export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => session,
  )
}
