import { useEffect } from 'react'
import { FleetProvider, usePools } from './api/fleet.tsx'
import { AskView } from './ask/ask-view.tsx'
import { ContactsView } from './contacts/contacts-view.tsx'
import { FailureBox } from './design/failure-box.tsx'
import { Notes } from './design/notes.tsx'
import { FleetView } from './fleet/fleet-view.tsx'
import { useRoute } from './follow-route.ts'
import { Frame, IN_POOLS } from './frame.tsx'
import { LiveFleetProvider } from './live/live-fleet.tsx'
import { LoadedPlace } from './loaded-place.tsx'
import { MessagesView } from './messages/messages-view.tsx'
import { NumberDrawer } from './number/number-drawer.tsx'
import { PairingDialog, PairingProvider } from './pairing/pairing-dialog.tsx'
import { readSignIn, useSignIn } from './session/follow-session.ts'
import { SignInForm } from './session/sign-in.tsx'

/** The page: the sign-in form, or, with a session, the fleet. */
export function Page() {
  const signedIn = useSignIn()
  useEffect(() => void readSignIn(), [])
  if (signedIn.is === 'reading') return null
  if (signedIn.is === 'failed')
    return (
      <main className="frame view">
        <FailureBox error={signedIn.error} onRetry={() => void readSignIn()} />
      </main>
    )
  if (signedIn.is === 'out') return <SignInForm key={signedIn.farewell} farewell={signedIn.farewell} />
  const { session } = signedIn
  return (
    <FleetProvider key={session.id} session={session}>
      <LiveFleetProvider>
        <Notes>
          <PairingProvider>
            <SignedIn />
          </PairingProvider>
        </Notes>
      </LiveFleetProvider>
    </FleetProvider>
  )
}

function SignedIn() {
  const route = useRoute()
  const pools = usePools()
  // The address of a place that this key may not open shows the fleet.
  const view = pools === null || IN_POOLS.includes(route.view) ? route.view : 'fleet'
  const { number } = route
  return (
    <Frame view={view}>
      {view === 'fleet' && <FleetView />}
      {view === 'contacts' && <ContactsView />}
      {view === 'messages' && <MessagesView />}
      {view === 'ask' && <AskView />}
      {view === 'alerts' && <LoadedPlace place="alerts" />}
      {view === 'settings' && <LoadedPlace place="settings" />}
      <NumberDrawer name={number} />
      {number === null && <PairingDialog />}
    </Frame>
  )
}
