import { useEffect, useState } from 'react'
import { phoneOfId } from './lookup.ts'

/**
 * The other form of a Brazilian mobile number, without or with the ninth digit; null for any other id, and until the code is loaded: it is
 * in the file with the numbering plans of all countries.
 */
export function useOtherForm(id: string): string | null {
  const digits = phoneOfId(id)?.slice(1) ?? null
  const [form, setForm] = useState<string | null>(null)
  useEffect(() => {
    setForm(null)
    if (digits === null) return
    let isPresent = true
    import('@zapfleet/phone').then(
      ({ withNinthDigit, withoutNinthDigit }) => {
        const long = withNinthDigit(digits)
        const other = digits === long ? withoutNinthDigit(long) : long
        if (isPresent) setForm(other === digits ? null : other)
      },
      () => {},
    )
    return () => {
      isPresent = false
    }
  }, [digits])
  return form
}
