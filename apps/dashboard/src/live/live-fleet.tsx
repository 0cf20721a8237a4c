import type { LiveFleet, LiveSnapshot } from '@zapfleet/client'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react'
import { codeOf } from '../api/failure.ts'
import { endIfRevoked, useFleet } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { sharedWatch } from './share-stream.ts'

/** While the stream is interrupted the list is read this often; while it is open, rarely. */
const POLL_MS = 5_000
const RECHECK_MS = 60_000
/** The first list waits this long for the stream: of a large fleet it is most of what the page loads. */
const STREAM_FIRST_MS = 300
/** After a refusal that does not end the session. */
const REOPEN_MS = 2_000

const NOT_YET: LiveSnapshot = { instances: null, state: 'connecting', asOf: null, error: null }

/** An open view, and the numbers that the one before it showed, until it has its own. */
type View = { live: LiveFleet; sessionId: string; before: Shown | null }
type Shown = Pick<LiveSnapshot, 'instances' | 'asOf'>

/** What the last view of this session showed; null: nothing, or it was another session's. */
function lastOf(last: View | null, sessionId: string): Shown | null {
  if (last === null || last.sessionId !== sessionId) return null
  const { instances, asOf } = last.live.snapshot
  return instances === null ? last.before : { instances, asOf }
}

/** The live view with the functions that update it. */
export type KnownFleet = LiveSnapshot & {
  /** Reads the list now. */
  refresh: () => void
  /** Shows the answer of an own call before the stream has it; null: the number is deleted. */
  apply: (name: string, instance: Instance | null) => void
}

const Known = createContext<KnownFleet | null>(null)

/** Opens the live view of the fleet for everything below. */
export function LiveFleetProvider({ children }: { children: ReactNode }) {
  const { client, session } = useFleet()
  const [view, setView] = useState<View | null>(null)
  const live = view?.live ?? null
  const [opening, setOpening] = useState(0)

  // Each opening makes another view.
  useEffect(() => {
    const opened = client.live({
      watch: sharedWatch(client, session.id),
      refreshMs: RECHECK_MS,
      retryMs: POLL_MS,
      streamFirstMs: STREAM_FIRST_MS,
      isIdle: () => document.hidden,
      // The view repeats its reads.
      context: { retry: false },
    })
    setView((last) => ({ live: opened, sessionId: session.id, before: lastOf(last, session.id) }))
    const refresh = (): void => {
      if (!document.hidden) void opened.refresh()
    }
    document.addEventListener('visibilitychange', refresh)
    return () => {
      document.removeEventListener('visibilitychange', refresh)
      opened.close()
    }
  }, [client, session.id, opening])

  const present = useSyncExternalStore(
    useCallback((onChange) => live?.subscribe(onChange) ?? (() => {}), [live]),
    () => live?.snapshot ?? NOT_YET,
  )
  const before = view?.before ?? null
  const snapshot = useMemo(
    () => (present.instances === null && before !== null ? { ...present, ...before } : present),
    [present, before],
  )
  const { state, error } = present
  useEffect(() => {
    if (state !== 'ended' || error === null) return
    endIfRevoked(error)
    if (codeOf(error) === 'UNAUTHORIZED') return
    const timer = setTimeout(() => setOpening((before) => before + 1), REOPEN_MS)
    return () => clearTimeout(timer)
  }, [state, error])

  const known = useMemo<KnownFleet>(
    () => ({
      ...snapshot,
      refresh: () => void live?.refresh(),
      apply: (name, instance) => live?.apply(name, instance),
    }),
    [snapshot, live],
  )
  return <Known value={known}>{children}</Known>
}

/** One number as it is known now; undefined when there is none of this name, or the list is not there yet. */
export function useInstance(name: string | null): Instance | undefined {
  return useLiveFleet().instances?.find((one) => one.name === name)
}

/** The fleet as it is known now, and how current it is. */
export function useLiveFleet(): KnownFleet {
  const known = useContext(Known)
  if (known === null) throw new Error('useLiveFleet is used outside of LiveFleetProvider.')
  return known
}
