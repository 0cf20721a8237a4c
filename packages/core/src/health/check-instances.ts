import pLimit from 'p-limit'
import type { Instance as InstanceRow } from '../db/generated/client.ts'
import { readMoment } from '../db/moment.ts'
import { onDatabase } from '../db/on-database.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import { readStatus } from '../instance/status.ts'
import { type Health, type HealthSummary, summarize, toHealth } from './health.ts'
import { readCause, readState, type StateReading } from './read-state.ts'
import { rememberRound, storeReadings } from './store-readings.ts'

const AT_A_TIME = 20
/** A fall is believed when a second reading, this much later, still is not open: Evolution blinks for 0.3 s. */
const SECOND_READING_AFTER_MS = 1_000
/** So many silences in a row, with no answer at all in this round: the server is down, and the rest is not waited for. */
const SILENCES_TO_GIVE_UP = 20

/** Reads one instance on Evolution now and stores what it says. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function checkInstance(fleet: Fleet, input: { name: string }): Promise<Health> {
  const row = await findInstanceRow(fleet, input.name)
  await readAndStore(fleet, [row])
  return onDatabase(async () => toHealth(await findInstanceRow(fleet, input.name), await readMoment(fleet)))
}

/** A full round: reads every instance on Evolution, 20 at a time, and stores what changed. */
export async function checkAllInstances(fleet: Fleet): Promise<Health[]> {
  return (await healthRound(fleet)).instances
}

/** A full round, as a summary. */
export async function healthRound(fleet: Fleet): Promise<HealthSummary> {
  const startedAt = await readAndStore(fleet, await managedRows(fleet))
  await onDatabase(() => rememberRound(fleet, startedAt))
  return healthSummary(fleet)
}

/** What was last known, without asking Evolution. */
export async function healthSummary(fleet: Fleet): Promise<HealthSummary> {
  const moment = await onDatabase(() => readMoment(fleet))
  const rows = await managedRows(fleet)
  return summarize(
    rows.map((row) => toHealth(row, moment)),
    moment.lastRoundAt,
  )
}

async function managedRows(fleet: Fleet): Promise<InstanceRow[]> {
  const rows = await onDatabase(() =>
    fleet.sql.prisma.instance.findMany({ where: { removedAt: null }, orderBy: { name: 'asc' } }),
  )
  return rows.filter((row) => row.name !== null && row.name.length <= 50)
}

/** Reads and stores; answers the moment before the first reading. */
async function readAndStore(fleet: Fleet, rows: InstanceRow[]): Promise<Date> {
  const { at } = await onDatabase(() => readMoment(fleet))
  const limit = pLimit(AT_A_TIME)
  let silences = 0
  let answers = 0
  const look = async (name: string): Promise<StateReading> => {
    if (answers === 0 && silences >= SILENCES_TO_GIVE_UP) return { seen: { kind: 'silent' }, state: 'error' }
    const reading = await readState(fleet, name)
    if (reading.seen.kind === 'silent') silences++
    else answers++
    return reading
  }
  const readings = await Promise.all(
    rows.map((row) =>
      limit(async () => {
        let reading = await look(row.name)
        if (fell(row, reading)) {
          await new Promise((resolve) => setTimeout(resolve, SECOND_READING_AFTER_MS))
          reading = await look(row.name)
        }
        return {
          row,
          reading: needsCause(row, reading)
            ? { ...reading, seen: await readCause(fleet, row.name, reading.seen) }
            : reading,
        }
      }),
    ),
  )
  await onDatabase(() => storeReadings(fleet, new Map(readings.map((one) => [one.row.name, one])), at))
  await onDatabase(() => fleet.engine.snapshot.refresh())
  return at
}

function fell(row: InstanceRow, reading: StateReading): boolean {
  return (
    readStatus(row.status) === 'connected' && reading.seen.kind === 'state' && reading.seen.state !== 'open'
  )
}

/** The reason is read once, when an instance closes. */
function needsCause(row: InstanceRow, reading: StateReading): boolean {
  return reading.state === 'close' && row.evolutionState !== 'close'
}
