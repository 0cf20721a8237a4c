import { createHmac } from 'node:crypto'
import { DEFAULT_SERVER } from '../server/server-names.ts'

/**
 * The secret that a server sends with its events. That of the default server is the fleet's; the others are derived from it, so that
 * every process has them, and one server cannot send events in the name of another.
 */
export function serverSecret(fleetSecret: string, server: string): string {
  if (server === DEFAULT_SERVER) return fleetSecret
  return createHmac('sha256', fleetSecret).update(`webhook of ${server}`).digest('base64url')
}
