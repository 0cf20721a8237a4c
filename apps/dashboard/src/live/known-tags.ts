import { useMemo } from 'react'
import { countTags } from '../number/tag-draft.ts'
import { useLiveFleet } from './live-fleet.tsx'

/** The tags of the numbers that this session sees, by name, each with how many have it. Empty while the fleet is read. */
export function useKnownTags(): ReadonlyMap<string, number> {
  const { instances } = useLiveFleet()
  return useMemo(() => countTags(instances ?? []), [instances])
}
