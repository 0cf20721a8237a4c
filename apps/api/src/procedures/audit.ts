import { instant, instantInput, listAudit, text } from '@zapfleet/core'
import { masked } from '@zapfleet/telemetry'
import { z } from 'zod'
import { adminsOnlyProcedure, router } from '../procedure.ts'

/** The procedures whose calls are in the audit; `audit.test.ts` compares them with the router. */
export const AUDITED_ACTS = [
  'contact.block',
  'contact.clearPreference',
  'contact.forget',
  'contact.link',
  'contact.setPreference',
  'contact.unblock',
  'contact.unlink',
  'health.check',
  'health.checkAll',
  'instance.create',
  'instance.delete',
  'instance.import',
  'instance.logout',
  'instance.move',
  'instance.onPairing',
  'instance.qrCode',
  'instance.restart',
  'instance.setRestriction',
  'instance.update',
  'key.create',
  'key.revoke',
  'key.rotate',
  'message.cancel',
  'alertRoute.create',
  'alertRoute.delete',
  'alertRoute.test',
  'alertRoute.update',
  'server.add',
  'server.check',
  'server.remove',
  'server.update',
  'webhookEndpoint.create',
  'webhookEndpoint.delete',
  'webhookEndpoint.test',
] as const

const NOUNS = [...new Set(AUDITED_ACTS.map((act) => act.split('.')[0] as string))]

/** An unknown act is refused: an empty answer would hide a typing error. */
const act = text(80).refine((given) => [...AUDITED_ACTS, ...NOUNS].includes(given), {
  error: `expected one of ${AUDITED_ACTS.join(', ')} (a pause is an instance.update), or all of one kind: ${NOUNS.join(', ')}`,
})

/** `audit.list` */
const auditInput = z
  .strictObject({
    act: act
      .optional()
      .describe(
        'Only acts of this procedure, such as `instance.update`, or of this noun, such as `instance`.',
      ),
    target: text(255).optional().describe('Only acts on this instance, contact or key id.'),
    keyId: text(80).optional().describe('Only acts by the key with this id.'),
    outcome: z
      .enum(['done', 'failed', 'open'])
      .optional()
      .describe('done: succeeded; failed: ended with an error; open: no end was recorded.'),
    from: instantInput.optional().describe('Only acts at or after this instant.'),
    to: instantInput.optional().describe('Only acts before this instant.'),
    cursor: z
      .string()
      .regex(/^\d{1,18}$/, { error: 'expected the nextCursor of an earlier page' })
      .optional()
      .describe('`nextCursor` of the page before.'),
    limit: z.int().min(1).max(200).default(50).describe('Entries in a page.'),
  })
  .prefault({})

const values = z.record(z.string(), z.unknown()).nullable()

/** One act of an admin. `outcome` is `done`, the code of an error, or null: no end was recorded. */
const auditEntry = z.object({
  id: z.string().describe('Rises with time.'),
  at: instant.describe('Start of the act, ISO 8601 in UTC.'),
  requestId: z.string().describe('Id of the request in the log.'),
  key: z
    .object({ id: z.string().describe('Id of the key.'), label: z.string().describe('Label of the key.') })
    .describe('The key that called.'),
  address: z.string().describe('Address of the caller.'),
  act: z.string().describe('The procedure, such as `instance.update`.'),
  target: z
    .string()
    .nullable()
    .describe('The instance, contact (masked) or key id; null where there is none.'),
  before: values.describe('Values before the act, of the fields that it may change.'),
  after: values.describe('Values after the act.'),
  outcome: z.string().nullable().describe('`done`, an error code, or null: no end was recorded.'),
  tookMs: z.number().nullable().describe('Duration in milliseconds; null while the act is open.'),
})

/** A page of them, the newest first. `nextCursor` is null on the last one. */
const auditPage = z.object({
  entries: z.array(auditEntry).describe('Newest first.'),
  nextCursor: z.string().nullable().describe('`cursor` of the next page; null on the last page.'),
})

/** `audit.*`: the acts of admins. */
export const auditRouter = router({
  /** Lists what admins did, newest first, page by page. Kept for 400 days. Admins only. */
  list: adminsOnlyProcedure
    .input(auditInput)
    .output(auditPage)
    .query(({ ctx, input: { target, ...filter } }) => {
      // Contacts are stored masked; the filter holds the whole id.
      const targets = target === undefined ? undefined : [target, masked(target)]
      return listAudit(ctx.fleet, { ...filter, targets })
    }),
})
