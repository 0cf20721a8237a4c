import { type ApiKey, createKey, FleetError, listKeys, revokeKey, rotateKey } from '@zapfleet/core'
import { z } from 'zod'
import { noInput } from '../contract/health.ts'
import {
  apiKey,
  caller,
  madeKey,
  newKeyInput,
  revocationInput,
  revokedKey,
  rotatedKey,
  rotationInput,
} from '../contract/key.ts'
import { ENVIRONMENT_KEYS } from '../key-ring.ts'
import { actingProcedure, adminAct, botProcedure, router } from '../procedure.ts'

/** `key.*`: who calls, and who may. */
export const keyRouter = router({
  /** Reads the role and the label of the key in use. */
  whoAmI: botProcedure
    .input(noInput)
    .output(caller)
    .query(({ ctx }) => ({ role: ctx.caller.role, label: ctx.caller.label })),
  /** Lists all keys without their secrets. Admins only. */
  list: actingProcedure
    .input(noInput)
    .output(z.array(apiKey))
    .query(async ({ ctx }) => [...ofTheEnvironment, ...(await listKeys(ctx.fleet)).map(ofTheDatabase)]),
  /** Creates a key. Its secret is only in this answer. Errors: `INVALID_STATE` (1,000 active keys). */
  create: adminAct(newKeyInput)
    .output(madeKey)
    .mutation(async ({ ctx, input }) => {
      refuseEnvironmentKey(input.label, 'label')
      const { key, secret } = await createKey(ctx.fleet, input, ctx.caller)
      return { key: ofTheDatabase(key), secret }
    }),
  /**
   * Creates a key that replaces another; both work until the grace ends. Errors: `NOT_FOUND`, `INVALID_STATE`
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

/** They are on the list because they open the door as well, and in nobody's hand but the environment's: an admin always gets in. */
const ofTheEnvironment = ENVIRONMENT_KEYS.map((holder) => ({
  ...holder,
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
  const words = `${given} stands in the environment of the API and is changed there: set another key and start it anew. For a change without an interruption, make keys with key.create and use those meanwhile.`
  throw new FleetError('INVALID_STATE', words)
}
