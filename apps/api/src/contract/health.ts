import { STATUSES } from '@zapfleet/core'
import { z } from 'zod'
import { instant } from './text.ts'

/** Procedures without input take `{}`, or nothing at all. */
export const noInput = z.strictObject({}).prefault({})

/** One reading of one instance. `state` is Evolution's word, `status` ours. */
export const health = z.object({
  name: z.string(),
  state: z.enum(['open', 'connecting', 'close', 'unknown', 'error']),
  status: z.enum(STATUSES),
  online: z.boolean(),
  checkedAt: instant.nullable(),
})

/** The last known health of the whole fleet: healthy while at least one number is online. */
export const healthSummary = z.object({
  status: z.enum(['healthy', 'degraded']),
  online: z.number(),
  total: z.number(),
  checkedAt: instant.nullable(),
  instances: z.array(health),
})
