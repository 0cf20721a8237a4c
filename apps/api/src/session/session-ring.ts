import { digestOf, type KnownSessions, sessionIdIn } from '@zapfleet/core'
import type { Caller } from '../caller.ts'
import type { HolderOf } from '../key-ring.ts'

/** The holder of the key that a session stands for, or null when session or key ended. May read the database. */
export type SessionRing = (presented: string) => Caller | null | Promise<Caller | null>

/** Sessions of the database, each valid as long as its key, which `holderOf` checks at every call. */
export function makeSessionRing(known: KnownSessions, holderOf: HolderOf): SessionRing {
  return (presented) => {
    const id = sessionIdIn(presented)
    if (id === null) return null
    const key = known.find(id, digestOf(presented))
    if (key instanceof Promise) return key.then((found) => found && holderOf(found.id, found.digest))
    return key && holderOf(key.id, key.digest)
  }
}
