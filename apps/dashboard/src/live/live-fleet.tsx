import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react'
import { endIfRevoked, useFleet } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { followChanges } from './follow-changes.ts'
import { type Change, withChanges } from './known-fleet.ts'

/**
 * How fresh the page is. `asOfMs`: when what is shown was last known to be true, by this device's clock; null: never.
 * `polled`: without the stream, but the list is read again and again.
 */
export type Live = { state: 'connecting' | 'live' | 'lost'; asOfMs: number | null; polled: boolean }

type LiveFleet = {
  fleet: UseQueryResult<Instance[]>
  live: Live
  /** Shows what an act of one's own answered, before the stream tells it. */
  apply: (change: Change) => void
}

/** While the stream is away the list is asked for this often; while it is there, only to be sure. */
const POLL_MS = 5_000
const RECHECK_MS = 60_000

const FLEET_KEY = ['live fleet'] as const
const Known = createContext<LiveFleet | null>(null)

/** Holds the fleet and keeps it up to date: the list once, then every change as it happens. */
export function LiveFleetProvider({ children }: { children: ReactNode }) {
  const { client, session } = useFleet()
  const queryClient = useQueryClient()
  const [state, setState] = useState<Live['state']>('connecting')
  const [heardMs, setHeardMs] = useState<number | null>(null)
  // What the stream told while the list was on its way: the list may be older than that.
  const meanwhile = useRef<Change[] | null>(null)

  const fleet = useQuery({
    queryKey: FLEET_KEY,
    async queryFn({ signal }) {
      const changes: Change[] = []
      meanwhile.current = changes
      // Tried anew by the interval, not by the client.
      const list = await client.instance.list.query({}, { signal, context: { retry: false } })
      return withChanges(list, changes)
    },
    refetchInterval: state === 'live' ? RECHECK_MS : POLL_MS,
    refetchOnWindowFocus: 'always',
  })

  useEffect(() => {
    let isLive = false
    return followChanges(client, session.id, (news) => {
      if (news.type === 'live') {
        isLive = true
        setState('live')
        // Changes from before the stream was open.
        void queryClient.invalidateQueries({ queryKey: FLEET_KEY })
      } else if (news.type === 'lost') {
        if (isLive) setHeardMs(Date.now())
        isLive = false
        setState('lost')
      } else if (news.type === 'changes') {
        meanwhile.current?.push(...news.changes)
        queryClient.setQueryData<Instance[]>(FLEET_KEY, (list) => list && withChanges(list, news.changes))
      } else endIfRevoked(news.error)
    })
  }, [client, session.id, queryClient])

  const readMs = fleet.dataUpdatedAt
  const asOfMs = state === 'live' ? Date.now() : Math.max(readMs, heardMs ?? 0) || null
  const polled = state !== 'live' && readMs > (heardMs ?? 0) && !fleet.isError
  const apply = useCallback(
    (change: Change) => {
      meanwhile.current?.push(change)
      queryClient.setQueryData<Instance[]>(FLEET_KEY, (list) => list && withChanges(list, [change]))
    },
    [queryClient],
  )
  return <Known value={{ fleet, live: { state, asOfMs, polled }, apply }}>{children}</Known>
}

/** One number as it is known now; undefined when there is none of this name, or the fleet is not read yet. */
export function useInstance(name: string | null): Instance | undefined {
  const { fleet } = useLiveFleet()
  return fleet.data?.find((one) => one.name === name)
}

/** The fleet as it is known now, and how fresh that is. */
export function useLiveFleet(): LiveFleet {
  const known = useContext(Known)
  if (known === null) throw new Error('useLiveFleet is used outside of LiveFleetProvider.')
  return known
}
