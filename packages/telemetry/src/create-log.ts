import { type DestinationStream, type Logger, pino } from 'pino'
import { maskedDetails, maskedText } from './mask.ts'

export type { Logger } from 'pino'

export type LogOptions = {
  /** The name of the program, on every line. */
  app: string
  level: string
  /** Texts that are masked wherever they occur: the keys of this process. */
  secrets?: readonly string[] | undefined
  /** Default: stdout. */
  destination?: DestinationStream | undefined
}

/** A JSON log, one line each, in which keys, tokens, QR codes, phone numbers and people are masked. */
export function createLog({ app, level, secrets = [], destination }: LogOptions): Logger {
  const hidden = secrets.flatMap((secret) => [...new Set([secret, encodeURIComponent(secret)])])
  const options = {
    level,
    base: { app },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (details: Record<string, unknown>) => maskedDetails(details, hidden),
    },
    hooks: {
      // A message may quote the text of a driver or of Evolution.
      logMethod(this: Logger, given: unknown[], write: (...parts: never[]) => void) {
        const parts = given.map((part) => (typeof part === 'string' ? maskedText(part, hidden) : part))
        write.apply(this, parts as never[])
      },
    },
    // A URL may hold a contact's id, so requests are logged by the pattern of their route.
    serializers: { err: (error: unknown) => error, req: requestDetails },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

function requestDetails(request: { method?: unknown; routeOptions?: { url?: unknown } }): object {
  return { method: request.method, route: request.routeOptions?.url }
}
