import {
  closeFleet,
  type Fleet,
  type FleetConfig,
  openFleet,
  reserve,
  type StrategyName,
} from '@zapfleet/core'
import { type Arena, TIME_ZONE } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import { drive } from '../load/drive.ts'
import { anyContact } from '../population.ts'
import { CALLERS, type Contestant } from './contestant.ts'

/** No contestant here pairs or polls; a call of Evolution is an error. */
export const noEvolution = new Proxy({} as FleetConfig['evolution'], {
  get(_, call) {
    throw new Error(`nothing in the benchmark calls Evolution, yet ${String(call)} was`)
  },
})

/** Opens a fleet with this many numbers on a separate database, as a process of the API does. */
export async function openBenchFleet(
  arena: Arena,
  numbers: number,
  report: (line: string) => void,
  evolution: FleetConfig['evolution'] = noEvolution,
): Promise<Fleet> {
  const log = (details: object, message: string): void => report(`${message}: ${JSON.stringify(details)}`)
  const fleet = await openFleet({
    databaseUrl: await arena.fleetDatabase(numbers),
    timeZone: TIME_ZONE,
    evolution,
    log: { debug() {}, info() {}, warn: log, error: log },
  })
  arena.onClose(() => closeFleet(fleet))
  return fleet
}

/** zapfleet's engine in its full form: contact, preference, a reservation row for every call, all callers in one process. */
export async function openReserve(
  arena: Arena,
  name: ContestantName,
  options: { numbers: number; strategy: StrategyName; callers?: number },
  report: (line: string) => void,
): Promise<Contestant> {
  const { numbers, strategy, callers = CALLERS } = options
  const fleet = await openBenchFleet(arena, numbers, report)
  return {
    name,
    driven: `reserve(fleet, { contactId, strategy: '${strategy}' }) in one process, ${callers} caller${callers === 1 ? '' : 's'}, ${numbers} numbers`,
    run: (times, signal) =>
      drive(() => reserve(fleet, { contactId: anyContact(), strategy }), { ...times, callers }, signal),
  }
}
