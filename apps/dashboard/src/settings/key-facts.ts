import type { ApiKey } from '../api/open-client.ts'
import type { Format } from '../words/format.ts'
import type { SettingsWords } from './use-words.ts'

/** The facts below the name of a key: its pools, its creation and who created it, its last use, and its end. */
export function factsOf(key: ApiKey, { keys: words }: SettingsWords, f: Format, nowMs: number): string[] {
  const { pools, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt, state } = key
  return [
    pools !== null && words.onlyPools(pools.join(', ')),
    createdAt && words.createdBy(f.when(createdAt, nowMs), createdBy ?? '?'),
    lastUsedAt === null ? words.neverUsed : words.used(f.ago(lastUsedAt, nowMs)),
    revokedAt !== null && words.revokedAt(f.when(revokedAt, nowMs)),
    revokedAt === null &&
      expiresAt !== null &&
      (state === 'expired' ? words.endedAt : words.endsAt)(f.when(expiresAt, nowMs)),
  ].filter((one) => typeof one === 'string')
}

/** The active keys that a key created, directly or by others. */
export function madeBy(id: string, keys: readonly ApiKey[]): ApiKey[] {
  const found = new Set([id])
  // A key is created after its maker; the list may be in any order.
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const key of keys) if (key.createdByKey !== null && found.has(key.createdByKey)) found.add(key.id)
  }
  return keys.filter((key) => key.id !== id && found.has(key.id) && key.state === 'active')
}

/** The pools in a text, with commas between them; null: none. */
export function poolsIn(text: string): string[] | null {
  const pools = text.split(',').flatMap((one) => one.trim() || [])
  return pools.length === 0 ? null : pools
}
