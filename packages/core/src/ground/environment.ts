import { isIP } from 'node:net'
import { isCountry } from '@zapfleet/phone'
import { z } from 'zod'
import { connectionProblem, withLibpqDefaults } from './database-url.ts'
import { POOL_SIZES, type PoolSizes } from './pool-sizes.ts'
import { createSealer, SECRET_MIN_CHARS, type Sealer } from './seal.ts'
import { smtpServerOf, smtpUrlProblem } from './smtp-address.ts'

/** What a process of the fleet is configured with. */
export type Environment = {
  port: number
  host: string
  databaseUrl: string
  directUrl: string
  poolSizes: PoolSizes
  evolutionApiUrl: string
  evolutionApiKey: string
  /** Whether the leading scheduler follows Evolution's websocket. */
  evolutionWebsocket: boolean
  adminApiKey: string
  botApiKey: string
  /** Encrypts the secrets that the database stores; null: none can be stored. */
  secret: string | null
  /** The secret before the last change, which still decrypts; null: none. */
  previousSecret: string | null
  /** The mail server of alert routes without one of their own; null: none. */
  smtpUrl: string | null
  /** The sender of e-mails; null: the user name of the mail server where it is an address. */
  smtpFrom: string | null
  /** Where Telegram's Bot API is called. */
  telegramApiUrl: string
  /** Whether alert routes may have private addresses. */
  alertsAllowPrivate: boolean
  timeZone: string
  /** The country of phone numbers that are written without a country code; ISO 3166. */
  defaultCountry: string
  healthPollCron: string
  /** The port of the scheduler's own health; null: not given, so any free port is used. */
  schedulerPort: number | null
  /** The port of the sender's own health; null: not given, so any free port is used. */
  senderPort: number | null
  /** Contacts whose messages one sender works on at once. */
  senderConcurrency: number
  /** Messages that may wait in the queue. */
  messageQueueLimit: number
  /** How long a process serves on after SIGTERM, so that load balancers notice; milliseconds. */
  shutdownDelayMs: number
  /** Where Evolution reaches the API; null: no webhook is registered. */
  publicUrl: string | null
  /** Where people open the page, as it is set; null: see `pageAddress`. */
  pageUrl: string | null
  seedInstances: string[]
  /** Whose X-Forwarded-* headers are used: those of this many hops, or of these addresses and networks; null: none. */
  trustProxy: number | string[] | null
  /** Pages of which origins may call the API. */
  corsOrigins: string[]
  /** Limits of each API process; 0: none. */
  keyCallsPerSecond: number
  keyStreams: number
  wrongKeysPerMinute: number
  /** Whether metrics are served without a key. */
  metricsOpen: boolean
  /** Whether GET /health/instances needs no key. */
  healthOpen: boolean
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

/** Every problem of an environment: one a line in its message, and each alone, beginning with the variable's name. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(
      `The environment is not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee .env.example for what each variable means.`,
    )
    this.problems = problems
  }
}

const url = (protocols: string[], example: string) =>
  z.string('is not set').refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL such as ${example}`,
  })
const postgresUrl = z.string('is not set').superRefine((text, context) => {
  const problem = connectionProblem(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})
const httpUrl = url(['http:', 'https:'], 'https://evolution.example.com')
/** Different characters that a key must have; the output of openssl rand -hex 24 has some 15. */
const KEY_CHARACTERS = 8
const key = z
  .string('is not set')
  .refine((text) => /^[\x21-\x7e]{24,}$/.test(text), {
    error: 'must have at least 24 visible ASCII characters; for example the output of: openssl rand -hex 24',
  })
  .refine((text) => new Set(text).size >= KEY_CHARACTERS, {
    error:
      'must have at least 8 different characters: it can be guessed; for example the output of: openssl rand -hex 24',
  })
const secret = z
  .string()
  .refine((text) => text.length >= SECRET_MIN_CHARS && /^[\x21-\x7e]*$/.test(text), {
    error: `must have at least ${SECRET_MIN_CHARS} visible ASCII characters; for example the output of: openssl rand -hex 32`,
  })
  .refine((text) => new Set(text).size >= KEY_CHARACTERS, {
    error:
      'must have at least 8 different characters: it can be guessed; for example the output of: openssl rand -hex 32',
  })
const timeZone = z
  .string()
  .refine(isTimeZone, { error: 'must be an IANA time zone such as America/Sao_Paulo' })
const country = z
  .string()
  .refine(isCountry, { error: 'must be the ISO 3166 code of a country, in capitals, such as BR' })
const cron = z.string().refine((text) => /^\S+(\s+\S+){4,6}$/.test(text.trim()), {
  error: 'must be a cron pattern of 5 or 6 fields such as */15 * * * * *',
})
const port = z.string().refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
  error: 'must be a port from 0 to 65535',
})
const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
const delay = z.string().refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 60_000, {
  error: 'must be milliseconds from 0 to 60000',
})
const instanceNames = z
  .string()
  .transform(listOf)
  .refine(
    (names) => names.every((name) => /^[A-Za-z0-9_-]{1,50}$/.test(name) && !(name in Object.prototype)),
    {
      error: 'must be a comma list of names of 1 to 50 letters, digits, "-" or "_"',
    },
  )

