import { hash, timingSafeEqual } from 'node:crypto'
import type { Caller } from './caller.ts'

/** Who presents this key, or null when nobody does. May ask a database. Never logs or keeps what is presented. */
export type KeyRing = (presented: string) => Caller | null | Promise<Caller | null>

/** No key of ours is longer; what is longer is not worth hashing. */
const LONGEST_KEY = 512

function digest(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

/**
 * A ring of the two keys of the environment. Keeps digests only, and compares all of them in constant time: keys are
 * long and random, so a plain SHA-256 is enough and the answer's time tells nothing.
 */
export function makeKeyRing(keys: { adminApiKey: string; botApiKey: string }): KeyRing {
  const ring: { digest: Buffer; caller: Caller }[] = [
    { digest: digest(keys.botApiKey), caller: { role: 'bot', label: 'BOT_API_KEY' } },
    { digest: digest(keys.adminApiKey), caller: { role: 'admin', label: 'ADMIN_API_KEY' } },
  ]
  return (presented) => {
    if (presented.length > LONGEST_KEY) return null
    const candidate = digest(presented)
    let found: Caller | null = null
    for (const key of ring) if (timingSafeEqual(key.digest, candidate)) found = key.caller
    return found
  }
}
