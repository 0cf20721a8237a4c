import { z } from 'zod'
import { instant } from './text.ts'

/** What the fleet stands on: Evolution, the scheduler's polling, the time zone of its midnight, the country of its phones, this release. */
export const conditions = z.object({
  evolution: z
    .object({
      reachable: z.boolean().describe('Whether Evolution answered now.'),
      problem: z
        .enum(['unreachable', 'not_evolution', 'key_refused', 'key_of_one_instance', 'database_away'])
        .nullable()
        .describe('Why Evolution cannot be used; null when it can, or when that could not be read.'),
      simulated: z.boolean().describe('Whether it is the simulator.'),
      version: z.string().nullable().describe('Version of Evolution; null when unknown.'),
    })
    .describe('The Evolution API.'),
  polling: z
    .object({
      alive: z.boolean().describe('Whether health rounds run on time.'),
      lastRoundAt: instant.nullable().describe('End of the last health round, ISO 8601 in UTC.'),
    })
    .describe('The health rounds of the scheduler.'),
  timeZone: z.string().describe('IANA name; the daily limits start anew at its midnight.'),
  defaultCountry: z
    .string()
    .describe('ISO 3166 code: the country of phone numbers that are written without a country code.'),
  version: z.string().describe('Version of zapfleet.'),
})
