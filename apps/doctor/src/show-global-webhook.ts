import { DEFAULT_SERVER, diagnoseDatabase, globalWebhookUrl } from '@zapfleet/core'
import { readSettings } from './settings.ts'

/** What to print, and whether it is the address. */
export type GlobalWebhook = { isAddress: boolean; words: string }

/**
 * Reads the address for the global webhook of an Evolution server, the default one where none is named. It holds a secret: with it any program can report outcomes. So it is printed only on
 * request, and is in no finding. Never throws for what is not set or cannot be read.
 */
export async function showGlobalWebhook(
  env: Readonly<Record<string, string | undefined>>,
  start: { source: string; server?: string },
): Promise<GlobalWebhook> {
  const { environment, unusable } = readSettings(env, start)
  const { publicUrl } = environment
  const { server = DEFAULT_SERVER } = start
  if (publicUrl === null)
    return refusal('PUBLIC_URL is not set: set it to the address at which Evolution reaches the API.')
  if (unusable.has('DATABASE_URL')) return refusal('DATABASE_URL is missing or wrong: run zapfleet doctor.')
  const { registry } = await diagnoseDatabase(environment)
  if (registry === null) return refusal('The database could not be read: run zapfleet doctor.')
  const servers = [DEFAULT_SERVER, ...registry.servers.added.map(({ name }) => name)]
  if (!servers.includes(server))
    return refusal(`There is no server named "${server}": expected one of ${servers.join(', ')}.`)
  if (registry.webhookSecret === null)
    return refusal(
      'There is no secret yet. It is made with the first webhook: create or import a number with PUBLIC_URL set, then run this again.',
    )
  return { isAddress: true, words: globalWebhookUrl(publicUrl, registry.webhookSecret, server) }
}

const refusal = (words: string): GlobalWebhook => ({ isAddress: false, words })
