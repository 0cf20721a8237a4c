import { timingSafeEqual } from 'node:crypto'
import {
  digestOf,
  type KeyCache,
  type KeyHolder,
  keyIdIn,
  type SessionCache,
  sessionIdIn,
} from '@zapfleet/core'

/** The holder of a presented key, or null when it is unknown or ended. May read the database. Neither logs nor stores the key. */
export type KeyRing = (presented: string) => KeyHolder | null | Promise<KeyHolder | null>

/** The holder of the key with this id and digest, or null when there is none or it ended. May read the database. */
export type HolderOf = (id: string, digest: Buffer) => KeyHolder | null | Promise<KeyHolder | null>

/** Longer than any key of zapfleet. Longer texts are not hashed. */
const LONGEST_KEY = 512

/** The keys of the environment. The API cannot revoke them. */
export const ENVIRONMENT_KEYS = [
  { id: 'ADMIN_API_KEY', role: 'admin', label: 'ADMIN_API_KEY' },
  { id: 'BOT_API_KEY', role: 'bot', label: 'BOT_API_KEY' },
] as const satisfies readonly KeyHolder[]

const [ADMIN, BOT] = ENVIRONMENT_KEYS

/**
 * A ring of the two keys of the environment and, where `known` is given, those of the database. Keeps digests only, and
 * compares in constant time. Keys are long and random, so a plain SHA-256 is enough.
 */
export function makeKeyRing(keys: { adminApiKey: string; botApiKey: string }, known?: KeyCache): KeyRing {
  const bot = digestOf(keys.botApiKey)
  const admin = digestOf(keys.adminApiKey)
  return (presented) => {
    if (presented.length > LONGEST_KEY) return null
    const candidate = digestOf(presented)
    const isBot = timingSafeEqual(bot, candidate)
    if (timingSafeEqual(admin, candidate)) return ADMIN
    if (isBot) return BOT
    const id = known === undefined ? null : keyIdIn(presented)
    return id === null ? null : (known?.find(id, candidate) ?? null)
  }
}

/** Finds the holders of the same keys as `makeKeyRing`, by id and digest. */
export function makeHolderOf(keys: { adminApiKey: string; botApiKey: string }, known: KeyCache): HolderOf {
  const ofEnvironment = new Map(
    [
      { holder: ADMIN, digest: digestOf(keys.adminApiKey) },
      { holder: BOT, digest: digestOf(keys.botApiKey) },
    ].map((key) => [key.holder.id as string, key]),
  )
  return (id, digest) => {
    const own = ofEnvironment.get(id)
    if (own === undefined) return known.find(id, digest)
    return timingSafeEqual(own.digest, digest) ? own.holder : null
  }
}

/** The holder of the key of a session, or null when session or key ended. May read the database. */
export type SessionRing = (presented: string) => KeyHolder | null | Promise<KeyHolder | null>

/** A ring of the sessions in the database. A session ends with its key, which `holderOf` checks at every call. */
export function makeSessionRing(known: SessionCache, holderOf: HolderOf): SessionRing {
  return (presented) => {
    const id = sessionIdIn(presented)
    if (id === null) return null
    const key = known.find(id, digestOf(presented))
    if (key instanceof Promise) return key.then((found) => found && holderOf(found.id, found.digest))
    return key && holderOf(key.id, key.digest)
  }
}
