export {
  countAnswers,
  countDeliveries,
  countJobRuns,
  countMessages,
  countNotices,
  countOutcomes,
  countReserves,
} from './count-work.ts'
export { createLog, type Logger, type LogOptions } from './create-log.ts'
export { masked, maskedAddress } from './mask.ts'
export { openEvolutions } from './open-evolutions.ts'
export { type Metrics, openMetrics } from './open-metrics.ts'
export { type Program, runProgram } from './run-program.ts'
export { isLoopback, listenForHealth, mayRead, type Readiness } from './serve-health.ts'
export { showFleet } from './show-fleet.ts'
