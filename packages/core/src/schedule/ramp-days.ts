import type { RampDay } from './next-ramp.ts'

/** A number without a message for this long does not advance. */
export const SILENCE_MS = 72 * 3_600_000

/** A local day, and the last moment before its end at which the number may have sent; null: none is stored. Instants in milliseconds. */
export type Day = { day: string; startMs: number; endMs: number; sentMs: number | null }

/** A number after one of its events. Instants in milliseconds; `restrictedUntilMs` null: no end. */
export type NumberEvent = {
  type: string
  atMs: number
  /** The status before; null where the event is not of the status. */
  fromStatus: string | null
  reason: string | null
  status: string | null
  delivery: string | null
  isRestricted: boolean
  restrictedUntilMs: number | null
}

/** A state of a number between two events. */
type Period = { fromMs: number; toMs: number; banned: boolean; restricted: boolean; failing: boolean }

/**
 * What a ramp needs of each day.
 *
 * @param events of the number in the order of their ids: the last one before the first day, and all later ones. Events before the last
 * `created` are of another life of the name. Without an event nothing changed: `present` is the state of all days
 * @param startedMs when the day on which the ramp began started; silence counts from there
 */
export function rampDays(
  days: readonly Day[],
  events: readonly NumberEvent[],
  present: NumberEvent,
  startedMs: number,
): RampDay[] {
  const periods = periodsOf(events, present)
  return days.map(({ day, startMs, endMs, sentMs }) => {
    const touched = periods.filter(({ fromMs, toMs }) => fromMs < endMs && toMs > startMs)
    return {
      day,
      banned: touched.some((one) => one.banned),
      restricted: touched.some((one) => one.restricted),
      failing: touched.some((one) => one.failing),
      silent: endMs - Math.max(sentMs ?? startedMs, startedMs) >= SILENCE_MS,
    }
  })
}

function periodsOf(events: readonly NumberEvent[], present: NumberEvent): Period[] {
  const life = events.slice(
    Math.max(
      0,
      events.findLastIndex(({ type }) => type === 'created'),
    ),
  )
  const [first] = life
  if (first === undefined) return after(present, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  return [
    ...(first.type === 'created' ? [] : [before(first)]),
    ...life.flatMap((event, n) => after(event, event.atMs, life[n + 1]?.atMs ?? Number.POSITIVE_INFINITY)),
  ]
}

/** The state from an event to the next one. A restriction may end in between by its `until`. */
function after(event: NumberEvent, fromMs: number, toMs: number): Period[] {
  const { status, delivery, isRestricted, restrictedUntilMs } = event
  if (event.type === 'deleted') return []
  const period = { fromMs, toMs, banned: status === 'banned', failing: delivery === 'failing' }
  if (!isRestricted) return [{ ...period, restricted: false }]
  return [
    { ...period, restricted: false },
    {
      fromMs,
      toMs: Math.min(toMs, restrictedUntilMs ?? toMs),
      banned: false,
      failing: false,
      restricted: true,
    },
  ]
}

/** The state before the oldest event that is stored: what the event did not change. */
function before(event: NumberEvent): Period {
  const { fromStatus, reason, status, delivery, isRestricted } = event
  return {
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: event.atMs,
    banned: (fromStatus ?? status) === 'banned',
    failing: reason === 'DELIVERING' || (reason !== 'NOT_DELIVERING' && delivery === 'failing'),
    restricted: reason === 'UNRESTRICTED' || (reason !== 'RESTRICTED' && isRestricted),
  }
}
