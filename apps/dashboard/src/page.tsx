import { useEffect } from 'react'
import { FleetProvider, useRole } from './api/fleet.tsx'
import { AskView } from './ask/ask-view.tsx'
import { FleetView } from './fleet/fleet-view.tsx'
import { useRoute } from './follow-route.ts'
import { Frame } from './frame.tsx'
import { LiveFleetProvider } from './live/live-fleet.tsx'
import { Notes } from './look/notes.tsx'
import { NumberDrawer } from './number/number-drawer.tsx'
import { PairingDialog, PairingProvider } from './pairing/pairing-dialog.tsx'
import { signOut, useSession } from './session/session.ts'
import { SignIn } from './session/sign-in.tsx'

/** The page: the door, or, with a key, the fleet behind it. */
export function Page() {
  const { key, farewell } = useSession()
  if (key === null) return <SignIn key={farewell} farewell={farewell} />
  return (
    <FleetProvider key={key} apiKey={key}>
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
  const { view, number } = useRoute()
  const role = useRole()
  useEffect(() => {
    // A key that was kept before it became a bot's.
    if (role === 'bot') signOut('botKey')
  }, [role])
  return (
    <Frame view={view}>
      {view === 'ask' ? <AskView /> : <FleetView />}
      <NumberDrawer name={number} />
      {number === null && <PairingDialog />}
    </Frame>
  )
}
