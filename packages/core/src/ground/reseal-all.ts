import type { Sealer } from './seal.ts'

/**
 * Encrypts by the present ZAPFLEET_SECRET what the previous one encrypted, so that the previous one can be removed. Texts that neither
 * opens stay as they are.
 *
 * @param rows `sealed` is null where a row has no secret
 * @param store replaces the text of a row unless it was changed meanwhile
 * @returns how many rows were changed
 * @throws FleetError INVALID_STATE where a sealed text is damaged, after the others were changed; what `store` throws
 */
export async function resealAll(
  sealer: Sealer,
  rows: readonly { name: string; sealed: string | null }[],
  purposeOf: (name: string) => string,
  store: (name: string, sealed: string, fresh: string) => Promise<{ count: number }>,
): Promise<number> {
  let changed = 0
  let damaged: unknown = null
  for (const { name, sealed } of rows) {
    if (sealed === null || !sealer.hasKeyOf(sealed)) continue
    let fresh: string | null = null
    try {
      fresh = sealer.reseal(sealed, purposeOf(name))
    } catch (error) {
      damaged ??= error
    }
    if (fresh === null) continue
    const { count } = await store(name, sealed, fresh)
    changed += count
  }
  if (damaged !== null) throw damaged
  return changed
}
