import {
  type ApiKey,
  createKey,
  FleetError,
  GRACE_SECONDS_MAX,
  instant,
  instantInput,
  KEY_ROLES,
  KEY_STATES,
  keyPools,
  listKeys,
  revokeKey,
  rotateKey,
  text,
} from '@zapfleet/core'
import { z } from 'zod'
import { ENVIRONMENT_KEYS } from '../key-ring.ts'
import { adminAct, adminsOnlyProcedure, botProcedure, IN_POOLS, router } from '../procedure.ts'
import { noInput } from './fields.ts'

const role = z.enum(KEY_ROLES)
const pools = z.array(z.string()).nullable()

/** The holder of a key. */
const caller = z.object({
  role: role.describe('What the key may call.'),
  label: z.string().describe('Label of the key.'),
  pools: z
    .array(z.string())
    .optional()
    .describe('The pools that the key is bound to; absent: it is bound to none.'),
})

/** The end of a key; null: none. */
const end = instantInput.nullish()

/** `key.create` */
const newKeyInput = z.strictObject({
  label: text(80).describe('Who holds the key: 1 to 80 characters.'),
  role: role.describe('bot: sends messages; viewer: reads everything; admin: everything.'),
  expiresAt: end.describe('End of the key, ISO 8601; null or absent: no end.'),
  pools: keyPools
    .nullish()
    .describe(
      'Tags of numbers, 1 to 20: the key sees and uses the numbers of these pools alone. For roles bot and viewer. null or absent: the whole fleet.',
    ),
})

/** `key.revoke` */
const revocationInput = z.strictObject({
  id: text(80).describe('Id of the key, as `key.list` answers it.'),
  alsoMade: z
    .boolean()
    .optional()
    .describe('true: also revokes the active keys that this key made, and those that they made.'),
})

/** `key.rotate` */
const rotationInput = z.strictObject({
  id: text(80).describe('Id of the key to replace.'),
  graceSeconds: z
    .int()
    .min(0)
    .max(GRACE_SECONDS_MAX)
    .optional()
    .describe('How long the old key still works, in seconds; default 86400.'),
  expiresAt: end.describe('End of the new key, ISO 8601; null: no end; absent: as the old key.'),
})

/** A key without its secret. Keys of the environment have no dates. */
const apiKey = z.object({
  id: z.string().describe('Id of the key; not secret.'),
  label: z.string().describe('Who holds the key.'),
  role: role.describe('What the key may call.'),
  pools: pools.describe('The pools that it is bound to; null: the whole fleet.'),
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
const revokedKey = apiKey.extend({
  made: z.array(apiKey).describe('Keys that it made, directly or by others, and that were active before.'),
})

/** A new key. `secret` is what its holder sends, and is in this answer only. */
const madeKey = z.object({
  key: apiKey.describe('The new key.'),
  secret: z.string().describe('What the holder sends as x-api-key. Shown only here.'),
})

/** A key that replaces another, which ends at its `expiresAt`. */
const rotatedKey = madeKey.extend({
  replaced: apiKey.describe('The old key, with the end of its grace in `expiresAt`.'),
})

/** `key.*`: API keys. */
export const keyRouter = router({
  /** Reads the role, the label and the pools of the key in use. */
  whoAmI: botProcedure
    .meta(IN_POOLS)
    .input(noInput)
    .output(caller)
    .query(({ ctx: { caller } }) => ({
      role: caller.role,
      label: caller.label,
      ...(caller.pools && { pools: [...caller.pools] }),
    })),
  /** Lists all keys without their secrets. Admins only. */
  list: adminsOnlyProcedure
    .input(noInput)
    .output(z.array(apiKey))
    .query(async ({ ctx }) => [...ofTheEnvironment, ...(await listKeys(ctx.fleet)).map(ofTheDatabase)]),
  /**
   * Creates a key, on request bound to pools. Its secret is only in this answer. Errors: `INVALID_STATE` (1,000 active keys),
   * `INVALID_INPUT` (pools for a key of role admin).
   */
  create: adminAct(newKeyInput)
    .output(madeKey)
    .mutation(async ({ ctx, input }) => {
      refuseEnvironmentKey(input.label, 'label')
      const { key, secret } = await createKey(ctx.fleet, input, ctx.caller)
      return { key: ofTheDatabase(key), secret }
    }),
  /**
   * Creates a key that replaces another, with its role, label and pools; both work until the grace ends. Errors: `NOT_FOUND`, `INVALID_STATE`
   * (revoked, or a key of the environment).
   */
  rotate: adminAct(rotationInput)
    .output(rotatedKey)
    .mutation(async ({ ctx, input }) => {
      refuseEnvironmentKey(input.id, 'id')
      const { key, secret, replaced } = await rotateKey(ctx.fleet, input, ctx.caller)
      return { key: ofTheDatabase(key), secret, replaced: ofTheDatabase(replaced) }
    }),
  /** Ends a key at once, and on request the keys that it made. Errors: `NOT_FOUND`, `INVALID_STATE` (a key of the environment). */
  revoke: adminAct(revocationInput)
    .output(revokedKey)
    .mutation(async ({ ctx, input }) => {
      refuseEnvironmentKey(input.id, 'id')
      const { made, ...key } = await revokeKey(ctx.fleet, input)
      return { ...ofTheDatabase(key), made: made.map(ofTheDatabase) }
    }),
})

const ofTheDatabase = (key: ApiKey) => ({ ...key, source: 'database' as const })

/** The keys of the environment are listed, since they are valid too. Only the environment changes them, so an admin can always call. */
const ofTheEnvironment = ENVIRONMENT_KEYS.map((holder) => ({
  ...holder,
  pools: null,
  source: 'environment' as const,
  state: 'active' as const,
  createdAt: null,
  createdBy: null,
  createdByKey: null,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  replaces: null,
}))

function refuseEnvironmentKey(given: string, field: 'id' | 'label'): void {
  if (!ENVIRONMENT_KEYS.some(({ id }) => id === given)) return
  if (field === 'label')
    throw new FleetError(
      'INVALID_INPUT',
      `label: expected another name than that of the key of the environment, got "${given}".`,
    )
  const words = `${given} is set in the environment of the API and is changed there: set another key and restart it. For a change without an interruption, make keys with key.create and use those meanwhile.`
  throw new FleetError('INVALID_STATE', words)
}
