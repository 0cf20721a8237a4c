export { type Contact, clearPreference, getContact, setPreference } from './contact/contact.ts'
export { type MigrateOptions, migrate } from './db/migrate.ts'
export { type Environment, EnvironmentError, parseEnvironment } from './fleet/environment.ts'
export type { Fleet } from './fleet/fleet.ts'
export {
  FLEET_ERROR_CODES,
  FleetError,
  type FleetErrorCode,
  REASONS,
  type Reason,
} from './fleet/fleet-error.ts'
export { type Log, silentLog } from './fleet/log.ts'
export { closeFleet, type FleetConfig, openFleet, readiness } from './fleet/open-fleet.ts'
export { seedInstances } from './fleet/seed-instances.ts'
export { type FleetStats, fleetStats, type WindowStats } from './fleet/stats.ts'
export { checkAllInstances, checkInstance, healthSummary } from './health/check-instances.ts'
export { EVOLUTION_STATES, type EvolutionState, type Health, type HealthSummary } from './health/health.ts'
export { sharedRound } from './health/shared-round.ts'
export { chooseInstance } from './instance/choose-instance.ts'
export { createInstance } from './instance/create-instance.ts'
export { getInstance } from './instance/get-instance.ts'
export type { Instance } from './instance/instance.ts'
export { isInstanceName } from './instance/instance-name.ts'
export { listInstances } from './instance/list-instances.ts'
export { type Pairing, pairInstance } from './instance/pair-instance.ts'
export { recordSend } from './instance/record-send.ts'
export type { NewInstance } from './instance/register-instance.ts'
export { resetDailyCounters, resetHourlyCounters } from './instance/reset-counters.ts'
export { STATUSES, type Status } from './instance/status.ts'
export { type UpdateInstanceInput, updateInstance } from './instance/update-instance.ts'
export { FALLBACKS, type Fallback, type PreferenceOutcome, type Reservation } from './reservation/ask.ts'
export { type ReserveInput, type ReserveOptions, reserve } from './reservation/reserve.ts'
export { confirmReservation, releaseReservation } from './reservation/settle-reservation.ts'
export { STRATEGIES, type StrategyName } from './selection/strategies.ts'