const trustProxy = z
  .string()
  .refine((text) => isHops(text) || listOf(text).every(isNetwork), {
    error:
      'must be the number of proxies before the API, such as 1, or a comma list of their addresses and networks, such as 10.0.0.0/8; a network wider than /8 (IPv4) or /7 (IPv6) would trust the callers themselves and is refused',
  })
  .transform((text) => (isHops(text) ? Number(text) : listOf(text)))
const origins = z
  .string()
  .transform(listOf)
  .refine((list) => list.every(isOrigin), {
    error:
      'must be a comma list of origins such as https://panel.example.com, without a path; * is not taken',
  })
const limit = z
  .string()
  .refine((text) => /^\d{1,7}$/.test(text), { error: 'must be a whole number, 0 for no limit' })

const poolSize = z
  .string()
  .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 2 && Number(text) <= 200, {
    error: 'must be a number of connections from 2 to 200',
  })

const concurrency = z
  .string()
  .refine((text) => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1_000, {
    error: 'must be a number of contacts from 1 to 1000',
  })
const queueLimit = z.string().refine((text) => /^\d{1,8}$/.test(text) && Number(text) >= 1, {
  error: 'must be a number of messages from 1 to 99999999',
})

const smtpUrl = z.string().superRefine((text, context) => {
  const problem = smtpUrlProblem(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: `is not right: ${problem}` })
})
const smtpFrom = z
  .string()
  .refine((text) => /^[^\s@<>,;"]+@[^\s@<>,;"]+$|^[^\r\n<>,;"@]+ <[^\s@<>,;"]+@[^\s@<>,;"]+>$/.test(text), {
    error: 'must be an e-mail address such as zapfleet@example.com or Zapfleet <zapfleet@example.com>',
  })

