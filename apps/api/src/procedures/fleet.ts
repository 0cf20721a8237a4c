import {
  fleetStats as countFleet,
  EVENT_SOURCES,
  fleetForecast,
  forecastInput,
  forecastSchema,
  instant,
  readConditions,
  STATUSES,
} from '@zapfleet/core'
import { z } from 'zod'
import { poolsOfRead } from '../pools.ts'
import { adminProcedure, IN_POOLS, router, SLOW } from '../procedure.ts'
import { noInput, poolInput } from './fields.ts'

/** Why an Evolution server cannot be used. */
const evolutionProblem = z.enum([
  'unreachable',
  'unlicensed',
  'not_evolution',
  'key_refused',
  'key_of_one_instance',
  'database_away',
])

/** Whether an Evolution server can be used. */
export const serverState = z.object({
  name: z.string().describe('Its name; `default` is the one of EVOLUTION_API_URL.'),
  reachable: z.boolean().describe('Whether it answered.'),
  problem: z
    .enum([...evolutionProblem.options, 'key_sealed'])
    .nullable()
    .describe(
      'Why it cannot be used; key_sealed: its stored key cannot be opened with ZAPFLEET_SECRET. null: it can, or that could not be read.',
    ),
})

/** Where events about messages come from. */
export const coverage = z.object({
  source: z
    .enum(EVENT_SOURCES)
    .nullable()
    .describe('Where the last event came from; null: none in 24 hours.'),
  coveredNumbers: z
    .array(z.string())
    .describe('Names of connected instances with an event about messages in the last 24 hours.'),
  blindNumbers: z
    .array(z.string())
    .describe('Names of connected instances that sent in the last 24 hours, without an event in that time.'),
  lastEventAt: instant.nullable().describe('The last event, ISO 8601 in UTC; null: none in 24 hours.'),
})

/** The surroundings of the fleet: Evolution, the scheduler's polling, time zone, country of phone numbers, this release. */
const conditions = z.object({
  evolution: z
    .object({
      reachable: z.boolean().describe('Whether Evolution answered now.'),
      problem: evolutionProblem
        .nullable()
        .describe('Why Evolution cannot be used; null when it can, or when that could not be read.'),
      simulated: z.boolean().describe('Whether it is the simulator.'),
      version: z.string().nullable().describe('Version of Evolution; null when unknown.'),
    })
    .describe('The default Evolution server; `server.list` has all of them.'),
  servers: z
    .array(serverState)
    .describe(
      'The other Evolution servers, by name; empty where there is one. With pools: those that have a number of them.',
    ),
  polling: z
    .object({
      alive: z.boolean().describe('Whether health rounds run on time.'),
      lastRoundAt: instant.nullable().describe('End of the last health round, ISO 8601 in UTC.'),
    })
    .describe('The health rounds of the scheduler.'),
  events: coverage.describe('How the fleet learns what became of its messages.'),
  messages: z
    .object({
      queued: z.number().describe('Messages that wait, scheduled ones included.'),
      sending: z.number().describe('Messages that were handed to Evolution and have no certain answer yet.'),
      scheduled: z.number().describe('Messages whose moment has not come.'),
      oldestAt: instant
        .nullable()
        .describe('Since when the oldest message that is due waits; null: none waits.'),
      senders: z.number().describe('Senders that run. Without one, messages that wait are not sent.'),
    })
    .describe('Messages that zapfleet sends itself.'),
  timeZone: z.string().describe('IANA name; the daily limits start anew at its midnight.'),
  defaultCountry: z
    .string()
    .describe('ISO 3166 code: the country of phone numbers that are written without a country code.'),
  version: z.string().describe('Version of zapfleet.'),
})

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
  newContacts: z
    .object({
      perDay: z.number().describe('Sum of the daily limits for new contacts.'),
      sentToday: z.number().describe('New contacts counted today.'),
      remainingToday: z
        .number()
        .describe(
          'What each instance has left of its limit today, and not more than it has left of its messages.',
        ),
      unlimited: z.number().describe('How many have no daily limit for new contacts; not in the sums.'),
    })
    .describe(
      'New contacts, of connected instances that take them: not paused, no duplicate, delivering, not restricted, not draining.',
    ),
  usedPercent: z.number().describe('`usedPercent` of the day.'),
})

/** `fleet.*`: the fleet as a whole. */
export const fleetRouter = router({
  /** Reads capacity and use of the whole fleet, or of a pool, of this hour and of today. */
  stats: adminProcedure
    .meta(IN_POOLS)
    .input(poolInput)
    .output(fleetStats)
    .query(({ ctx, input }) => countFleet(ctx.fleet, poolsOfRead(ctx.caller, input.pool))),
  /** Computes how many new contacts the fleet, or a pool, can take, for how many days that is enough, and what keeps it from more. */
  forecast: adminProcedure
    .meta(IN_POOLS)
    .input(forecastInput)
    .output(forecastSchema)
    .query(({ ctx, input }) => fleetForecast(ctx.fleet, input, poolsOfRead(ctx.caller, input.pool))),
  /** Reads whether Evolution answers and health rounds run; calls Evolution, so it may take seconds. */
  conditions: adminProcedure
    .meta({ ...SLOW, ...IN_POOLS })
    .input(noInput)
    .output(conditions)
    .query(async ({ ctx: { call, pools, version } }) => ({
      ...(await readConditions(call, pools)),
      version,
    })),
})
