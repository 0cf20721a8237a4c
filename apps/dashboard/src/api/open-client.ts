import { createFleetClient, type FleetOutputs } from '@zapfleet/client'
import { fetchWithClock } from './server-clock.ts'

export type { FleetClient, FleetInputs, Instance } from '@zapfleet/client'
export type Pairing = FleetOutputs['instance']['qrCode']
export type StatusChange = FleetOutputs['instance']['history'][number]
export type Activity = FleetOutputs['instance']['activity']
export type Explanation = FleetOutputs['instance']['explain']
export type Conditions = FleetOutputs['fleet']['conditions']
export type Contact = FleetOutputs['contact']['get']
export type ContactExport = FleetOutputs['contact']['export']
export type Message = FleetOutputs['message']['get']
export type ApiKey = FleetOutputs['key']['list'][number]
export type Alert = FleetOutputs['alert']['list'][number]
export type AlertRoute = FleetOutputs['alertRoute']['list'][number]
export type AuditEntry = FleetOutputs['audit']['list']['entries'][number]
export type Server = FleetOutputs['server']['list'][number]
export type WebhookEndpoint = FleetOutputs['webhookEndpoint']['list'][number]
export type Role = FleetOutputs['key']['whoAmI']['role']
export type Status = FleetOutputs['instance']['list'][number]['status']

/** Queries whose input is a contact. They are sent by POST: proxies and the browser store addresses, not bodies. */
const ABOUT_A_PERSON = /^(.*\/trpc\/(?:contact\.get|contact\.export|instance\.explain|message\.list))\?(.*)$/

/** Sent with the cookie. The API accepts a session only with it, because a page of another origin cannot send it. */
export const SESSION_HEADER = 'x-zapfleet-session'

/** The fleet at the address of this page, also under a sub path, with the session in the browser's cookie. */
export function openClient() {
  // Each call in a request of its own: the list of the fleet does not wait for the count of contacts.
  return createFleetClient({ url: './', apiKey: 'session', batch: false, fetch: fetchWithSession })
}

/** The role of a key. @throws FleetError */
export async function readRole(key: string): Promise<Role> {
  return (await createFleetClient({ url: './', apiKey: key }).key.whoAmI.query({})).role
}

/** `fetch` with the cookie of the session in the place of a key. */
function fetchWithSession(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.delete('x-api-key')
  headers.set(SESSION_HEADER, '1')
  const address = String(input)
  const [, path, query] = ABOUT_A_PERSON.exec(address) ?? []
  const body = new URLSearchParams(query).get('input')
  if (path === undefined || body === null) return fetchWithClock(input, { ...init, headers })
  headers.set('content-type', 'application/json')
  return fetchWithClock(path, { ...init, method: 'POST', body, headers })
}
