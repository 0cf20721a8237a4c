import { hash, randomBytes } from 'node:crypto'
import type { KeyRole } from './api-key.ts'

/** 60 bits: enough that two keys never share an id, short enough to be read out. */
const ID_CHARS = 12
const ALPHABET = 'abcdefghijkmnopqrstuvwxyz0123456'
const SECRET_BYTES = 32

const KEY = new RegExp(`^zf_(?:bot|viewer|admin)_([a-z0-9]{${ID_CHARS}})_[A-Za-z0-9_-]{43}$`)

/** A new key: `zf_<role>_<id>_<secret>`, of which the id is public and the secret 32 random bytes as base64url. */
export function makeKeyText(role: KeyRole): { id: string; text: string } {
  const id = Array.from(randomBytes(ID_CHARS), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
  return { id, text: `zf_${role}_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}` }
}

/** The id in a text that has the form of a key, or null. Whether that key exists is not checked. */
export function keyIdIn(presented: string): string | null {
  return KEY.exec(presented)?.[1] ?? null
}

/** The stored digest of a key. A plain SHA-256 suffices: keys are random, so they cannot be guessed. */
export function digestOf(presented: string): Buffer {
  return hash('sha256', presented, 'buffer')
}
