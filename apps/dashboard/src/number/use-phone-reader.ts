import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { ReadPhone } from './draft.ts'

/**
 * Returns the function that reads a phone number as the API does: the same code with the same default country. Null until both
 * are here, or where they cannot be loaded: the API then reads the number alone.
 *
 * The code holds the numbering plans of all countries, so it is a file of its own, which is loaded once something is typed.
 */
export function usePhoneReader(isTyped: boolean): ReadPhone | null {
  const { trpc } = useFleet()
  const [read, setRead] = useState<((text: string, country: string) => string | null) | null>(null)
  const { data } = useQuery(trpc.fleet.conditions.queryOptions({}, { enabled: isTyped, staleTime: 60_000 }))
  const country = data?.defaultCountry
  useEffect(() => {
    if (!isTyped || read !== null) return
    import('@zapfleet/phone').then(
      ({ readPhone }) => setRead(() => readPhone),
      () => {},
    )
  }, [isTyped, read])
  return read === null || country === undefined ? null : (text) => read(text, country)
}
