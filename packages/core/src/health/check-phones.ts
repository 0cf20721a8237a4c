import type { EvolutionInstance } from '@zapfleet/evolution'
import { onDatabase } from '../db/on-database.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { isSamePhone, phoneOf } from '../instance/phone-of.ts'
import { readStandings } from './read-standings.ts'
import { storeReadings } from './store-readings.ts'

/** So many are asked about one by one; more by one reading of the whole inventory. */
const ONE_BY_ONE = 3

/**
 * Compares the phone that is paired with the number that was registered, for instances that are connected: who scanned with
 * the wrong phone sends from another number than everybody believes. Said in the log, in the history and in the instance's
 * `action`, until the numbers agree. Never throws: what could not be asked is asked at the next connection.
 */
export async function checkPhones(fleet: Fleet, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  try {
    const rows = await onDatabase(() =>
      fleet.sql.prisma.instance.findMany({
        where: { name: { in: [...names] }, removedAt: null },
        select: { name: true, phoneNumber: true },
      }),
    )
    const numbered = rows.flatMap(({ name, phoneNumber }) => (phoneNumber === null ? [] : (name ?? [])))
    const there = await inventory(fleet, numbered)
    const verdicts = new Map<string, 'wrong_phone' | 'right_phone'>()
    for (const { name, phoneNumber } of rows) {
      const paired = phoneOf(there.get(name ?? '')?.ownerJid ?? null)
      if (name === null || (phoneNumber !== null && paired === null)) continue
      const isRight = phoneNumber === null || paired === null || isSamePhone(paired, phoneNumber)
      verdicts.set(name, isRight ? 'right_phone' : 'wrong_phone')
    }
    const { at, instances } = await readStandings(fleet, [...verdicts.keys()])
    const readings = instances.flatMap(({ name, standing }) => {
      const act = verdicts.get(name)
      if (act === undefined || standing.status !== 'connected') return []
      if (act === 'wrong_phone')
        fleet.log.warn(
          { instance: name },
          'another phone than the registered one is paired with this instance: it sends from another number',
        )
      return [{ name, startedAt: at, seen: { kind: 'act', act } as const, state: 'open' as const }]
    })
    await storeReadings(fleet, instances, readings, { source: 'check', graceUntil: null, always: false })
  } catch (error) {
    fleet.log.warn({ err: error, instances: names.length }, 'the paired phones could not be compared')
  }
}

async function inventory(fleet: Fleet, names: readonly string[]): Promise<Map<string, EvolutionInstance>> {
  const lists =
    names.length > ONE_BY_ONE
      ? [await fleet.evolution.fetchInstances()]
      : await Promise.all(names.map((name) => fleet.evolution.fetchInstances({ name })))
  return new Map(lists.flat().map((one) => [one.name, one]))
}
