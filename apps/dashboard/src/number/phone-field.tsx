import type { ComponentProps } from 'react'
import { useSpeech } from '../words/speech.tsx'
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
