import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Session } from '@zapfleet/core'
import { endIfRevoked, useFleet } from '../api/fleet.tsx'
import { useNow } from '../api/server-clock.ts'
import { Modal } from '../design/dialog.tsx'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { endOtherSession, readSessions } from './call-session.ts'
import { sessionEnded } from './follow-session.ts'
import { useSignOut } from './use-sign-out.ts'
import './sessions.css'

const SESSIONS_KEY = ['sessions'] as const

/** The browsers that are signed in with the key of this session, each with a button that ends it. */
export function SessionsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { w } = useSpeech()
  return (
    <Modal open={open} onClose={onClose} title={w.sessions.title}>
      <SessionList />
    </Modal>
  )
}

function SessionList() {
  const { w } = useSpeech()
  const { session } = useFleet()
  const queryClient = useQueryClient()
  const signOut = useSignOut()
  const sessions = useQuery({
    queryKey: SESSIONS_KEY,
    async queryFn({ signal }) {
      const read = await readSessions(signal)
      if (read.session === null) sessionEnded()
      return read
    },
    staleTime: 0,
  })
  const end = useMutation({
    mutationFn: endOtherSession,
    onError: endIfRevoked,
    onSettled: () => queryClient.invalidateQueries({ queryKey: SESSIONS_KEY }),
  })
  return (
    <>
      <p className="quiet">{w.sessions.lead(session.label)}</p>
      {sessions.isError && <FailureBox error={sessions.error} onRetry={() => sessions.refetch()} />}
      {end.isError && <FailureBox error={end.error} />}
      <ul className="sessions">
        <SessionLine session={session} />
        {sessions.data?.others.map((other) => (
          <SessionLine
            key={other.id}
            session={other}
            onEnd={() => end.mutate(other.id)}
            isEnding={end.isPending && end.variables === other.id}
          />
        ))}
      </ul>
      <div className="dialog-foot">
        <button
          type="button"
          className="button"
          onClick={() => signOut.mutate({})}
          disabled={signOut.isPending}
        >
          <Icon name="out" />
          {w.head.signOut}
        </button>
        <button
          type="button"
          className="button button-danger"
          onClick={() => signOut.mutate({ everywhere: true })}
          disabled={signOut.isPending}
        >
          {w.sessions.signOutEverywhere}
        </button>
      </div>
    </>
  )
}

function SessionLine(props: { session: Session; onEnd?: () => void; isEnding?: boolean }) {
  const { w, f } = useSpeech()
  const nowMs = useNow(20_000)
  const { session, onEnd, isEnding = false } = props
  const { browser, address, createdAt, lastUsedAt } = session
  const name = browser === 'unknown' ? w.sessions.unknownBrowser : browser
  return (
    <li className="session">
      <div>
        <p className="session-name">
          {name} <span className="quiet figures">{address}</span>
        </p>
        <p className="quiet figures">
          {w.sessions.signedIn(f.when(createdAt, nowMs))}
          {onEnd && lastUsedAt !== null && ` · ${w.sessions.lastUsed(f.ago(lastUsedAt, nowMs))}`}
        </p>
      </div>
      {onEnd ? (
        <button
          type="button"
          className="button button-small"
          aria-label={w.sessions.endNamed(name)}
          disabled={isEnding}
          onClick={onEnd}
        >
          {w.sessions.end}
        </button>
      ) : (
        <span className="session-own">{w.sessions.thisBrowser}</span>
      )}
    </li>
  )
}
