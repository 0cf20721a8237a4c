type Write = (details: object, message: string) => void

/** Where core writes what happened. A pino logger fits. */
export type Log = { debug: Write; info: Write; warn: Write; error: Write }

/** Writes nothing; for tests and scripts. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
