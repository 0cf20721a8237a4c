import { STATUSES } from '@zapfleet/core'
import { z } from 'zod'

const room = z.object({
  capacity: z.number().describe('Sum of the limits of connected instances.'),
  sent: z.number().describe('Messages counted in the window.'),
  remaining: z
    .number()
    .describe('Messages that may still be sent: what each instance has left, never below 0.'),
  usedPercent: z.number().describe('Share of the capacity that is not left, 0 to 100; 0 without a capacity.'),
})

/** The fleet in numbers. Capacities are those of connected instances. */
export const fleetStats = z.object({
  total: z.number().describe('Number of instances.'),
  byStatus: z.record(z.enum(STATUSES), z.number()).describe('Number of instances in each status.'),
  hour: room.describe('The present clock hour.'),
  day: room.describe('The present day in the time zone of the fleet.'),
  usedPercent: z.number().describe('`usedPercent` of the day.'),
})
