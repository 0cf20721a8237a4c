import {
  closeFleet,
  type Fleet,
  type FleetConfig,
  openFleet,
  reserve,
  type StrategyName,
} from '@zapfleet/core'
import { type Arena, TIME_ZONE } from '../arena.ts'
import { drive } from '../load/drive.ts'
import { anyContact, anyPool, type FleetSize } from '../population.ts'
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

/** `pools`: each call names one of so many, at random; 0 or none: no call names a pool. */
export type ReserveForm = { numbers: number; strategy: StrategyName; pools?: number; callers?: number }

/** Reserves in one process, and the fleet that serves them. */
export type Reserves = Omit<Contestant, 'name'> & { fleet: Fleet }

/** zapfleet's engine in its full form: contact, preference, a reservation row for every call, all callers in one process. */
export async function openReserves(
  arena: Arena,
  { numbers, strategy, pools = 0, callers = CALLERS }: ReserveForm,
  report: (line: string) => void,
): Promise<Reserves> {
  const fleet = await openBenchFleet(arena, { numbers, pools }, report)
  const inPool = (): { pool?: string } => (pools > 0 ? { pool: anyPool(pools) } : {})
  return {
    fleet,
    driven: `reserve(fleet, { contactId, strategy: '${strategy}'${pools > 0 ? ', pool' : ''} }) in one process, ${callers} caller${callers === 1 ? '' : 's'}, ${numbers} numbers${poolsText(pools)}`,
    run: (times, signal) =>
      drive(
        () => reserve(fleet, { contactId: anyContact(), strategy, ...inPool() }),
        { ...times, callers, readUsage: arena.readUsage },
        signal,
      ),
  }
}

function poolsText(pools: number): string {
  if (pools === 0) return ''
  return pools === 1 ? ' in one pool' : ` in ${pools} pools, a random one in each call`
}
