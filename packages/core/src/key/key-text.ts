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

/** The id in a text that looks like a key of ours, or null. Whether there is such a key is another question. */
export function keyIdIn(presented: string): string | null {
  return KEY.exec(presented)?.[1] ?? null
}

/** What is kept of a key. A plain SHA-256: keys are random through and through, so nobody can try them out. */
export function digestOf(presented: string): Buffer {
  return hash('sha256', presented, 'buffer')
}
