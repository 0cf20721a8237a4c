import { setTimeout as rest } from 'node:timers/promises'
import type { Evolution } from '@zapfleet/evolution'
import type { EarlyCommits } from '../../src/ground/open-database.ts'
import {
  confirmReservation,
  type Fleet,
  FleetError,
  openFleet,
  type ReserveInput,
  recordInbound,
  recordSend,
  releaseReservation,
  reserve,
  silentLog,
} from '../../src/index.ts'
import { startChaos } from './chaos.ts'
import { type FastClock, readClock, TIME_ZONE } from './clock.ts'
import type { Ended, Event, Order, Report } from './protocol.ts'

/** Only a call that is really lost reaches it, on a busy machine too. */
const DEADLINE_MS = 100_000

/** The verbs as a worker's callers use them: nothing is thrown, every result is an event. */
export type Verbs = {
  reserve(input: ReserveInput): Promise<Event>
  complete(verb: 'release' | 'confirm', id: string): Promise<Event>
  record(name: string): Promise<Event>
}

function verbsOf(fleet: Fleet, worker: number): Verbs {
  const ended = async <Result>(
    call: Promise<Result>,
  ): Promise<{ fromMs: number; toMs: number; ended: Ended<Result> }> => {
    const fromMs = Date.now()
    try {
      const result = await call
      return { fromMs, toMs: Date.now(), ended: { ok: true, result } }
    } catch (error) {
      const known = error instanceof FleetError ? error : undefined
      const code = known && known.code !== 'UNEXPECTED' ? known.code : inFull(error)
      const said = { code, reasons: known?.reasons, availableAt: known?.availableAt?.toISOString() ?? null }
      return { fromMs, toMs: Date.now(), ended: { ok: false, ...said } }
    }
  }
  const completing = { release: releaseReservation, confirm: confirmReservation }
  return {
    reserve: async (input) => ({
      worker,
      verb: 'reserve',
      input,
      ...(await ended(reserve(fleet, input, { deadlineMs: DEADLINE_MS }))),
    }),
    complete: async (verb, id) => ({ worker, verb, id, ...(await ended(completing[verb](fleet, { id }))) }),
    record: async (name) => ({
      worker,
      verb: 'record',
      name,
      ...(await ended<null>(recordSend(fleet, { name }).then(() => null))),
    }),
  }
}

function inFull(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined
    ? `${error.name}: ${error.message}`
    : `${error.message} <- ${inFull(error.cause)}`
}

let verbs: Verbs | undefined
let opened: Fleet | undefined
let index = 0
let clock: FastClock | undefined
let chaos: ReturnType<typeof startChaos> | undefined

const report = (message: Report): void => {
  process.send?.(message)
}

/** A worker that starts while the database is down opens as soon as it is back. */
async function openWhenThere(databaseUrl: string, earlyCommits: EarlyCommits): Promise<Fleet> {
  for (;;) {
    try {
      return await openFleet({
        databaseUrl,
        earlyCommits,
        timeZone: TIME_ZONE,
        evolution: {} as Evolution,
        log: silentLog,
        clock: () => (clock ? readClock(clock, Date.now()) : null),
      })
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'DATABASE_UNAVAILABLE') throw error
      await rest(50)
    }
  }
}

async function open(order: Extract<Order, { order: 'open' }>): Promise<void> {
  clock = order.clock
  index = order.worker
  // Both ways of committing meet, and change during the load.
  const fleet = await openWhenThere(order.url, index % 2 === 0 ? 'always' : 'while others claim')
  opened = fleet
  verbs = verbsOf(fleet, index)
}

async function holdOneEach(use: Verbs, callers: number, turns: number): Promise<Event[]> {
  const events: Event[] = []
  const strategies = ['sticky', 'round_robin', 'least_loaded'] as const
  const caller = async (number: number): Promise<void> => {
    for (let turn = number; turn < number + turns; turn++) {
      const strategy = strategies[turn % 3]
      const held = await use.reserve(
        turn % 2 ? { strategy } : { strategy, contactId: `${index}-${number}-${turn % 8}` },
      )
      events.push(held)
      if (held.verb !== 'reserve' || !held.ended.ok) continue
      const back = await use.complete('release', held.ended.result.id)
      if (back.verb !== 'release' || !back.ended.ok)
        throw new Error(`a release failed: ${JSON.stringify(back)}`)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)))
  return events
}

async function obey(order: Order): Promise<Event[]> {
  if (order.order === 'open') await open(order)
  else if (order.order === 'clock') clock = order.clock
  else if (verbs === undefined) throw new Error('a worker is opened first')
  else if (order.order === 'reserve') return Promise.all(order.inputs.map(verbs.reserve))
  else if (order.order === 'record-inbounds') {
    const fleet = opened as Fleet
    await Promise.all(order.inputs.map((input) => recordInbound(fleet, input)))
  } else if (order.order === 'complete') {
    const { verb, ids } = order
    const { complete } = verbs
    return Promise.all(ids.map((id) => complete(verb, id)))
  } else if (order.order === 'hold-one-each') return holdOneEach(verbs, order.callers, order.turns)
  else if (order.order === 'chaos')
    chaos = startChaos(
      verbs,
      order,
      () => readClock(clock as FastClock, Date.now()),
      (events) => report({ events }),
    )
  else if (order.order === 'complete-also') chaos?.completeAlso(order.ids)
  else if (order.order === 'rest') await chaos?.rest()
  return []
}

process.on('message', (order: Order) => {
  void obey(order).then((events) => {
    if ('call' in order) report({ call: order.call, events })
  })
})
// The process ends when the test process dies.
process.on('disconnect', () => process.exit(0))
