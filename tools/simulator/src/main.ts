import { z } from 'zod'
import { type SimulatorOptions, startSimulator } from './index.ts'
import { outcomePolicySchema } from './message-commands.ts'

/** The environment variables of the simulator as a process; an empty value counts as absent. */
const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  SIMULATOR_API_KEY: z.string().optional(),
  SIMULATOR_TIME_SCALE: z.coerce.number().nonnegative().default(1),
  SIMULATOR_LATENCY_MS: z.coerce.number().nonnegative().default(0),
  SIMULATOR_SCAN_RESTART_MS: z.coerce.number().nonnegative().optional(),
  SIMULATOR_AUTO_SCAN_MS: z.coerce.number().nonnegative().optional(),
  SIMULATOR_AUTO_SCAN_EXCEPT: z.string().optional(),
  SIMULATOR_QR_LIMIT: z.coerce.number().int().positive().optional(),
  SIMULATOR_STATE_FILE: z.string().optional(),
  SIMULATOR_OUTCOMES: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({
          code: 'custom',
          message: 'It must be JSON, for example {"delivery":{"afterMs":800}}.',
        })
        return z.NEVER
      }
    })
    .pipe(outcomePolicySchema)
    .optional(),
  SIMULATOR_GLOBAL_WEBHOOK_URL: z.url().optional(),
  SIMULATOR_GLOBAL_WEBHOOK_EVENTS: z
    .string()
    .default('SEND_MESSAGE,MESSAGES_UPDATE,MESSAGES_UPSERT,CONNECTION_UPDATE'),
  SIMULATOR_GLOBAL_WEBHOOK_BY_EVENTS: z.stringbool().default(false),
  SIMULATOR_WEBSOCKET: z.stringbool().default(false),
  SIMULATOR_WEBSOCKET_GLOBAL_EVENTS: z.stringbool().default(false),
})

const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
const environment = Environment.safeParse(given)
if (!environment.success) {
  console.error(`The simulator's environment is invalid:\n${z.prettifyError(environment.error)}`)
  process.exit(1)
}
const env = environment.data

const options: SimulatorOptions = {
  port: env.PORT,
  host: env.HOST,
  timeScale: env.SIMULATOR_TIME_SCALE,
  latencyMs: env.SIMULATOR_LATENCY_MS,
  log: (message, facts) => console.error(JSON.stringify({ at: new Date().toISOString(), message, ...facts })),
}
if (env.SIMULATOR_API_KEY !== undefined) options.apiKey = env.SIMULATOR_API_KEY
if (env.SIMULATOR_QR_LIMIT !== undefined) options.qrLimit = env.SIMULATOR_QR_LIMIT
if (env.SIMULATOR_STATE_FILE !== undefined) options.stateFile = env.SIMULATOR_STATE_FILE
if (env.SIMULATOR_SCAN_RESTART_MS !== undefined) options.scanRestartMs = env.SIMULATOR_SCAN_RESTART_MS
if (env.SIMULATOR_AUTO_SCAN_MS !== undefined) {
  const except = env.SIMULATOR_AUTO_SCAN_EXCEPT?.split(',').map((name) => name.trim()) ?? []
  options.autoScan = { afterMs: env.SIMULATOR_AUTO_SCAN_MS, except }
}
if (env.SIMULATOR_OUTCOMES !== undefined) options.outcomes = env.SIMULATOR_OUTCOMES
if (env.SIMULATOR_GLOBAL_WEBHOOK_URL !== undefined) {
  options.globalWebhook = {
    url: env.SIMULATOR_GLOBAL_WEBHOOK_URL,
    events: env.SIMULATOR_GLOBAL_WEBHOOK_EVENTS.split(',').map((event) => event.trim()),
    byEvents: env.SIMULATOR_GLOBAL_WEBHOOK_BY_EVENTS,
  }
}
if (env.SIMULATOR_WEBSOCKET) options.websocket = { globalEvents: env.SIMULATOR_WEBSOCKET_GLOBAL_EVENTS }

try {
  const simulator = await startSimulator(options)
  // Only a generated key is printed.
  const generated = env.SIMULATOR_API_KEY === undefined ? { apiKey: simulator.apiKey } : {}
  console.log(JSON.stringify({ simulator: true, ready: true, url: simulator.url, ...generated }))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void simulator.close().then(() => process.exit(0)))
  }
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    return `Port ${env.PORT} on ${env.HOST} is taken by another program. Set PORT to another one, or to 0 for any.`
  }
  return `The simulator could not start: ${message}`
}
