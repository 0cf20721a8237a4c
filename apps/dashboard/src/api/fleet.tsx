import { QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { FleetRouter } from '@zapfleet/client'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { signOut } from '../session/session.ts'
import { codeOf } from './failure.ts'
import { type FleetClient, openClient, type Role } from './open-client.ts'

/** The fleet as components reach it: `trpc` for queries and mutations, `client` for streams. */
type Door = { apiKey: string; client: FleetClient; trpc: TRPCOptionsProxy<FleetRouter> }

const Opened = createContext<Door | null>(null)

/** A key that stopped being one ends the session, wherever it is noticed. */
export function endIfRevoked(error: unknown): void {
  if (codeOf(error) === 'UNAUTHORIZED') signOut('revoked')
}

function open(key: string): Door & { queryClient: QueryClient } {
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError: endIfRevoked }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // The client repeats by itself whatever may be repeated.
        retry: false,
        // A device that believes to be offline may still reach an API on its own network.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', onError: endIfRevoked },
    },
  })
  const client = openClient(key)
  return {
    apiKey: key,
    client,
    trpc: createTRPCOptionsProxy<FleetRouter>({ client, queryClient }),
    queryClient,
  }
}

/** Opens the fleet with a key for everything below. Another key needs another provider (React's `key`). */
export function FleetProvider({ apiKey, children }: { apiKey: string; children: ReactNode }) {
  const [{ queryClient, ...door }] = useState(() => open(apiKey))
  return (
    <QueryClientProvider client={queryClient}>
      <Opened value={door}>{children}</Opened>
    </QueryClientProvider>
  )
}

/** The fleet that was opened above. */
export function useFleet(): Door {
  const door = useContext(Opened)
  if (door === null) throw new Error('useFleet is used outside of FleetProvider.')
  return door
}

/** Whether this key may change things. False until the API has said so. */
export function useMayAct(): boolean {
  return useRole() === 'admin'
}

/** The role of this key; undefined until the API has said it. */
export function useRole(): Role | undefined {
  const { trpc } = useFleet()
  return useQuery(trpc.key.whoAmI.queryOptions({}, { staleTime: Number.POSITIVE_INFINITY })).data?.role
}
