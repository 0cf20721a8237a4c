import {
  createFleetClient,
  type FleetClient,
  type FleetOutputs,
  type Message,
  type Retry,
} from '@zapfleet/client'

export type { FleetClient, Message }

export type Instance = FleetOutputs['instance']['get']
export type Pairing = FleetOutputs['instance']['qrCode']
export type Explanation = FleetOutputs['instance']['explain']
export type StatusChange = FleetOutputs['instance']['history'][number]
export type Reservation = FleetOutputs['reservation']['reserve']
export type Forecast = FleetOutputs['fleet']['forecast']
export type Health = FleetOutputs['health']['summary']['instances'][number]
export type ApiKey = FleetOutputs['key']['list'][number]
export type WebhookEndpoint = FleetOutputs['webhookEndpoint']['list'][number]
export type AlertRoute = FleetOutputs['alertRoute']['list'][number]
export type Server = FleetOutputs['server']['list'][number]
export type Alert = FleetOutputs['alert']['list'][number]
export type AuditEntry = FleetOutputs['audit']['list']['entries'][number]

/** How long calls are repeated (seconds; 0: not at all), and the listener of each repeat. */
export type Waiting = { seconds: number; onRetry: (retry: Retry) => void }

/** What the last try may take, in milliseconds. */
const QUICK_MS = 20_000
const SLOW_MS = 60_000

/**
 * Opens the API at an address. Makes no call and needs no closing. A person waits for the answer, so a failure is reported at
 * once unless `--wait` is given.
 */
export function openClient(fleet: { url: string; apiKey: string }, waiting?: Waiting): FleetClient {
  if (waiting === undefined || waiting.seconds === 0) return createFleetClient({ ...fleet, retry: false })
  const ms = waiting.seconds * 1000
  return createFleetClient({
    ...fleet,
    onRetry: waiting.onRetry,
    timeouts: { quickMs: ms + QUICK_MS, slowMs: ms + SLOW_MS, repeatMs: ms },
  })
}
