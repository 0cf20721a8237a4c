import { STATUSES } from '@zapfleet/core'
import { z } from 'zod'

const room = z.object({ capacity: z.number(), sent: z.number(), remaining: z.number() })

/** The fleet in numbers. Capacities are those of connected instances. */
export const fleetStats = z.object({
  total: z.number(),
  byStatus: z.record(z.enum(STATUSES), z.number()),
  hour: room,
  day: room,
  usedPercent: z.number(),
})
