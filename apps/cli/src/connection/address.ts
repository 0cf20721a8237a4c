import { t } from '../language.ts'
import { Refusal } from '../refusal.ts'

/** Where `npm start` listens unless it is told otherwise. */
export const DEFAULT_URL = 'http://127.0.0.1:3333'

/**
 * An address as the client takes it: http or https, without a slash at the end and without `/trpc` or `/v1`.
 *
 * @param from where it stood, for the sentence @throws Refusal (usage)
 */
export function readAddress(text: string, from: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.username !== '' || url.password !== ''))
    throw new Refusal('usage', t`${from} must hold no user or password: the key goes in a header.`)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new Refusal('usage', t`${from} must be an address such as ${DEFAULT_URL}, and is "${text}".`)
  return `${url.origin}${url.pathname}`.replace(/\/((trpc|v1)\/?)?$/, '')
}

/** Whether an address is this machine's own. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
