import { GRACE_SECONDS_MAX, KEY_ROLES, KEY_STATES } from '@zapfleet/core'
import { z } from 'zod'
import { instant, text } from './text.ts'

const role = z.enum(KEY_ROLES)

/** Whoever stands behind a key. */
export const caller = z.object({
  role: role.describe('What the key may call.'),
  label: z.string().describe('Label of the key.'),
})

/** An instant to come, handed on as a Date; null: never. */
const end = z.iso
  .datetime({ offset: true, error: 'expected an instant as 2027-01-31T12:00:00Z' })
  .transform((iso) => new Date(iso))
  .nullish()

/** `key.create` */
export const newKeyInput = z.strictObject({
  label: text(80).describe('Who holds the key: 1 to 80 characters.'),
  role: role.describe('bot: sends messages; viewer: reads everything; admin: everything.'),
  expiresAt: end.describe('End of the key, ISO 8601; null or absent: no end.'),
})

/** `key.revoke` */
export const revocationInput = z.strictObject({
  id: text(80).describe('Id of the key, as `key.list` answers it.'),
  alsoMade: z
    .boolean()
    .optional()
    .describe('true: also revokes the active keys that this key made, and those that they made.'),
})

/** `key.rotate` */
export const rotationInput = z.strictObject({
  id: text(80).describe('Id of the key to replace.'),
  graceSeconds: z
    .int()
    .min(0)
    .max(GRACE_SECONDS_MAX)
    .optional()
    .describe('How long the old key still works, in seconds; default 86400.'),
  expiresAt: end.describe('End of the new key, ISO 8601; null: no end; absent: as the old key.'),
})

/** A key, without what makes it one. Those of the environment have no life to tell of. */
export const apiKey = z.object({
  id: z.string().describe('Id of the key; not secret.'),
  label: z.string().describe('Who holds the key.'),
  role: role.describe('What the key may call.'),
  source: z.enum(['environment', 'database']).describe('Where the key is stored.'),
  state: z.enum(KEY_STATES).describe('Only an active key opens anything.'),
  createdAt: instant.nullable().describe('ISO 8601 in UTC; null for keys of the environment.'),
  createdBy: z.string().nullable().describe('Label of the key that created it.'),
  createdByKey: z.string().nullable().describe('Id of the key that created it; null: not known.'),
  expiresAt: instant.nullable().describe('End of the key, ISO 8601 in UTC; null: no end.'),
  revokedAt: instant.nullable().describe('ISO 8601 in UTC; null: not revoked.'),
  lastUsedAt: instant
    .nullable()
    .describe('Last call, ISO 8601 in UTC, written some seconds late; null: never.'),
  replaces: z.string().nullable().describe('Id of the key that it replaced.'),
})

/** A revoked key, and the keys that it made which were active before. */
export const revokedKey = apiKey.extend({
  made: z.array(apiKey).describe('Keys that it made, directly or by others, and that were active before.'),
})

/** A key just made. `secret` is what its holder sends; it is shown this once. */
export const madeKey = z.object({
  key: apiKey.describe('The new key.'),
  secret: z.string().describe('What the holder sends as x-api-key. Shown only here.'),
})

/** A key that takes over from another, which ends at its `expiresAt`. */
export const rotatedKey = madeKey.extend({
  replaced: apiKey.describe('The old key, with the end of its grace in `expiresAt`.'),
})
