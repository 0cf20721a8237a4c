/**
 * Which contacts changed lately, so that every cache of a process drops what it holds of them. A contact is a hash of 18 bits: thousands
 * of phone numbers share each, so a hash names no person, and a drop costs the others of its hash one reading.
 */
export type ContactDrops = {
  /** The number of drops so far. Who reads a contact takes it before the reading begins, and keeps it with the entry. */
  count(): number
  /** Whether the contact was dropped after this count. */
  isDropped(contact: string, since: number): boolean
  /** Drops the contacts of these hashes, see `contactHash`; all of them for ALL_CONTACTS. */
  drop(hashes: string): void
  /** Drops every contact: notifications may have been missed. */
  dropAll(): void
}

/** In the place of hashes: every contact. */
export const ALL_CONTACTS = '*'

const BITS = 18
/** Characters of one hash. */
export const HASH_LENGTH = 3
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const BITS_OF_DIGIT = 6
const DIGIT = (1 << BITS_OF_DIGIT) - 1

export function createContactDrops(): ContactDrops {
  const droppedAt = new Uint32Array(1 << BITS)
  let count = 0
  let allAt = 0
  const dropAll = (): void => {
    count++
    allAt = count
  }
  return {
    count: () => count,
    isDropped: (contact, since) =>
      count > since && (allAt > since || (droppedAt[hashOf(contact)] ?? 0) > since),
    drop(hashes) {
      if (hashes === ALL_CONTACTS) return dropAll()
      count++
      for (let at = 0; at + HASH_LENGTH <= hashes.length; at += HASH_LENGTH) {
        const place = placeOf(hashes, at)
        if (place >= 0) droppedAt[place] = count
      }
    },
    dropAll,
  }
}

/** The hash of a contact's key as three characters. */
export function contactHash(contact: string): string {
  const hash = hashOf(contact)
  const digit = (from: number): string => DIGITS[(hash >>> from) & DIGIT] ?? ''
  return digit(2 * BITS_OF_DIGIT) + digit(BITS_OF_DIGIT) + digit(0)
}

/** FNV-1a, folded to 18 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return ((hash >>> BITS) ^ hash) & ((1 << BITS) - 1)
}

function placeOf(hashes: string, from: number): number {
  let place = 0
  for (let at = from; at < from + HASH_LENGTH; at++) {
    const digit = DIGITS.indexOf(hashes[at] ?? '')
    if (digit < 0) return -1
    place = (place << BITS_OF_DIGIT) | digit
  }
  return place
}
