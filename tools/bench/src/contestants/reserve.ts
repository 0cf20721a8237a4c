import {
  closeFleet,
  type Fleet,
  type FleetConfig,
  openFleet,
  reserve,
  type StrategyName,
} from '@zapfleet/core'
import { type Arena, TIME_ZONE } from '../arena.ts'
import { type Call, drive } from '../load/drive.ts'
import { anyContact, anyContactInPool, anyPool, type FleetSize } from '../population.ts'
import { CALLERS, type Contestant } from './contestant.ts'

/** No contestant here pairs or polls; a call of Evolution is an error. */
export const noEvolution = new Proxy({} as FleetConfig['evolution'], {
  get(_, call) {
    throw new Error(`nothing in the benchmark calls Evolution, yet ${String(call)} was`)
  },
})

/** Opens a fleet with these numbers on a separate database, as a process of the API does. */
export async function openBenchFleet(
  arena: Arena,
  size: FleetSize,
  report: (line: string) => void,
  evolution: FleetConfig['evolution'] = noEvolution,
): Promise<Fleet> {
  const log = (details: object, message: string): void => report(`${message}: ${JSON.stringify(details)}`)
  const fleet = await openFleet({
    databaseUrl: await arena.fleetDatabase(size),
    timeZone: TIME_ZONE,
    evolution,
    log: { debug() {}, info() {}, warn: log, error: log },
  })
  arena.onClose(() => closeFleet(fleet))
  return fleet
}

/** The contact and the pool of each call, see `WRITTEN`. */
type Writes = keyof typeof WRITTEN

const WRITTEN = {
  'without pool': '',
  'own pool': ', the one of its number in each call',
  'any pool': ', a random one in each call, where the contact is new nearly always',
  'new contact': ', a new contact in each call',
}

/** `pools`: the numbers are in so many pools. */
export type ReserveForm = {
  numbers: number
  strategy: StrategyName
  pools?: number
  writes?: Writes
  callers?: number
}

/** Reserves in one process, the fleet that serves them, and one call. */
export type Reserves = Omit<Contestant, 'name'> & { fleet: Fleet; call: Call }

/** zapfleet's engine in its full form: contact, preference, a reservation row for every call, all callers in one process. */
export async function openReserves(
  arena: Arena,
  { numbers, strategy, pools = 0, writes = 'without pool', callers = CALLERS }: ReserveForm,
  report: (line: string) => void,
): Promise<Reserves> {
  const size = { numbers, pools }
  const fleet = await openBenchFleet(arena, size, report)
  const next = nextOf(writes, size)
  const poolText = pools === 0 ? '' : ` in ${pools} ${pools === 1 ? 'pool' : 'pools'}${WRITTEN[writes]}`
  const call = () => reserve(fleet, { ...next(), strategy })
  return {
    fleet,
    call,
    driven: `reserve(fleet, { contactId, strategy: '${strategy}'${pools > 0 ? ', pool' : ''} }) in one process, ${callers} caller${callers === 1 ? '' : 's'}, ${numbers} numbers${poolText}`,
    run: (times, signal) => drive(call, { ...times, callers, readUsage: arena.readUsage }, signal),
  }
}

/** Returns the contact and the pool of the next call. */
function nextOf(writes: Writes, size: FleetSize): () => { contactId: string; pool?: string } {
  let made = 0
  switch (writes) {
    case 'without pool':
      return () => ({ contactId: anyContact() })
    case 'own pool':
      return () => anyContactInPool(size)
    case 'any pool':
      return () => ({ contactId: anyContact(), pool: anyPool(size.pools) })
    case 'new contact':
      return () => ({ contactId: `new-${++made}`, pool: anyPool(size.pools) })
  }
}
