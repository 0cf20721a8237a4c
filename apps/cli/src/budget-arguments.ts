import { INSTANCE_LIMITS } from '@zapfleet/client'
import { InvalidArgumentError } from 'commander'
import type { Instance } from './connection/open-client.ts'
import { t } from './language.ts'
import { type Hours, readOpeningHours } from './opening-hours.ts'

/** A ramp as `instance.update` takes it. */
export type Ramp = Pick<NonNullable<Instance['ramp']>, 'from' | 'to' | 'days'>

const { capacityMax, minGapMsMax, rampDaysMin, rampDaysMax, hoursMax } = INSTANCE_LIMITS

/** The value of an option that removes a limit. It is not null, because commander treats null as an option that was not given. */
export type None = 'none'

/** Whether a text is the word that removes a limit. */
export function isNone(text: string): boolean {
  return ['none', 'nenhum', 'nenhuma', 'sem'].includes(text.trim().toLowerCase())
}

/** A limit as `instance.update` takes it. */
export function orNull<Value>(value: Value | None | undefined): Value | null | undefined {
  return value === 'none' ? null : value
}

/** Reads a limit of new contacts. */
export function newContactsArgument(text: string): number | None {
  if (isNone(text)) return 'none'
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value <= capacityMax) return value
  throw new InvalidArgumentError(t`Expected a whole number from 0 to ${capacityMax}, or none for no limit.`)
}

/** Reads the gap between two messages, in milliseconds; 0 for none. */
export function gapArgument(text: string): number {
  if (isNone(text)) return 0
  const ms = readDuration(text)
  if (ms !== null && ms <= minGapMsMax) return ms
  throw new InvalidArgumentError(
    t`Expected a duration of at most an hour with its unit, such as 20s, 1m or 1500ms, or none for no gap.`,
  )
}

/** The longest `maxWaitMs` of a reserve. */
const MAX_WAIT_MS = 120_000

/** Reads how long a reserve may wait for its turn, in milliseconds. */
export function maxWaitArgument(text: string): number {
  const ms = readDuration(text)
  if (ms !== null && ms <= MAX_WAIT_MS) return ms
  throw new InvalidArgumentError(
    t`Expected a duration of at most two minutes with its unit, such as 30s or 2m.`,
  )
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  seg: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A duration with its unit in whole milliseconds; null for another text. */
export function readDuration(text: string): number | null {
  const [, figure = '', unit = ''] = /^(\d{1,7}(?:[.,]\d{1,3})?)\s*([a-z]+)$/i.exec(text.trim()) ?? []
  const unitMs = UNITS[unit.toLowerCase()]
  return unitMs === undefined ? null : Math.round(Number(figure.replace(',', '.')) * unitMs)
}

/** Reads a ramp as `from:to:days`. */
export function rampArgument(text: string): Ramp | None {
  if (isNone(text)) return 'none'
  const [, from = 0, to = 0, days = 0] = /^\s*(\d{1,7}):(\d{1,7}):(\d{1,3})\s*$/.exec(text)?.map(Number) ?? []
  if (from < 1 || to > capacityMax)
    throw new InvalidArgumentError(
      t`Expected from:to:days, such as 10:100:21 for 10 messages on the first day and 100 on the 21st, or none for no ramp.`,
    )
  if (from > to)
    throw new InvalidArgumentError(
      t`The ramp ends below its start: expected the first day’s messages, then the last day’s, such as 10:100:21.`,
    )
  if (days < rampDaysMin || days > rampDaysMax)
    throw new InvalidArgumentError(t`Expected ${rampDaysMin} to ${rampDaysMax} days, received ${days}.`)
  return { from, to, days }
}

/** Reads hours; none is at any time. */
export function hoursArgument(text: string): Hours | None {
  if (isNone(text)) return 'none'
  const hours = readOpeningHours(text)
  if ('misread' in hours) throw new InvalidArgumentError(misreadWords(hours.misread, hours.part))
  if (hours.length <= hoursMax) return hours
  throw new InvalidArgumentError(t`Expected at most ${hoursMax} spans, received ${hours.length}.`)
}

function misreadWords(misread: 'days' | 'times' | 'order', part: string): string {
  if (misread === 'days')
    return t`"${part}" is no day: expected days and times, such as "mon-fri 08:00-20:00; sat 09:00-13:00", or none for any time.`
  if (misread === 'times')
    return t`"${part}" is no span of time: expected 08:00-20:00, with 24:00 for the end of the day.`
  return t`"${part}" ends before it begins: write a span over midnight as two, such as "mon 22:00-24:00; tue 00:00-06:00".`
}
