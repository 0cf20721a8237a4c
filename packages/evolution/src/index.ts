export {
  type MediaKind,
  type NotSentReason,
  type OutgoingMedia,
  type OutgoingMessage,
  releaseCauseOf,
  type SendVerdict,
} from '@zapfleet/sending'
export { createEvolution } from './client.ts'
export { type Disconnection, type DisconnectionCause, disconnectionCause } from './disconnection.ts'
export { type EventSocket, type EventSocketOptions, openEventSocket } from './event-socket.ts'
export type {
  CallOptions,
  ConnectAnswer,
  ConnectionState,
  CreatedInstance,
  Evolution,
  EvolutionCall,
  EvolutionInstance,
  EvolutionOptions,
  Qr,
  StateReading,
  Timeouts,
  Webhook,
  WebhookSettings,
} from './evolution.ts'
export { EvolutionError, type EvolutionErrorCode, type Refusal } from './evolution-error.ts'
export { hideSecrets } from './redact.ts'
