import { createHmac } from 'node:crypto'
import type { Instance } from './instance.ts'
import type { WebhookRow } from './webhook-row.ts'
import type { World } from './world.ts'

/** `CONNECTION_UPDATE` → `connection.update`: the name in the body differs from the name of the subscription. */
export const dottedEvent = (event: string) => event.toLowerCase().replaceAll('_', '.')

/** `CONNECTION_UPDATE` → `connection-update`, the last part of an address by events. */
export const dashed = (event: string) => event.toLowerCase().replaceAll('_', '-')

/** The address of an event: with `byEvents` the name is appended with dashes (`destination` in the body does not show that). */
export const eventUrl = (row: WebhookRow, event: string) =>
  row.byEvents ? `${row.url}/${dashed(event)}` : row.url

/** LOCAL time labelled Z, as Evolution writes it: wrong by the offset of the zone unless the process runs in UTC. */
const mislabelledTime = (at: Date) => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString()

/**
 * What all receivers of an event get; webhooks get `destination` as well. It holds the instance's token in clear, unless Evolution
 * hides tokens; `sender` is absent until it is known.
 */
export function eventContent(world: World, instance: Instance, event: string, data: unknown, at: Date) {
  const sender = instance.database.ownerJid
  return {
    event: dottedEvent(event),
    instance: instance.name,
    data,
    date_time: mislabelledTime(at),
    ...(sender === null ? {} : { sender }),
    server_url: world.url,
    apikey: world.options.exposeTokens ? instance.token : null,
  }
}

/** The headers of every webhook call; the global webhook has no others. */
export const commonHeaders = (): Record<string, string> => ({
  Accept: 'application/json, text/plain, */*',
  'Content-Type': 'application/json',
  'User-Agent': 'axios/1.12.2',
})

/** The headers of a webhook call: the configured ones, except that `jwt_key` becomes a signed Authorization. */
export function eventHeaders(row: WebhookRow, at: Date): Record<string, string> {
  const headers = commonHeaders()
  for (const [key, value] of Object.entries(row.headers ?? {})) {
    const overridden = key === 'jwt_key' || (row.headers?.jwt_key && key.toLowerCase() === 'authorization')
    if (!overridden) headers[key] = String(value)
  }
  const key = row.headers?.jwt_key
  if (key) headers.Authorization = `Bearer ${webhookJwt(key, at)}`
  return headers
}

/** The HS256 token of a webhook call, valid for ten minutes. It does not cover the body. */
function webhookJwt(key: string, at: Date): string {
  const iat = Math.floor(at.getTime() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat, exp: iat + 600, app: 'evolution', action: 'webhook' })}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

/** Statuses without a retry: the event is dropped. */
export const NO_RETRY_STATUSES: readonly number[] = [400, 401, 403, 404, 422]

/**
 * The delay before the next attempt after `failures` failed ones, in unscaled milliseconds: 5 s, doubled up to 300 s, spread by
 * 20 % either way (`chance` from 0 to 1), never under 5 s.
 */
export function retryDelayMs(failures: number, chance: number): number {
  const base = Math.min(5000 * 2 ** (failures - 1), 300_000)
  return Math.max(5000, Math.round(base * (0.8 + 0.4 * chance)))
}
