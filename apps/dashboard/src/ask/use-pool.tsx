import { type ReactNode, useState } from 'react'
import { usePools } from '../api/fleet.tsx'
import { SelectField } from '../design/select-field.tsx'
import { useSpeech } from '../words/speech.tsx'

/** The pool that is chosen for a key of pools, its first at the beginning, and the field that changes it, for a key of several. */
export function usePool(): { pool: string | undefined; poolField: ReactNode } {
  const { w } = useSpeech()
  const pools = usePools() ?? []
  const [pool, setPool] = useState(pools[0])
  const poolField = pools.length > 1 && (
    <SelectField label={w.ask.pool} value={pool ?? ''} onChoose={setPool}>
      {pools.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </SelectField>
  )
  return { pool, poolField }
}
