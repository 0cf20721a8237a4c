import { onDatabase } from '../db/on-database.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { isSamePhone, phoneOf, storedPhone } from '../instance/phone-of.ts'
import { readInventory } from './read-inventory.ts'
import { readStandings } from './read-standings.ts'
import { settlePhones } from './settle-phones.ts'
import { storeReadings } from './store-readings.ts'

/**
 * Reads which phone is paired with each of these connected instances, and compares it twice: with the number that was registered
 * (WRONG_PHONE), and with the phones of the other instances (`settlePhones`). The result is in the log, in the history and in
 * the instance's `action`. A record that does not read `open` decides nothing: just after the opening it still holds the phone of
 * the session before. Never throws: what could not be read is read at the next round.
 *
 * @param unreadSince also reads the connected instances whose phone was not read yet: those that became connected since then, or
 * with null all
 */
export async function checkPhones(
  fleet: Fleet,
  names: readonly string[],
  { unreadSince }: { unreadSince?: Date | null } = {},
): Promise<void> {
  if (names.length === 0 && unreadSince === undefined) return
  try {
    const rows = await onDatabase(() =>
      fleet.sql.prisma.instance.findMany({
        where: {
          removedAt: null,
          OR: [{ name: { in: [...names] } }, ...(unreadSince === undefined ? [] : [unread(unreadSince)])],
        },
        select: { name: true, phoneNumber: true },
      }),
    )
    const there = await readInventory(
      fleet,
      rows.flatMap(({ name }) => name ?? []),
    )
    const verdicts = new Map<string, 'wrong_phone' | 'right_phone'>()
    const phones = new Map<string, string>()
    for (const { name, phoneNumber } of rows) {
      if (name === null) continue
      const record = there.get(name)
      const paired = record?.connectionStatus === 'open' ? phoneOf(record.ownerJid) : null
      if (paired !== null) phones.set(name, paired)
      const registered = storedPhone(phoneNumber, fleet.defaultCountry)
      if (registered !== null && paired === null) continue
      const isRight = registered === null || paired === null || isSamePhone(paired, registered)
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
    await settlePhones(fleet, phones)
  } catch (error) {
    fleet.log.warn({ err: error, instances: names.length }, 'the paired phones could not be compared')
  }
}

const unread = (since: Date | null) => ({
  pairedPhone: null,
  status: { in: ['connected', 'open'] },
  ...(since === null ? {} : { statusSince: { gte: since } }),
})