const schema = z.object({
  PORT: port.default('3333'),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: postgresUrl,
  DIRECT_URL: postgresUrl.optional(),
  DATABASE_CLAIM_CONNECTIONS: poolSize.default(String(POOL_SIZES.claims)),
  DATABASE_REGISTRY_CONNECTIONS: poolSize.default(String(POOL_SIZES.registry)),
  EVOLUTION_API_URL: httpUrl,
  EVOLUTION_API_KEY: z.string('is not set'),
  ADMIN_API_KEY: key,
  BOT_API_KEY: key,
  ZAPFLEET_SECRET: secret.optional(),
  ZAPFLEET_SECRET_PREVIOUS: secret.optional(),
  SMTP_URL: smtpUrl.optional(),
  SMTP_FROM: smtpFrom.optional(),
  TELEGRAM_API_URL: httpUrl
    .refine((text) => !/[?#@]/.test(text), { error: 'must be a URL without a user name, "?" and "#"' })
    .default('https://api.telegram.org'),
  ALERTS_ALLOW_PRIVATE: z.enum(['true', 'false'], 'must be true or false').default('false'),
  FLEET_TIMEZONE: timeZone.default('America/Sao_Paulo'),
  DEFAULT_COUNTRY: country.default('BR'),
  HEALTH_POLL_CRON: cron.default('*/15 * * * * *'),
  SCHEDULER_PORT: port.optional(),
  SENDER_PORT: port.optional(),
  SENDER_CONCURRENCY: concurrency.default('64'),
  MESSAGE_QUEUE_LIMIT: queueLimit.default('200000'),
  SHUTDOWN_DELAY_MS: delay.default('0'),
  PUBLIC_URL: httpUrl
    .refine((text) => !/[?#]/.test(text), {
      error: 'must be a URL without "?" and "#": the path of the webhook is added at its end',
    })
    .optional(),
  PAGE_URL: httpUrl
    .refine((text) => !/[?#]/.test(text), {
      error: 'must be a URL without "?" and "#": the place in the page is added at its end',
    })
    .optional(),
  SEED_INSTANCES: instanceNames.default([]),
  TRUST_PROXY: trustProxy.optional(),
  CORS_ORIGINS: origins.default([]),
  KEY_CALLS_PER_SECOND: limit.default('1000'),
  KEY_STREAMS: limit.default('50'),
  WRONG_KEYS_PER_MINUTE: limit.default('30'),
  HEALTH_INSTANCES_OPEN: z.enum(['true', 'false'], 'must be true or false').default('true'),
  EVOLUTION_WEBSOCKET: z.enum(['true', 'false'], 'must be true or false').default('false'),
  METRICS_OPEN: z.enum(['true', 'false'], 'must be true or false').default('false'),
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
  for (const name of ['DATABASE_URL', 'DIRECT_URL'])
    if (given[name] !== undefined) given[name] = withLibpqDefaults(given[name], given)
  const parsed = schema.safeParse(given)
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`)
  if (given.ADMIN_API_KEY && given.ADMIN_API_KEY === given.BOT_API_KEY)
    problems.push('ADMIN_API_KEY and BOT_API_KEY must differ: the bot is no admin')
  if (given.ZAPFLEET_SECRET_PREVIOUS && !given.ZAPFLEET_SECRET)
    problems.push('ZAPFLEET_SECRET_PREVIOUS is set without ZAPFLEET_SECRET: set the present secret as well')
  if (!parsed.success || problems.length > 0) throw new EnvironmentError(problems)
  const { data } = parsed
  return {
    port: Number(data.PORT),
    host: data.HOST,
    databaseUrl: data.DATABASE_URL,
    directUrl: data.DIRECT_URL ?? data.DATABASE_URL,
    poolSizes: {
      claims: Number(data.DATABASE_CLAIM_CONNECTIONS),
      registry: Number(data.DATABASE_REGISTRY_CONNECTIONS),
    },
    evolutionApiUrl: data.EVOLUTION_API_URL,
    evolutionApiKey: data.EVOLUTION_API_KEY,
    adminApiKey: data.ADMIN_API_KEY,
    botApiKey: data.BOT_API_KEY,
    secret: data.ZAPFLEET_SECRET ?? null,
    previousSecret: data.ZAPFLEET_SECRET_PREVIOUS ?? null,
    smtpUrl: data.SMTP_URL ?? null,
    smtpFrom: data.SMTP_FROM ?? null,
    telegramApiUrl: data.TELEGRAM_API_URL,
    alertsAllowPrivate: data.ALERTS_ALLOW_PRIVATE === 'true',
    timeZone: data.FLEET_TIMEZONE,
    defaultCountry: data.DEFAULT_COUNTRY,
    healthPollCron: data.HEALTH_POLL_CRON,
    schedulerPort: data.SCHEDULER_PORT === undefined ? null : Number(data.SCHEDULER_PORT),
    senderPort: data.SENDER_PORT === undefined ? null : Number(data.SENDER_PORT),
    senderConcurrency: Number(data.SENDER_CONCURRENCY),
    messageQueueLimit: Number(data.MESSAGE_QUEUE_LIMIT),
    shutdownDelayMs: Number(data.SHUTDOWN_DELAY_MS),
    publicUrl: data.PUBLIC_URL ?? null,
    pageUrl: data.PAGE_URL ?? null,
    seedInstances: data.SEED_INSTANCES,
    trustProxy: data.TRUST_PROXY ?? null,
    corsOrigins: data.CORS_ORIGINS,
    keyCallsPerSecond: Number(data.KEY_CALLS_PER_SECOND),
    keyStreams: Number(data.KEY_STREAMS),
    wrongKeysPerMinute: Number(data.WRONG_KEYS_PER_MINUTE),
    evolutionWebsocket: data.EVOLUTION_WEBSOCKET === 'true',
    metricsOpen: data.METRICS_OPEN === 'true',
    healthOpen: data.HEALTH_INSTANCES_OPEN === 'true',
    logLevel: data.LOG_LEVEL,
  }
}

/** The sealer of an environment; null without ZAPFLEET_SECRET. */
export function sealerOf({ secret, previousSecret }: Environment): Sealer | null {
  return secret === null ? null : createSealer(secret, previousSecret)
}

/** Texts of an environment that no log may hold. */
export function secretsOf(environment: Environment): string[] {
  const passwords = [environment.databaseUrl, environment.directUrl].flatMap((text) => {
    const { password, searchParams } = new URL(text)
    return [decodeURIComponent(password), searchParams.get('password') ?? '']
  })
  const { adminApiKey, botApiKey, evolutionApiKey, secret, previousSecret } = environment
  const smtpPassword = environment.smtpUrl === null ? null : smtpServerOf(environment.smtpUrl).password
  const keys = [
    adminApiKey,
    botApiKey,
    evolutionApiKey,
    secret ?? '',
    previousSecret ?? '',
    smtpPassword ?? '',
  ]
  return [...new Set([...keys, ...passwords])].filter((text) => text !== '')
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function isHops(text: string): boolean {
  return /^[1-9]$/.test(text)
}

/** The widest networks of proxies: those for private use, 10.0.0.0/8 and fc00::/7. */
const WIDEST = { 4: 8, 6: 7 } as const

/** An address, a network such as 10.0.0.0/8, or a name of proxy-addr for one, of a width that only proxies can have. */
function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  if (bits === undefined) return true
  const width = Number(bits)
  if (!/^[1-9]\d{0,2}$/.test(bits) || width > (version === 4 ? 32 : 128)) return false
  if (version === 4) return width >= WIDEST[4]
  // ::ffff:0:0/96 is all of IPv4; a shorter prefix of ::/… holds it.
  const isMapped = new URL(`http://[${address}]`).hostname.startsWith('[::')
  return width >= (isMapped ? 96 + WIDEST[4] : WIDEST[6])
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text
}
