import { createFleetClient, type FleetClient, type FleetOutputs } from '@zapfleet/client'

export type { FleetClient }

export type Instance = FleetOutputs['instance']['get']
export type Pairing = FleetOutputs['instance']['qrCode']
export type Explanation = FleetOutputs['instance']['explain']
export type StatusChange = FleetOutputs['instance']['history'][number]
export type Reservation = FleetOutputs['reservation']['reserve']
export type Health = FleetOutputs['health']['summary']['instances'][number]
export type ApiKey = FleetOutputs['key']['list'][number]
export type AuditEntry = FleetOutputs['audit']['list']['entries'][number]

/**
 * Opens the API at an address. Nothing is called yet, and nothing need be closed. A person waits for the answer, so a
 * failure is told at once and not tried again.
 */
export function openClient(fleet: { url: string; apiKey: string }): FleetClient {
  return createFleetClient({ ...fleet, retry: false })
}
