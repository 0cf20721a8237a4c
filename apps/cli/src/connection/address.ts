import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'

/** Where `npm start` listens by default. */
export const DEFAULT_URL = 'http://127.0.0.1:3333'

/**
 * An address in the form of the client: http or https, without a slash, `/trpc` or `/v1` at its end.
 *
 * @param from where it was found, for the message @throws Refusal (usage)
 */
export function readAddress(text: string, from: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.username !== '' || url.password !== ''))
    throw new Refusal('usage', t`${from} must hold no user or password: the key goes in a header.`)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new Refusal('usage', t`${from} must be an address such as ${DEFAULT_URL}, and is "${text}".`)
  return `${url.origin}${url.pathname}`.replace(/\/((trpc|v1)\/?)?$/, '')
}

/** Whether an address is on this machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

/** The address of the page of a fleet, or of one number on it. */
export function pageAddress(url: string, name?: string): string {
  return name === undefined ? `${url}/` : `${url}/#/numbers/${encodeURIComponent(name)}`
}
