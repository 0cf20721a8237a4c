import { setTimeout as pause } from 'node:timers/promises'
import { isSamePhone, phoneOf, storedPhone } from '../instance/phone-of.ts'
import { storedServer } from '../server/server-names.ts'
import type { HealthServerCall } from './health-fleet.ts'
import { readStoredHealth } from './read-stored-health.ts'
import { resolveDuplicatePhones } from './resolve-duplicate-phones.ts'
import { storeReadings } from './store-readings.ts'

/** After an opening Evolution's record takes a second or two; a longer wait is the rounds'. */
const AGAIN_AFTER_MS = [2_000, 5_000, 15_000]

/**
 * Reads which phone is paired with each of these connected instances, and compares it twice: with the number that was
 * registered (WRONG_PHONE), and with the phones of the other instances (`resolveDuplicatePhones`). The result is in the log,
 * in the history and in the instance's `action`. A record that does not read `open` decides nothing: just after the opening
 * it still holds the phone of the session before. Such a number is read again soon, and with each later call of this process
 * until it is decided. Never throws: what could not be read is read again as well.
 *
 * @param names instances of the call's server
 * @param unread also reads all connected ones of it whose phone was not read yet
 */
export async function checkPhones(
  call: HealthServerCall,
  names: readonly string[],
  { unread = false }: { unread?: boolean } = {},
): Promise<void> {
  const { background, serverHealth } = call.fleet
  const { undecidedPhones: undecided } = serverHealth(call.server)
  for (const name of names) undecided.names.add(name)
  if (undecided.names.size === 0 && !unread) return
  try {
    await compare(call, undecided.names, unread)
  } catch (error) {
    call.log.warn(
      { server: call.server, err: error, instances: names.length },
      'the paired phones could not be compared',
    )
  }
  if (undecided.names.size === 0 || undecided.isFollowed) return
  undecided.isFollowed = true
  background.start(call.log, 'the paired phones could not be compared again', async (signal) => {
    try {
      for (const afterMs of AGAIN_AFTER_MS) {
        await pause(afterMs, undefined, { signal })
        if (undecided.names.size > 0) await compare(call, undecided.names, false)
      }
    } finally {
      undecided.isFollowed = false
    }
  })
}

/** Takes the names that are decided, or not connected any more, out of `undecided`. */
async function compare(call: HealthServerCall, undecided: Set<string>, unread: boolean): Promise<void> {
  const names = [...undecided]
  const rows = await call.fleet.sql.prisma.instance.findMany({
    where: {
      removedAt: null,
      server: storedServer(call.server),
      status: { in: ['connected', 'open'] },
      OR: [{ name: { in: names } }, ...(unread ? [{ pairedPhone: null }] : [])],
    },
    select: { name: true, phoneNumber: true },
  })
  const there = await call.fleet.serverHealth(call.server).inventory.read(
    call.evolution,
    rows.flatMap(({ name }) => name ?? []),
  )
  const verdicts = new Map<string, 'wrong_phone' | 'right_phone'>()
  const phones = new Map<string, string>()
  for (const { name, phoneNumber } of rows) {
    if (name === null) continue
    const record = there.get(name)
    const paired = record?.connectionStatus === 'open' ? phoneOf(record.ownerJid) : null
    if (paired !== null) phones.set(name, paired)
    const registered = storedPhone(phoneNumber, call.fleet.defaultCountry)
    if (registered !== null && paired === null) continue
    const isRight = registered === null || paired === null || isSamePhone(paired, registered)
    verdicts.set(name, isRight ? 'right_phone' : 'wrong_phone')
  }
  await storeVerdicts(call, verdicts)
  await resolveDuplicatePhones(call, phones)
  const isConnected = new Set(rows.map(({ name }) => name))
  for (const name of names)
    if (!isConnected.has(name) || there.get(name)?.connectionStatus === 'open') undecided.delete(name)
}

async function storeVerdicts(
  call: HealthServerCall,
  verdicts: ReadonlyMap<string, 'wrong_phone' | 'right_phone'>,
): Promise<void> {
  if (verdicts.size === 0) return
  const { at, instances } = await readStoredHealth(call.fleet, [...verdicts.keys()])
  const readings = instances.flatMap(({ name, health, server }) => {
    const act = verdicts.get(name)
    if (act === undefined || health.status !== 'connected' || server !== call.server) return []
    if (act === 'wrong_phone')
      call.log.warn(
        { instance: name },
        'another phone than the registered one is paired with this instance: it sends from another number',
      )
    return [{ name, startedAt: at, observed: { kind: 'act', act } as const, state: 'open' as const }]
  })
  await storeReadings(call, instances, readings, { source: 'check', graceUntil: null, always: false })
}
