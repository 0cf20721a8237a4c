import type { FleetInputs, Server } from '../api/open-client.ts'
import { DEFAULT_SERVER } from '../servers/server-counts.ts'
import { isHttpAddress } from './endpoint-draft.ts'

/** What was typed for a server. The key of a stored one is empty until another is typed. */
export type ServerDraft = { name: string; url: string; apiKey: string }

/** The draft of a stored server, or of a new one. */
export function serverDraftOf(server: Server | null): ServerDraft {
  return { name: server?.name ?? '', url: server?.url ?? '', apiKey: '' }
}

/** The fields that the API would refuse. In a stored server an empty key stays as it is. */
export function serverProblems(draft: ServerDraft, isStored: boolean): ReadonlySet<keyof ServerDraft> {
  const problems = new Set<keyof ServerDraft>()
  const name = draft.name.trim()
  const key = draft.apiKey.trim()
  if (!/^[A-Za-z0-9_-]{1,50}$/.test(name) || (!isStored && name === DEFAULT_SERVER)) problems.add('name')
  if (!isServerAddress(draft.url)) problems.add('url')
  if (!(isStored && key === '') && !/^[\x21-\x7e]+$/.test(key)) problems.add('apiKey')
  return problems
}

function isServerAddress(text: string): boolean {
  if (!isHttpAddress(text)) return false
  const { username, password, search, hash } = new URL(text.trim())
  return !(username || password || search || hash)
}

/** The call that adds the server of a draft without problems. */
export function newServerOf({ name, url, apiKey }: ServerDraft): FleetInputs['server']['add'] {
  return { name: name.trim(), url: url.trim(), apiKey: apiKey.trim() }
}

/** The call that stores what was changed of a server; null: nothing was. The key is sent only where one was typed. */
export function serverUpdateOf(draft: ServerDraft, stored: Server): FleetInputs['server']['update'] | null {
  const [url, apiKey] = [draft.url.trim(), draft.apiKey.trim()]
  const changes = { ...(url === stored.url ? {} : { url }), ...(apiKey === '' ? {} : { apiKey }) }
  return Object.keys(changes).length === 0 ? null : { name: stored.name, ...changes }
}
