import type { Log } from '../ground/log.ts'
import type { Fleet } from './fleet.ts'

/**
 * The same fleet, whose log lines and calls of Evolution carry the id of the request, or of the run, that they are made
 * for. Handed on rather than kept in an asynchronous context: that would slow down every promise of the process, and the hot
 * path writes no line of its own.
 */
export function forRequest(fleet: Fleet, requestId: string): Fleet {
  let evolution: Fleet['evolution'] | undefined
  return {
    ...fleet,
    log: withId(fleet.log, requestId),
    // Made when it is asked for: most calls ask nothing of Evolution.
    get evolution() {
      evolution ??= fleet.evolution.forRequest(requestId)
      return evolution
    },
  }
}

function withId(log: Log, requestId: string): Log {
  return {
    debug: (details, message) => log.debug({ requestId, ...details }, message),
    info: (details, message) => log.info({ requestId, ...details }, message),
    warn: (details, message) => log.warn({ requestId, ...details }, message),
    error: (details, message) => log.error({ requestId, ...details }, message),
  }
}
