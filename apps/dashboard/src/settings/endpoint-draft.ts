import type { FleetInputs } from '../api/open-client.ts'

type NewEndpoint = FleetInputs['webhookEndpoint']['create']
export type EndpointEvent = NewEndpoint['events'][number]

export const EVENTS = ['message', 'outcome', 'instance'] as const satisfies EndpointEvent[]

/** What was typed for a new webhook. */
export type EndpointDraft = { name: string; url: string; events: EndpointEvent[]; secret: string }

export const NEW_ENDPOINT: EndpointDraft = { name: '', url: '', events: ['message', 'outcome'], secret: '' }

const SECRET_MIN = 16

/** The fields that the API would refuse. The API checks more of an address and of a secret. */
export function endpointProblems({
  name,
  url,
  events,
  secret,
}: EndpointDraft): ReadonlySet<keyof EndpointDraft> {
  const problems = new Set<keyof EndpointDraft>()
  if (!/^[A-Za-z0-9_-]{1,50}$/.test(name.trim())) problems.add('name')
  if (!isHttpAddress(url)) problems.add('url')
  if (events.length === 0) problems.add('events')
  if (secret.trim() !== '' && secret.trim().length < SECRET_MIN) problems.add('secret')
  return problems
}

/** Whether a text is an address that begins with http:// or https://. */
export function isHttpAddress(text: string): boolean {
  return /^https?:\/\//i.test(text.trim()) && URL.canParse(text.trim())
}

/** The call for a draft without problems. */
export function newEndpointOf({ name, url, events, secret }: EndpointDraft): NewEndpoint {
  return {
    name: name.trim(),
    url: url.trim(),
    events: EVENTS.filter((one) => events.includes(one)),
    ...(secret.trim() === '' ? {} : { secret: secret.trim() }),
  }
}
