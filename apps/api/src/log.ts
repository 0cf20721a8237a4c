import { type DestinationStream, type Logger, pino } from 'pino'
import { maskedDetails } from './mask.ts'

/** A JSON log on stdout (or `destination`), one line each, in which keys, QR codes, phone numbers and people are masked. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { app: 'api' },
    formatters: { level: (label: string) => ({ level: label }), log: maskedDetails },
    // A URL may hold a contact's id in its query, so requests are logged by their route only.
    serializers: { err: (error: unknown) => error, req: requestDetails },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

function requestDetails(request: { method?: unknown; routeOptions?: { url?: unknown } }): object {
  return { method: request.method, route: request.routeOptions?.url }
}
