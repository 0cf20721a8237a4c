import { storedKey } from '../../src/reservation/idempotency-keys.ts'
import type { Event } from './protocol.ts'

/** A time in which the database was down, in milliseconds since the epoch; `toMs` is infinite while it lasts. */
export type Outage = { fromMs: number; toMs: number }

/** One reservation as the table holds it at the end. */
export type Standing = { id: string; instance_name: string; contact_id: string | null; state: string }

/** A connection attempt that began before the end of a restart may fail as late as its timeout. */
const AFTERMATH_MS = 5_500
/**
 * A call that failed later than this waited for a connection in vain: on a busy machine that is no defect of the
 * fleet.
 */
const CONNECT_TIMEOUT_MS = 5_000

/** What callers received, folded as it arrives; the table and the log of changes must agree with all of it. */
export type Ledger = {
  enter(events: Event[]): void
  /**
   * Answers that are wrong without further comparison: an untyped error, a refusal with room, a database error
   * without an outage.
   */
  readonly problems: string[]
  /** Compares what callers received with the stored rows; `keys`: those with a key, by `storedKey`. */
  compare(standing: Map<string, Standing>, keys: Map<string, Standing>): string[]
  readonly counts: Record<string, number>
  /** When each worker last had a grant. */
  readonly lastGrantMs: Map<number, number>
  /** How many sends callers confirmed as recorded, and how many may be. */
  readonly recorded: { surely: number; perhaps: number }
}

/** @param outages may grow while events arrive; `compare` reads them */
export function createLedger(haven: string, outages: readonly Outage[]): Ledger {
  const counts: Record<string, number> = {}
  const problems: string[] = []
  const lastGrantMs = new Map<number, number>()
  const recorded = { surely: 0, perhaps: 0 }
  const instanceOf = new Map<string, string>()
  const completed = new Map<string, Set<string>>()
  const keyed: Extract<Event, { verb: 'reserve' }>[] = []
  const away: Event[] = []

  const enterFailure = (event: Event): void => {
    if (event.ended.ok) return
    const { code } = event.ended
    if (code === 'DATABASE_UNAVAILABLE') return void away.push(event)
    if (code === 'CONFLICT' && (event.verb !== 'reserve' || event.input.idempotencyKey)) return
    if (code === 'NO_CAPACITY' && event.verb === 'reserve') {
      const { exclude = [], fallback } = event.input
      // A contact whose number has a gap between messages waits for that number.
      const waits = fallback === 'move' && JSON.stringify(event.ended.reasons) === '{"PACING":1}'
      if (!exclude.includes(haven) && fallback !== 'refuse' && !waits)
        problems.push(`refused although ${haven} had room: ${JSON.stringify(event)}`)
      return
    }
    problems.push(`no call may end like this: ${JSON.stringify(event)}`)
  }
  const enterOne = (event: Event): void => {
    const kind = `${event.verb} ${event.ended.ok ? 'ok' : event.ended.code}`
    counts[kind] = (counts[kind] ?? 0) + 1
    if (event.verb === 'record') {
      if (event.ended.ok) recorded.surely++
      recorded.perhaps++
    }
    if (!event.ended.ok) enterFailure(event)
    if (event.verb === 'reserve') {
      if (event.input.idempotencyKey) keyed.push(event)
      if (!event.ended.ok) return
      const { id, instanceName } = event.ended.result
      const before = instanceOf.get(id)
      if (before !== undefined && (before !== instanceName || !event.input.idempotencyKey))
        problems.push(`${id} was answered twice`)
      if (event.input.exclude?.includes(instanceName))
        problems.push(`an excluded number served: ${JSON.stringify(event)}`)
      instanceOf.set(id, instanceName)
      lastGrantMs.set(event.worker, event.toMs)
    } else if (event.verb !== 'record' && event.ended.ok) {
      const states = completed.get(event.id) ?? new Set()
      completed.set(event.id, states.add(event.ended.result.state))
    }
  }

  return {
    problems,
    counts,
    lastGrantMs,
    recorded,
    enter: (events) => events.forEach(enterOne),
    compare(standing, keys) {
      const found: string[] = []
      for (const [id, instance] of instanceOf)
        if (standing.get(id)?.instance_name !== instance) found.push(`${id} on ${instance} is not stored`)
      for (const [id, states] of completed)
        if (states.size !== 1 || !states.has(standing.get(id)?.state ?? 'gone'))
          found.push(`${id} was answered ${[...states]} and is ${standing.get(id)?.state}`)
      for (const event of keyed) {
        const stands = keys.get(storedKey(event.input.idempotencyKey as string))
        const mine = stands?.contact_id === event.input.contactId
        if (event.ended.ok && (!mine || stands?.id !== event.ended.result.id))
          found.push(`another reservation has the key of ${JSON.stringify(event)}`)
        if (!event.ended.ok && event.ended.code === 'CONFLICT' && (mine || !stands))
          found.push(`a false CONFLICT: ${JSON.stringify(event)}`)
      }
      for (const event of away)
        if (
          event.toMs - event.fromMs < CONNECT_TIMEOUT_MS &&
          !outages.some((one) => event.fromMs <= one.toMs + AFTERMATH_MS && event.toMs >= one.fromMs)
        )
          found.push(`the database was there: ${JSON.stringify(event)}`)
      return found.slice(0, 20)
    },
  }
}
