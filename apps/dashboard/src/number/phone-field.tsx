import type { ComponentProps } from 'react'
import { TextField } from './text-field.tsx'

/** A phone number as people write it. */
export function PhoneField(
  props: Omit<ComponentProps<typeof TextField>, 'type' | 'inputMode' | 'placeholder'>,
) {
  return <TextField {...props} type="tel" placeholder="+55 11 98765-4321" />
}
