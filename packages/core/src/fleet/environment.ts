import { z } from 'zod'

/** What a process of the fleet is configured with. */
export type Environment = {
  port: number
  host: string
  databaseUrl: string
  directUrl: string
  evolutionApiUrl: string
  evolutionApiKey: string
  adminApiKey: string
  botApiKey: string
  timeZone: string
  healthPollCron: string
  /** Where the scheduler answers for its own health; null: not named, so any port will do. */
  schedulerPort: number | null
  publicUrl: string | null
  seedInstances: string[]
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

/** Every problem of an environment, one a line, in its message. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

const url = (protocols: string[], example: string) =>
  z.string('is not set').refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL such as ${example}`,
  })
const postgresUrl = url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database')
const httpUrl = url(['http:', 'https:'], 'https://evolution.example.com')
const key = z.string('is not set').refine((text) => /^[\x21-\x7e]{24,}$/.test(text), {
  error: 'must have at least 24 visible ASCII characters; for example the output of: openssl rand -hex 24',
})
const timeZone = z
  .string()
  .refine(isTimeZone, { error: 'must be an IANA time zone such as America/Sao_Paulo' })
const cron = z.string().refine((text) => /^\S+(\s+\S+){4,6}$/.test(text.trim()), {
  error: 'must be a cron pattern of 5 or 6 fields such as */15 * * * * *',
})
const port = z.string().refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
  error: 'must be a port from 0 to 65535',
})
const instanceNames = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .refine(
    (names) => names.every((name) => /^[A-Za-z0-9_-]{1,50}$/.test(name) && !(name in Object.prototype)),
    {
      error: 'must be a comma list of names of 1 to 50 letters, digits, "-" or "_"',
    },
  )

const schema = z.object({
  PORT: port.default('3333'),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: postgresUrl,
  DIRECT_URL: postgresUrl.optional(),
  EVOLUTION_API_URL: httpUrl,
  EVOLUTION_API_KEY: z.string('is not set'),
  ADMIN_API_KEY: key,
  BOT_API_KEY: key,
  FLEET_TIMEZONE: timeZone.default('America/Sao_Paulo'),
  HEALTH_POLL_CRON: cron.default('*/15 * * * * *'),
  SCHEDULER_PORT: port.optional(),
  PUBLIC_URL: httpUrl.optional(),
  SEED_INSTANCES: instanceNames.default([]),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be one of fatal, error, warn, info, debug, trace, silent',
    )
    .default('info'),
})

/**
 * Reads the environment of a process; an empty variable counts as unset.
 *
 * @throws EnvironmentError with every problem at once; values never appear in it, since some are secret
 */
export function parseEnvironment(env: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const parsed = schema.safeParse(given)
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`)
  if (given.ADMIN_API_KEY && given.ADMIN_API_KEY === given.BOT_API_KEY)
    problems.push('ADMIN_API_KEY and BOT_API_KEY must differ: the bot is no admin')
  if (!parsed.success || problems.length > 0) {
    throw new EnvironmentError(
      `The environment is not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee .env.example for what each variable means.`,
    )
  }
  const { data } = parsed
  return {
    port: Number(data.PORT),
    host: data.HOST,
    databaseUrl: data.DATABASE_URL,
    directUrl: data.DIRECT_URL ?? data.DATABASE_URL,
    evolutionApiUrl: data.EVOLUTION_API_URL,
    evolutionApiKey: data.EVOLUTION_API_KEY,
    adminApiKey: data.ADMIN_API_KEY,
    botApiKey: data.BOT_API_KEY,
    timeZone: data.FLEET_TIMEZONE,
    healthPollCron: data.HEALTH_POLL_CRON,
    schedulerPort: data.SCHEDULER_PORT === undefined ? null : Number(data.SCHEDULER_PORT),
    publicUrl: data.PUBLIC_URL ?? null,
    seedInstances: data.SEED_INSTANCES,
    logLevel: data.LOG_LEVEL,
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
