import { createFleetClient, type FleetOutputs } from '@zapfleet/client'
import { fetchWithClock } from './server-clock.ts'

export type { FleetClient, Instance } from '@zapfleet/client'
export type Pairing = FleetOutputs['instance']['qrCode']
export type StatusChange = FleetOutputs['instance']['history'][number]
export type Activity = FleetOutputs['instance']['activity']
export type Explanation = FleetOutputs['instance']['explain']
export type Conditions = FleetOutputs['fleet']['conditions']
export type Role = FleetOutputs['key']['whoAmI']['role']
export type Status = FleetOutputs['instance']['list'][number]['status']

/** The fleet behind this page's own address, with the key in a header of every call and never in an address. */
export function openClient(key: string) {
  // Each call in a request of its own: the list of the fleet waits for nobody who counts contacts.
  return createFleetClient({ url: '/', apiKey: key, batch: false, fetch: fetchWithClock })
}
