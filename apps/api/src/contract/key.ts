import { GRACE_SECONDS_MAX, KEY_ROLES, KEY_STATES } from '@zapfleet/core'
import { z } from 'zod'
import { instant, text } from './text.ts'

const role = z.enum(KEY_ROLES)

/** Whoever stands behind a key. */
export const caller = z.object({ role, label: z.string() })

/** An instant to come, handed on as a Date; null: never. */
const end = z.iso
  .datetime({ offset: true, error: 'expected an instant as 2027-01-31T12:00:00Z' })
  .transform((iso) => new Date(iso))
  .nullish()

/** `key.create` */
export const newKeyInput = z.strictObject({ label: text(80), role, expiresAt: end })

/** `key.revoke` */
export const revocationInput = z.strictObject({
  id: text(80),
  alsoMade: z
    .boolean()
    .optional()
    .describe('true: also revokes the active keys that this key made, and those that they made.'),
})

/** `key.rotate` */
export const rotationInput = z.strictObject({
  id: text(80),
  graceSeconds: z.int().min(0).max(GRACE_SECONDS_MAX).optional(),
  expiresAt: end,
})

/** A key, without what makes it one. Those of the environment have no life to tell of. */
export const apiKey = z.object({
  id: z.string(),
  label: z.string(),
  role,
  source: z.enum(['environment', 'database']),
  state: z.enum(KEY_STATES),
  createdAt: instant.nullable(),
  createdBy: z.string().nullable(),
  createdByKey: z.string().nullable().describe('The id of the key that made it; null: not known.'),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  replaces: z.string().nullable(),
})

/** A revoked key, and the keys that it made which were active before. */
export const revokedKey = apiKey.extend({ made: z.array(apiKey) })

/** A key just made. `secret` is what its holder sends; it is shown this once. */
export const madeKey = z.object({ key: apiKey, secret: z.string() })

/** A key that takes over from another, which ends at its `expiresAt`. */
export const rotatedKey = madeKey.extend({ replaced: apiKey })
