import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { FleetRouter } from '@zapfleet/client'
import { createContext, type ReactNode, useContext, useState } from 'react'
import type { OwnSession } from '../session/call-session.ts'
import { sessionEnded } from '../session/follow-session.ts'
import { codeOf } from './failure.ts'
import { type FleetClient, openClient } from './open-client.ts'

/** What components call the fleet with: `trpc` for queries and mutations, `client` for streams. */
type FleetAccess = { session: OwnSession; client: FleetClient; trpc: TRPCOptionsProxy<FleetRouter> }

const Opened = createContext<FleetAccess | null>(null)

/** Shows the sign-in form if an error means that the session ended. */
export function endIfRevoked(error: unknown): void {
  if (codeOf(error) === 'UNAUTHORIZED') sessionEnded()
}

function open(): Omit<FleetAccess, 'session'> & { queryClient: QueryClient } {
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError: endIfRevoked }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // The client repeats calls where that is safe.
        retry: false,
        // A device that reports to be offline may still reach an API on its own network.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', onError: endIfRevoked },
    },
  })
  const client = openClient()
  return {
    client,
    trpc: createTRPCOptionsProxy<FleetRouter>({ client, queryClient }),
    queryClient,
  }
}

/** Opens the fleet with a session for everything below. Another session needs another provider (React's `key`). */
export function FleetProvider({ session, children }: { session: OwnSession; children: ReactNode }) {
  const [{ queryClient, ...access }] = useState(open)
  return (
    <QueryClientProvider client={queryClient}>
      <Opened value={{ session, ...access }}>{children}</Opened>
    </QueryClientProvider>
  )
}

/** The fleet of the provider above. */
export function useFleet(): FleetAccess {
  const access = useContext(Opened)
  if (access === null) throw new Error('useFleet is used outside of FleetProvider.')
  return access
}

/** The pools that the key of this session is bound to: the page shows their numbers alone; null: the whole fleet. */
export function usePools(): string[] | null {
  return useFleet().session.pools
}

/** Whether the key of this session may change things. */
export function useMayAct(): boolean {
  return useFleet().session.role === 'admin'
}
