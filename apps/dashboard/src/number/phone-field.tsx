import { useQuery } from '@tanstack/react-query'
import { type ComponentProps, useEffect, useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import { useSpeech } from '../words/speech.tsx'
import type { ReadPhone } from './draft.ts'
import { TextField } from './text-field.tsx'

/** A phone number as people write it; `reading`, its E.164 form, is shown below the field before it is used. */
export function PhoneField({
  reading,
  hint,
  ...field
}: Omit<ComponentProps<typeof TextField>, 'type' | 'inputMode' | 'placeholder'> & {
  reading: string | null
  hint: string
}) {
  const { w, f } = useSpeech()
  const below = reading === null ? hint : w.settings.phoneRead(f.phone(reading))
  return <TextField {...field} hint={below} type="tel" placeholder="+55 11 98765-4321" />
}

/**
 * Returns the function that reads a phone number as the API does: the same code with the same default country. Null until both
 * are loaded, or if that fails: then the API alone reads the number.
 *
 * The code holds the numbering plans of all countries, so it is a separate file, which is loaded once something is typed.
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
