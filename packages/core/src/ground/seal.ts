import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { FleetError } from './fleet-error.ts'

/**
 * Encrypts secrets that the database stores, and decrypts them. `purpose` names the row that the secret belongs to, such as
 * `webhook_endpoint:shop`: a sealed text that was copied to another row is not opened.
 */
export type Sealer = {
  /** The secret as `v1.<key id>.<iv>.<tag and data>`, by the present ZAPFLEET_SECRET. */
  seal(secret: string, purpose: string): string
  /**
   * The secret of a sealed text, by the present or the previous ZAPFLEET_SECRET.
   *
   * @throws FleetError INVALID_STATE when another ZAPFLEET_SECRET sealed it, or the text was changed
   */
  open(sealed: string, purpose: string): string
  /**
   * The text sealed by the present ZAPFLEET_SECRET; null where it is already.
   *
   * @throws FleetError INVALID_STATE as `open`
   */
  reseal(sealed: string, purpose: string): string | null
  /** Whether the key that sealed a text is one of the two. */
  hasKeyOf(sealed: string): boolean
}

/** The shortest ZAPFLEET_SECRET, in characters. */
export const SECRET_MIN_CHARS = 32

const VERSION = 'v1'
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_CHARS = 8

type Key = { id: string; bytes: Buffer }

/** A sealer. @param present ZAPFLEET_SECRET; @param previous the one before, which opens and seals nothing */
export function createSealer(present: string, previous: string | null = null): Sealer {
  const sealing = keyOf(present)
  const keys = previous === null ? [sealing] : [sealing, keyOf(previous)]
  const find = (id: string): Key | undefined => keys.find((key) => key.id === id)
  const sealer: Sealer = {
    seal(secret, purpose) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, sealing.bytes, iv).setAAD(Buffer.from(purpose))
      const data = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      const box = Buffer.concat([cipher.getAuthTag(), data])
      return [VERSION, sealing.id, iv.toString('base64url'), box.toString('base64url')].join('.')
    },
    open(sealed, purpose) {
      const parts = readSealed(sealed)
      if (parts === null) throw damaged()
      const key = find(parts.keyId)
      if (key === undefined) throw sealedByAnother(parts.keyId)
      try {
        const decipher = createDecipheriv(CIPHER, key.bytes, parts.iv, { authTagLength: TAG_BYTES })
        decipher.setAAD(Buffer.from(purpose)).setAuthTag(parts.tag)
        return Buffer.concat([decipher.update(parts.data), decipher.final()]).toString('utf8')
      } catch {
        throw damaged()
      }
    },
    reseal(sealed, purpose) {
      const isPresent = readSealed(sealed)?.keyId === sealing.id
      return isPresent ? null : sealer.seal(sealer.open(sealed, purpose), purpose)
    },
    hasKeyOf(sealed) {
      const parts = readSealed(sealed)
      return parts !== null && find(parts.keyId) !== undefined
    },
  }
  return sealer
}

/** The refusal of an act that has to store a secret where no ZAPFLEET_SECRET is set. */
export function noSealer(): FleetError {
  return new FleetError(
    'INVALID_STATE',
    `ZAPFLEET_SECRET is not set, so no secret can be stored. Set it to at least ${SECRET_MIN_CHARS} random characters, such as the output of openssl rand -hex 32, for the API, the scheduler and the sender alike, and restart them.`,
  )
}

function keyOf(secret: string): Key {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'zapfleet stored secrets v1', 32))
  // Of the derived key, so that the id helps a guess no more than a sealed text does.
  const id = createHash('sha256').update('key id').update(bytes).digest('hex').slice(0, KEY_ID_CHARS)
  return { id, bytes }
}

function readSealed(sealed: string): { keyId: string; iv: Buffer; tag: Buffer; data: Buffer } | null {
  const [version, keyId = '', iv = '', box = '', ...more] = sealed.split('.')
  if (version !== VERSION || more.length > 0) return null
  const ivBytes = Buffer.from(iv, 'base64url')
  const bytes = Buffer.from(box, 'base64url')
  if (ivBytes.length !== IV_BYTES || bytes.length < TAG_BYTES) return null
  return { keyId, iv: ivBytes, tag: bytes.subarray(0, TAG_BYTES), data: bytes.subarray(TAG_BYTES) }
}

function sealedByAnother(keyId: string): FleetError {
  return new FleetError(
    'INVALID_STATE',
    `A stored secret was sealed with another ZAPFLEET_SECRET (key ${keyId}). Set that one as ZAPFLEET_SECRET, or as ZAPFLEET_SECRET_PREVIOUS beside the present one; or store the secret anew.`,
  )
}

function damaged(): FleetError {
  return new FleetError(
    'INVALID_STATE',
    'A stored secret cannot be opened: expected the text that was sealed for this row, got another. Store the secret anew.',
  )
}
