export { type Alert, alertListInput, alertSchema } from './alert/alert.ts'
export {
  type AlertRoute,
  newRouteInput,
  routeName,
  routeSchema,
  routeUpdateInput,
} from './alert/alert-route.ts'
export { isDayNearlyFull } from './alert/alert-thresholds.ts'
export { countOpenAlerts } from './alert/count-open-alerts.ts'
export { createRoute } from './alert/create-route.ts'
export { deleteRoute } from './alert/delete-route.ts'
export { evaluateAlerts } from './alert/evaluate-alerts.ts'
export { listAlerts } from './alert/list-alerts.ts'
export { getRoute, listRoutes } from './alert/list-routes.ts'
export { openAlertSender } from './alert/open-alert-sender.ts'
export { testRoute } from './alert/test-route.ts'
export { updateRoute } from './alert/update-route.ts'
export { watchAlerts } from './alert/watch-alerts.ts'
export { watchRoutes } from './alert/watch-routes.ts'
export type { AuditEntry } from './audit/audit-entry.ts'
export { instanceSnapshot } from './audit/instance-snapshot.ts'
export { type AuditFilter, listAudit } from './audit/list-audit.ts'
export { beginAct, endAct } from './audit/record-act.ts'
export { blockContact, unblockContact } from './contact/block-contact.ts'
export type { ContactCounts } from './contact/contact-counts.ts'
export { KINDS, type Kind } from './contact/conversations.ts'
export { countContacts } from './contact/count-contacts.ts'
export { linkContact } from './contact/link-contact.ts'
export { mergeContactForms, watchContactForms } from './contact/merge-contact-forms.ts'
export { readContactWithRef } from './contact/read-contact-refs.ts'
export { type Contact, getContact } from './contact/read-person.ts'
export { recordInbound } from './contact/record-inbound.ts'
export { clearPreference, setPreference } from './contact/set-preference.ts'
export { unlinkContact } from './contact/unlink-contact.ts'
export { judgeDelivery } from './delivery/judge-delivery.ts'
export { setRestriction, setRestrictionInput } from './delivery/set-restriction.ts'
export { watchDeliveries } from './delivery/watch-deliveries.ts'
export type { ConnectTrouble } from './diagnosis/connect-trouble.ts'
export type { ConnectionDiagnosis } from './diagnosis/diagnose-connection.ts'
export { type DatabaseDiagnosis, diagnoseDatabase } from './diagnosis/diagnose-database.ts'
export type { RegistryDiagnosis } from './diagnosis/diagnose-registry.ts'
export type { SchemaDiagnosis } from './diagnosis/diagnose-schema.ts'
export { openServerKey } from './diagnosis/diagnose-servers.ts'
export { diagnoseWebhooks, type WebhooksDiagnosis } from './diagnosis/diagnose-webhooks.ts'
export { createEndpoint } from './endpoint/create-endpoint.ts'
export { deleteEndpoint } from './endpoint/delete-endpoint.ts'
export { getEndpoint, listEndpoints } from './endpoint/list-endpoints.ts'
export { openWebhookSender } from './endpoint/open-webhook-sender.ts'
export { testEndpoint } from './endpoint/test-endpoint.ts'
export { watchEndpoints } from './endpoint/watch-endpoints.ts'
export {
  endpointName,
  endpointSchema,
  newEndpointInput,
  type WebhookEndpoint,
} from './endpoint/webhook-endpoint.ts'
export {
  type CountersEvent,
  EVENT_TYPES,
  type EventType,
  type FleetEvent,
  type InstanceEvent,
} from './events/event.ts'
export type { EventFeed } from './events/open-event-feed.ts'
export { addServer, removeServer, updateServer } from './fleet/change-server.ts'
export type { Fleet, FleetCall } from './fleet/fleet.ts'
export { checkServer, listServers, type Server } from './fleet/list-servers.ts'
export { closeFleet, type FleetConfig, openFleet } from './fleet/open-fleet.ts'
export { type Activity, readActivity } from './fleet/read-activity.ts'
export { type Conditions, readConditions } from './fleet/read-conditions.ts'
export { readContactInPools } from './fleet/read-contact-in-pools.ts'
export { fleetForecast, forecastInput, forecastSchema } from './fleet/read-forecast.ts'
export { readiness } from './fleet/read-readiness.ts'
export type { Readiness } from './fleet/readiness.ts'
export { requireReservation } from './fleet/require-reservation.ts'
export { type FleetStats, fleetStats, readFigures } from './fleet/stats.ts'
export { openFleetWhenReady } from './fleet/wait-until-ready.ts'
export type { WindowStats } from './fleet/window-stats.ts'
export { type Call, callOf } from './ground/call.ts'
export {
  type Environment,
  EnvironmentError,
  parseEnvironment,
  sealerOf,
  secretsOf,
} from './ground/environment.ts'
export {
  FLEET_ERROR_CODES,
  FleetError,
  type FleetErrorCode,
  type InstanceConflict,
  REASONS,
  type Reason,
} from './ground/fleet-error.ts'
export { holdLease, type LeaseAnswer, releaseLease } from './ground/hold-lease.ts'
export { type Log, silentLog } from './ground/log.ts'
export { type MigrateOptions, migrate } from './ground/migrate.ts'
export { isForMachines, pageAddress } from './ground/page-address.ts'
export { connectionsOf, type PoolSizes } from './ground/pool-sizes.ts'
export type { TlsState } from './ground/prepare-connections.ts'
export { msToStep } from './ground/repeat-until.ts'
export { createSealer, type Sealer } from './ground/seal.ts'
export { shareFor } from './ground/share-for.ts'
export { instant, instantInput, text, textProblem } from './ground/text.ts'
export { within } from './ground/within.ts'
export { type EvolutionProblem, keyProblem, type ServerProblem } from './health/check-evolution.ts'
export { checkAllInstances, checkInstance, healthSummary, sharedRound } from './health/check-instances.ts'
export { EVOLUTION_STATES, type EvolutionState, type Health, type HealthSummary } from './health/health.ts'
export { hintInstance, waitForHints } from './health/hint-instance.ts'
export { CHANGE_REASONS, instanceHistory, type StatusChange } from './health/instance-history.ts'
export { recordLogout } from './health/record-session-end.ts'
export { runRound } from './health/run-round.ts'
export { adviceFor, NEXT_STEPS, STATUS_REASONS } from './instance/action.ts'
export { getInstance } from './instance/get-instance.ts'
export type { SeenPools } from './instance/in-pools.ts'
export {
  createInstanceInput,
  type Instance,
  instanceSchema,
  toInstance,
  updateInstanceInput,
} from './instance/instance.ts'
export {
  foreignNameProblem,
  instanceName,
  isInstanceName,
  newInstanceName,
} from './instance/instance-name.ts'
export { INSTANCE_LIMITS } from './instance/limits.ts'
export { listInstances } from './instance/list-instances.ts'
export { phoneNumber } from './instance/phone-of.ts'
export { dailyLimit } from './instance/ramp.ts'
export {
  getInstanceInPools,
  limitInstance,
  namesInPools,
  requireInPools,
} from './instance/read-in-pools.ts'
export { rowFromFacts } from './instance/row.ts'
export { STATUSES, type Status } from './instance/status.ts'
export { tag } from './instance/tags.ts'
export {
  type ApiKey,
  KEY_ROLES,
  KEY_STATES,
  type KeyHolder,
  type KeyMaker,
  type KeyRole,
  type KeyState,
} from './key/api-key.ts'
export { createKey, type NewKey } from './key/create-key.ts'
export { keyPools } from './key/key-pools.ts'
export { digestOf, keyIdIn } from './key/key-text.ts'
export { getKey, listKeys } from './key/list-keys.ts'
export type { KeyCache } from './key/open-key-cache.ts'
export { type KeyRevocation, type RevokedKey, revokeKey } from './key/revoke-key.ts'
export { GRACE_SECONDS, GRACE_SECONDS_MAX, type KeyRotation, rotateKey } from './key/rotate-key.ts'
export { cancelMessage } from './message/cancel-message.ts'
export { getMessage } from './message/get-message.ts'
export { listMessages, type MessageFilter } from './message/list-messages.ts'
export {
  type Attempt,
  MEDIA_KINDS,
  MESSAGE_STATES,
  type Media,
  type Message,
  type MessageContent,
  type MessageState,
} from './message/message.ts'
export type { MessageChange, MessageFeed } from './message/open-message-feed.ts'
export { openSender, type Sender, type SenderOptions } from './message/open-sender.ts'
export { readMessageConditions } from './message/read-message-conditions.ts'
export { type SendInput, sendMessage } from './message/send-message.ts'
export { sweepMessages, watchMessages } from './message/sweep-messages.ts'
export { EVENT_SOURCES, type EventSource } from './outcome/event-batch.ts'
export {
  MESSAGE_EVENTS,
  type MessageEvents,
  readLargeEvent,
  readMessageEvents,
} from './outcome/message-events.ts'
export { readBackOutcomes } from './outcome/read-back.ts'
export { type OutcomeEvent, reportOutcomes } from './outcome/report-outcomes.ts'
export { takeEvents, takeServerEvents, waitForEvents } from './outcome/take-events.ts'
export { watchOutcomes } from './outcome/watch-outcomes.ts'
export { createInstance } from './provisioning/create-instance.ts'
export { deleteInstance, finishRemovals } from './provisioning/delete-instance.ts'
export { finishMoves } from './provisioning/end-move.ts'
export { followPairing } from './provisioning/follow-pairing.ts'
export { hasPhone } from './provisioning/has-phone.ts'
export { type ImportReport, importInstances } from './provisioning/import-instances.ts'
export { finishDueLeftovers } from './provisioning/leftovers.ts'
export { logoutInstance } from './provisioning/logout-instance.ts'
export { moveInstance } from './provisioning/move-instance.ts'
export { pairInstance } from './provisioning/pair-instance.ts'
export type { Pairing } from './provisioning/pairing.ts'
export { restartInstance } from './provisioning/restart-instance.ts'
export { seedInstances } from './provisioning/seed-instances.ts'
export { updateInstance } from './provisioning/update-instance.ts'
export { watchUnfinished } from './provisioning/watch-unfinished.ts'
export { chooseInstance } from './reservation/choose-instance.ts'
export { confirmReservation, releaseReservation } from './reservation/complete-reservation.ts'
export { explain } from './reservation/explain.ts'
export type { FleetMetrics } from './reservation/fleet-metrics.ts'
export { getReservation } from './reservation/get-reservation.ts'
export { recordSend } from './reservation/record-send.ts'
export {
  OUTCOME_STATUSES,
  type OutcomeStatus,
  type PreferenceOutcome,
  RELEASE_CAUSES,
  type ReleaseCause,
  type Reservation,
} from './reservation/reservation.ts'
export { type ReserveInput, type ReserveOptions, reserve } from './reservation/reserve.ts'
export { type ContactExport, contactExport } from './rights/contact-export.ts'
export { exportContact } from './rights/export-contact.ts'
export { forgetContact } from './rights/forget-contact.ts'
export { JOBS, type JobName, type JobRun } from './schedule/job-run.ts'
export {
  KEEP_AUDIT_MS,
  KEEP_EVENTS_MS,
  KEEP_JOB_RUNS_MS,
  KEEP_MESSAGE_CHANGES_MS,
  KEEP_RESERVATIONS_MS,
  prune,
} from './schedule/prune.ts'
export { type Boundaries, readBoundaries } from './schedule/read-boundaries.ts'
export { lastJobRuns, pollingAge } from './schedule/read-runs.ts'
export { beginRun, endRun } from './schedule/record-run.ts'
export { resetDailyCounters, resetHourlyCounters } from './schedule/reset-counters.ts'
export type { ExplainedCandidate, Explanation } from './selection/explanation.ts'
export { FALLBACKS, type Fallback } from './selection/fallback.ts'
export { STRATEGIES, type StrategyName } from './selection/strategies.ts'
export { onServer, onServerOf, type ServerCall } from './server/on-server.ts'
export { resealServerKeys } from './server/reseal-keys.ts'
export {
  addedServerInput,
  addServerInput,
  serverNameInput,
  updateServerInput,
} from './server/server-input.ts'
export { DEFAULT_SERVER, serverName, serverOf } from './server/server-names.ts'
export type { KnownServer, OpenEvolution } from './server/servers.ts'
export { beginSession, SESSION_SECONDS } from './session/begin-session.ts'
export { endSessions } from './session/end-sessions.ts'
export { listSessions } from './session/list-sessions.ts'
export type { SessionCache } from './session/open-session-cache.ts'
export type { Session, SessionKey } from './session/session.ts'
export { sessionIdIn } from './session/session-text.ts'
export { globalWebhookSecret, globalWebhookUrl } from './webhook/global-webhook.ts'
export { readWebhookSecret } from './webhook/read-webhook-secret.ts'
export { receiveWebhook } from './webhook/receive-webhook.ts'
export { registerWebhook, type WebhookRegistration } from './webhook/register-webhook.ts'
export { serverSecret } from './webhook/server-secret.ts'
export { WEBHOOK_SECRET_HEADER, webhookUrl } from './webhook/webhook.ts'
export { readWebhookEvent, type WebhookEvent } from './webhook/webhook-event.ts'
