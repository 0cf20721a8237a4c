import { type ReactNode, useState } from 'react'
import { usePools } from '../api/fleet.tsx'
import { SelectField } from '../design/select-field.tsx'
import { useKnownTags } from '../live/known-tags.ts'
import { useSpeech } from '../words/speech.tsx'

/**
 * The pool that is chosen, and the field that changes it. A key of pools begins with its first, and has a choice where it has several. Any
 * other key begins with the whole fleet, and has a choice where numbers have tags.
 */
export function usePool(): { pool: string | undefined; poolField: ReactNode } {
  const { w } = useSpeech()
  const bound = usePools()
  const known = useKnownTags()
  const [pool, setPool] = useState(bound?.[0])
  const pools = bound ?? [...known.keys()]
  // The chosen one may have left every number meanwhile.
  const choices = pool === undefined || pools.includes(pool) ? pools : [...pools, pool]
  const isChoice = bound === null ? choices.length > 0 : choices.length > 1
  const poolField = isChoice && (
    <SelectField label={w.ask.pool} value={pool ?? ''} onChoose={(one) => setPool(one || undefined)}>
      {bound === null && <option value="">{w.ask.noPool}</option>}
      {choices.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </SelectField>
  )
  return { pool, poolField }
}
