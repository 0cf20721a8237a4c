import { setTimeout as rest } from 'node:timers/promises'
import type { Evolution } from '@zapfleet/evolution'
import { resolveDuplicatePhones } from '../../src/health/resolve-duplicate-phones.ts'
import {
  callOf,
  checkAllInstances,
  closeFleet,
  type Fleet,
  FleetError,
  openFleet,
  resetDailyCounters,
  resetHourlyCounters,
  silentLog,
  updateInstance,
} from '../../src/index.ts'
import { type FastClock, readClock, TIME_ZONE } from './clock.ts'
import { seededRandom } from './seeded-random.ts'

/** All changes of a fleet other than sends. */
export type Conductor = {
  /** Stops; resolves when the changes in progress have ended. */
  rest(): Promise<void>
  /** How often each kind of change succeeded, and the failures other than a database that is down. */
  readonly changes: Record<string, number>
  readonly failures: string[]
}

const CHANGE_EVERY_MS = 30
const ROUND_EVERY_MS = 120
/** One phone in the two forms of its WhatsApp id, and another. */
const PHONE = '+5531987650001'
const PHONES = ['+553187650001', '+5531987650002'] as const

/**
 * Runs until stopped: health rounds read numbers as open, connecting or closed; the first and the last are paired
 * with one phone or with two; limits go up and down, to zero and back; numbers are paused and resumed; both reset
 * jobs run; another program writes the legacy word `open`. Each change uses the production verb. `haven` is left
 * alone.
 */
export async function startConductor(
  url: string,
  clock: FastClock,
  instances: readonly string[],
): Promise<Conductor> {
  const random = seededRandom(7)
  const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const fleet = await openFleet({
    databaseUrl: url,
    timeZone: TIME_ZONE,
    evolution: unsteadyEvolution(instances, random),
    log: silentLog,
    clock: () => readClock(clock, Date.now()),
  })
  const changes: Record<string, number> = {}
  const failures: string[] = []
  let resting = false
  let phonesGiven = 0

  const acts: Record<string, (fleet: Fleet, name: string) => Promise<unknown>> = {
    capacities: (to, name) =>
      updateInstance(callOf(to), {
        name,
        hourlyCapacity: Math.floor(random() * 100),
        dailyCapacity: Math.floor(random() * 450),
      }),
    zero: (to, name) => updateInstance(callOf(to), { name, hourlyCapacity: 0 }),
    pause: (to, name) => updateInstance(callOf(to), { name, paused: true }),
    unpause: (to, name) => updateInstance(callOf(to), { name, paused: false }),
    'unpause another': (to, name) => updateInstance(callOf(to), { name, paused: false }),
    open: (to, name) =>
      to.sql.prisma.instance.updateMany({ where: { name }, data: { status: 'open' } }).catch((error) => {
        throw new FleetError('DATABASE_UNAVAILABLE', String(error))
      }),
    phone: (to) =>
      resolveDuplicatePhones(
        callOf(to),
        new Map([
          [instances[0] ?? '', PHONE],
          [instances.at(-1) ?? '', PHONES[++phonesGiven % 2] ?? PHONE],
        ]),
      ),
    'reset hour': resetHourlyCounters,
    'reset day': resetDailyCounters,
  }
  const attempt = async (kind: string, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act()
      changes[kind] = (changes[kind] ?? 0) + 1
    } catch (error) {
      if (error instanceof FleetError && error.code === 'DATABASE_UNAVAILABLE') return
      failures.push(
        `${kind}: ${String(error)} ${error instanceof Error && error.cause ? String(error.cause) : ''}`,
      )
    }
  }
  const changing = async (): Promise<void> => {
    const kinds = Object.keys(acts)
    for (let turn = 0; !resting; turn++) {
      const kind = kinds[turn % kinds.length] as string
      await attempt(kind, () => (acts[kind] as (typeof acts)[string])(fleet, oneOf(instances)))
      await rest(CHANGE_EVERY_MS)
    }
  }
  const watching = async (): Promise<void> => {
    while (!resting) {
      await attempt('health round', () => checkAllInstances(callOf(fleet)))
      await rest(ROUND_EVERY_MS)
    }
  }
  const working = Promise.all([changing(), watching()])
  return {
    changes,
    failures,
    async rest() {
      resting = true
      await working
      await closeFleet(fleet)
    },
  }
}

/** An Evolution whose named instances are open at two readings of three, and all others always. */
function unsteadyEvolution(instances: readonly string[], random: () => number): Evolution {
  const states = ['open', 'open', 'open', 'open', 'connecting', 'close'] as const
  return {
    async connectionState(name: string) {
      const state = instances.includes(name)
        ? (states[Math.floor(random() * states.length)] ?? 'open')
        : ('open' as const)
      return { state, word: state }
    },
    fetchInstances: async () => [],
  } as Partial<Evolution> as Evolution
}
