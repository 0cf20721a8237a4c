export {
  judgeSendAnswer,
  judgeSendFailure,
  type MediaKind,
  type NotSentReason,
  type OutgoingMedia,
  releaseCauseOf,
  type SendAnswer,
  type SendRoute,
  type SendVerdict,
} from '@zapfleet/sending'
export type { CallContext } from './carry-out.ts'
export { createFleetClient, type FleetClient } from './create-fleet-client.ts'
export {
  createEvolutionSender,
  type EvolutionSender,
  type EvolutionSenderOptions,
  type MediaMessage,
  SendFailure,
  type TextMessage,
} from './evolution-sender.ts'
export type { EvolutionServer } from './evolution-servers.ts'
export {
  type ErrorNextStep,
  FleetError,
  type FleetErrorCode,
  isFleetError,
  type Reason,
  type ServerErrorCode,
} from './fleet-error.ts'
export { INSTANCE_LIMITS } from './instance-limits.ts'
export type { LiveOptions } from './live-options.ts'
export type { LiveFleet, LiveSnapshot, LiveState, LiveUpdate } from './live-update.ts'
export { isNotSent, NotSentError, notSent } from './not-sent.ts'
export type { FleetClientOptions, Retry, Timeouts } from './options.ts'
export type {
  Fallback,
  FleetInputs,
  FleetOutputs,
  FleetRouter,
  Instance,
  Message,
  MessageInput,
  MessageState,
  ProcedurePath,
  ReleaseCause,
  Reservation,
  ReserveInput,
  Strategy,
} from './router.ts'
export { type NextStep, STATUS_REASONS, type StatusReason } from './status-reason.ts'
export type { FleetEvent, StreamState, WatchOptions } from './watch.ts'
export type { ServingInstance, Unsettled, WithInstanceOptions } from './with-instance.ts'
