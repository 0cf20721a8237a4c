import { randomBytes, randomUUID } from 'node:crypto'
import { confirmReservation, type Fleet, releaseReservation, reserve } from '@zapfleet/core'
import type { Arena } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import { drive } from '../load/drive.ts'
import { anyContact, STORE_RESERVATIONS } from '../population.ts'
import { CALLERS, type Contestant } from './contestant.ts'
import { openBenchFleet } from './reserve.ts'

/** A fleet beside so many stored reservations. */
export type History = { fleet: Fleet; rows: number }

export type Act = 'reserve' | 'keyed reserve' | 'confirm' | 'named confirm' | 'release'

const NUMBERS = 10
/** Reservations to complete that are ready for each millisecond of a stretch: more than are completed. */
const READY_PER_MS = 60

const STORE_READY = {
  name: 'bench_ready',
  text: `${STORE_RESERVATIONS} (select n, clock_timestamp() as at from generate_series(1, $3::int) n) t) t returning id`,
}

export async function openHistory(
  arena: Arena,
  rows: number,
  report: (line: string) => void,
): Promise<History> {
  if (rows > 0) report(`storing ${rows} reservations`)
  return { fleet: await openBenchFleet(arena, { numbers: NUMBERS, pools: 0, history: rows }, report), rows }
}

/** One act beside a history. The measured part of each stretch begins with a checkpoint, as every few minutes in production. */
export function historyContestant(
  arena: Arena,
  name: ContestantName,
  act: Act,
  { fleet, rows }: History,
): Contestant {
  return {
    name,
    driven: `${DRIVEN[act]} in one process, ${CALLERS} callers, ${NUMBERS} numbers, ${rows} stored reservations; a checkpoint right before the measured part`,
    async run({ warmUpMs, measuredMs }, signal) {
      const call = await callOf(fleet, act, warmUpMs + measuredMs)
      await drive(call, { callers: CALLERS, warmUpMs: 0, measuredMs: warmUpMs }, signal)
      await arena.checkpoint()
      return drive(call, { callers: CALLERS, warmUpMs: 0, measuredMs, readUsage: arena.readUsage }, signal)
    },
  }
}

const DRIVEN: Readonly<Record<Act, string>> = {
  reserve: 'reserve(fleet, { contactId })',
  'keyed reserve': 'reserve(fleet, { contactId, idempotencyKey }), each key a random UUID,',
  confirm: 'confirmReservation(fleet, { id })',
  'named confirm': 'confirmReservation(fleet, { id, messageId })',
  release: 'releaseReservation(fleet, { id })',
}

/** Prepares a stretch of so many milliseconds, and returns its call. */
async function callOf(fleet: Fleet, act: Act, forMs: number): Promise<() => Promise<unknown>> {
  if (act === 'reserve') return () => reserve(fleet, { contactId: anyContact() })
  if (act === 'keyed reserve')
    return () => reserve(fleet, { contactId: anyContact(), idempotencyKey: randomUUID() })
  const complete = act === 'release' ? releaseReservation : confirmReservation
  const ready = await fleet.sql.run<{ id: string }>(STORE_READY, [NUMBERS, 'reserved', forMs * READY_PER_MS])
  let next = 0
  return async () => {
    const id = ready[next++]?.id
    if (id === undefined) throw new Error('more reservations were completed than were ready')
    return complete(fleet, act === 'named confirm' ? { id, messageId: messageId() } : { id })
  }
}

/** As WhatsApp's web client makes them. */
const messageId = (): string => `3EB0${randomBytes(9).toString('hex').toUpperCase()}`
