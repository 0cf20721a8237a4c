export { createFleetClient, type FleetClient } from './create-fleet-client.ts'
export {
  FleetError,
  type FleetErrorCode,
  isFleetError,
  type Reason,
  type ServerErrorCode,
} from './fleet-error.ts'
export type { CallContext } from './guard-calls.ts'
export type { FleetClientOptions, Timeouts } from './options.ts'
export type {
  Fallback,
  FleetInputs,
  FleetOutputs,
  FleetRouter,
  Instance,
  ProcedurePath,
  Reservation,
  ReserveInput,
  Strategy,
} from './router.ts'
