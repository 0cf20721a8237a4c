import { type Logger, pino } from 'pino'

/** A JSON log on stdout. The scheduler handles no keys or people; the paths are here so that a slip stays harmless. */
export function createLog(level: string): Logger {
  const secrets = [
    'apikey',
    'apiKey',
    'token',
    'authorization',
    'base64',
    'contactId',
    'phoneNumber',
    'ownerJid',
  ]
  return pino({
    level,
    base: { app: 'scheduler' },
    formatters: { level: (label) => ({ level: label }) },
    redact: secrets.flatMap((key) => [key, `*.${key}`]),
  })
}
