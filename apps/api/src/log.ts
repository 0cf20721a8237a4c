import { createLog as createLogOf, type Logger, type LogOptions } from '@zapfleet/telemetry'

/** The API's log: JSON on stdout (or `destination`), with `secrets` and whatever looks like one masked. */
export function createLog(
  level: string,
  destination?: LogOptions['destination'],
  secrets?: readonly string[],
): Logger {
  return createLogOf({ app: 'api', level, destination, secrets })
}
