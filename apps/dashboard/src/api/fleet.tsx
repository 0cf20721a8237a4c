import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { FleetRouter } from '@zapfleet/client'
import { createContext, type ReactNode, useContext, useState } from 'react'
import type { OwnSession } from '../session/call-session.ts'
import { sessionEnded } from '../session/follow-session.ts'
import { codeOf } from './failure.ts'
import { type FleetClient, openClient } from './open-client.ts'

/** The fleet as components reach it: `trpc` for queries and mutations, `client` for streams. */
type Door = { session: OwnSession; client: FleetClient; trpc: TRPCOptionsProxy<FleetRouter> }

const Opened = createContext<Door | null>(null)

/** Shows the sign-in form where an error means that the session ended. */
export function endIfRevoked(error: unknown): void {
  if (codeOf(error) === 'UNAUTHORIZED') sessionEnded()
}

function open(): Omit<Door, 'session'> & { queryClient: QueryClient } {
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
  const client = openClient()
  return {
    client,
    trpc: createTRPCOptionsProxy<FleetRouter>({ client, queryClient }),
    queryClient,
  }
}

/** Opens the fleet with a session for everything below. Another session needs another provider (React's `key`). */
export function FleetProvider({ session, children }: { session: OwnSession; children: ReactNode }) {
  const [{ queryClient, ...door }] = useState(open)
  return (
    <QueryClientProvider client={queryClient}>
      <Opened value={{ session, ...door }}>{children}</Opened>
    </QueryClientProvider>
  )
}

/** The fleet that was opened above. */
export function useFleet(): Door {
  const door = useContext(Opened)
  if (door === null) throw new Error('useFleet is used outside of FleetProvider.')
  return door
}

/** Whether the key of this session may change things. */
export function useMayAct(): boolean {
  return useFleet().session.role === 'admin'
}
