import { useQuery } from '@tanstack/react-query'
import { useFleet } from '../api/fleet.tsx'

/** The API returns so many at most. */
const OPEN_MAX = 200
const READ_EVERY_MS = 15_000

/** The open alerts, read again and again while the page is visible. */
export function useOpenAlerts() {
  const { trpc } = useFleet()
  return useQuery(
    trpc.alert.list.queryOptions({ open: true, limit: OPEN_MAX }, { refetchInterval: READ_EVERY_MS }),
  )
}
