import { useSyncExternalStore } from 'react'
import { beginSession, endAllSessions, endSession, type OwnSession, readSessions } from './call-session.ts'

/** Why the session ended, as the sign-in form shows it. */
export type Farewell = 'revoked' | 'signedOut' | null

/** Whether this browser is signed in. `reading` until the API answered for the first time. */
export type SignIn =
  | { is: 'reading' }
  | { is: 'failed'; error: unknown }
  | { is: 'in'; session: OwnSession }
  | { is: 'out'; farewell: Farewell }

// Earlier releases stored the key of a tab here.
sessionStorage.removeItem('zapfleet.key')

let signedIn: SignIn = { is: 'reading' }
const listeners = new Set<() => void>()
/** The cookie belongs to all tabs of the browser: after a change by one tab the others read it. */
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('zapfleet.session') : null
if (tabs) tabs.onmessage = () => void readSignIn('signedOut')

function become(next: SignIn): void {
  signedIn = next
  for (const listener of listeners) listener()
}

/** Whether the session of this tab ends now. Its stream may have ended before another tab reports that it signed out. */
function isFarewell(): boolean {
  return signedIn.is === 'in' || (signedIn.is === 'out' && signedIn.farewell === 'revoked')
}

/** Reads whether this browser is signed in. `farewell`: what the form shows if the session ended. */
export async function readSignIn(farewell: Farewell = null): Promise<void> {
  try {
    const { session } = await readSessions()
    if (session === null) become({ is: 'out', farewell: isFarewell() ? farewell : null })
    else if (signedIn.is !== 'in' || signedIn.session.id !== session.id) become({ is: 'in', session })
  } catch (error) {
    if (signedIn.is !== 'in') become({ is: 'failed', error })
  }
}

/**
 * Signs this browser in, with all of its tabs.
 *
 * @returns false when the browser did not store the cookie
 * @throws FleetError as `beginSession` does
 */
export async function signIn(key: string): Promise<boolean> {
  await beginSession(key)
  const { session } = await readSessions()
  if (session === null) return false
  become({ is: 'in', session })
  tabs?.postMessage('changed')
  return true
}

/** Signs this browser out, with all of its tabs; `everywhere`: every browser that signed in with the same key. @throws FleetError */
export async function signOut({ everywhere = false } = {}): Promise<void> {
  await (everywhere ? endAllSessions() : endSession())
  become({ is: 'out', farewell: 'signedOut' })
  tabs?.postMessage('changed')
}

/** The API refused the session: it ended, or its key did. */
export function sessionEnded(): void {
  if (signedIn.is === 'in') become({ is: 'out', farewell: 'revoked' })
}

/** Whether this browser is signed in; renders the component again after each change. */
export function useSignIn(): SignIn {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => signedIn,
  )
}
