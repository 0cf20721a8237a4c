import { z } from 'zod'
import { instant, text } from './text.ts'

const when = z.iso
  .datetime({ offset: true, error: 'expected an instant as 2027-01-31T12:00:00Z' })
  .transform((iso) => new Date(iso))

/** `audit.list` */
export const auditInput = z
  .strictObject({
    act: text(80).optional(),
    target: text(255).optional(),
    keyId: text(80).optional(),
    outcome: z.enum(['done', 'failed', 'open']).optional(),
    from: when.optional(),
    to: when.optional(),
    cursor: z
      .string()
      .regex(/^\d{1,18}$/, { error: 'expected the nextCursor of an earlier page' })
      .optional(),
    limit: z.int().min(1).max(200).default(50),
  })
  .prefault({})

const seen = z.record(z.string(), z.unknown()).nullable()

/** One act of an admin. `outcome` is `done`, the code of an error, or null: its end was not seen. */
const auditEntry = z.object({
  id: z.string(),
  at: instant,
  requestId: z.string(),
  key: z.object({ id: z.string(), label: z.string() }),
  address: z.string(),
  act: z.string(),
  target: z.string().nullable(),
  before: seen,
  after: seen,
  outcome: z.string().nullable(),
  tookMs: z.number().nullable(),
})

/** A page of them, the newest first. `nextCursor` is null on the last one. */
export const auditPage = z.object({ entries: z.array(auditEntry), nextCursor: z.string().nullable() })
