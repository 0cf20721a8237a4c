import { skipToken, useQuery } from '@tanstack/react-query'
import { useFleet } from '../api/fleet.tsx'
import { STATES } from './state.ts'

const UNREAD_EVERY_MS = 3_000

/** Reads one message again and again until it has ended, while the page is visible. */
export function useMessage(id: string | null) {
  const { trpc } = useFleet()
  return useQuery(
    trpc.message.get.queryOptions(id === null ? skipToken : { id }, {
      refetchInterval: ({ state: { data, error } }) =>
        data ? (STATES[data.state].readEveryMs ?? false) : error ? false : UNREAD_EVERY_MS,
    }),
  )
}
