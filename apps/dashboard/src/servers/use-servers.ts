import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useFleet, useMayAct } from '../api/fleet.tsx'
import type { Server } from '../api/open-client.ts'
import { useLiveFleet } from '../live/live-fleet.tsx'
import { type OtherServer, othersOf } from './other-servers.ts'
import { countServers } from './server-counts.ts'

const FRESH_FOR_MS = 30_000
const NO_SERVERS: readonly Server[] = []

/** The servers beside the default one, as the frame read them last; undefined: not read yet, or the API does not list them. */
function useOtherServers(): readonly OtherServer[] | undefined {
  const { trpc } = useFleet()
  return useQuery(trpc.fleet.conditions.queryOptions({}, { enabled: false, select: othersOf })).data
}

/** The servers that this session sees, each with its numbers, the default one first. One entry: nothing is shown of servers. */
export function useServerCounts(): ReadonlyMap<string, number> {
  const { instances } = useLiveFleet()
  const others = useOtherServers()
  return useMemo(
    () => countServers(instances ?? [], others?.map(({ name }) => name) ?? []),
    [instances, others],
  )
}

/** All servers with their states, for an admin; empty until they are read, and where there is only one. */
export function useServerList(): readonly Server[] {
  const { trpc } = useFleet()
  const mayAct = useMayAct()
  const isSingle = useOtherServers()?.length === 0
  const { data = NO_SERVERS } = useQuery(
    trpc.server.list.queryOptions({}, { staleTime: FRESH_FOR_MS, enabled: mayAct && !isSingle }),
  )
  return data.length > 1 ? data : NO_SERVERS
}
