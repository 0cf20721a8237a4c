import { useInstance } from '../live/live-fleet.tsx'
import { numberHash } from '../route.ts'

/** The name of a number, as a link to its view while the fleet has it. */
export function NumberLink({ name }: { name: string }) {
  const instance = useInstance(name)
  return instance === undefined ? <span>{name}</span> : <a href={numberHash(name)}>{name}</a>
}
