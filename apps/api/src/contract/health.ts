import { STATUSES } from '@zapfleet/core'
import { z } from 'zod'
import { instant } from './text.ts'

/** Procedures without input take `{}`, or nothing at all. */
export const noInput = z.strictObject({}).prefault({})

/** One reading of one instance. `state` is Evolution's word, `status` ours. */
export const health = z.object({
  name: z.string().describe('Name of the instance.'),
  state: z
    .enum(['open', 'connecting', 'close', 'unknown', 'error'])
    .describe('State on Evolution; unknown: never read; error: the reading failed.'),
  status: z.enum(STATUSES).describe('Status in zapfleet.'),
  online: z.boolean().describe('Whether the state is open.'),
  checkedAt: instant.nullable().describe('Last reading, ISO 8601 in UTC; null: never.'),
})

/** The last known health of the whole fleet: healthy while at least one number is online. */
export const healthSummary = z.object({
  status: z.enum(['healthy', 'degraded']).describe('healthy while at least one instance is online.'),
  online: z.number().describe('Number of online instances.'),
  total: z.number().describe('Number of instances.'),
  checkedAt: instant.nullable().describe('Oldest of the last readings, ISO 8601 in UTC; null: never.'),
  instances: z.array(health).describe('By name.'),
})
