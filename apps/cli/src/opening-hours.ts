import type { Instance } from './connection/open-client.ts'

export type Hours = NonNullable<Instance['hours']>
type Day = Hours[number]['days'][number]

const DAYS: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const DAYS_PT_BR = ['seg', 'ter', 'qua', 'qui', 'sex', 'sáb', 'dom']

/** The part of a text that is not understood: `part`, and what is expected there. */
export type Misread = { misread: 'days' | 'times' | 'order'; part: string }

/**
 * Reads hours as people write them: `mon-fri 08:00-20:00; sat 09:00-13:00`, or in Portuguese `seg-sex 08:00-20:00; sáb 09:00-13:00`.
 * Days are ranges or lists (`mon,wed`), several spans of a day are separated by commas (`mon-fri 08:00-12:00,13:30-18:00`).
 */
export function readOpeningHours(text: string): Hours | Misread {
  const hours: Hours = []
  for (const part of text.replace(/\s*[-–]\s*/g, '-').split(';')) {
    const [, dayWords = '', timeWords = ''] = /^\s*(\D*?)\s*(\d.*)?$/s.exec(part) ?? []
    const days = readDays(dayWords)
    if (days === null) return { misread: 'days', part: dayWords || part.trim() }
    for (const word of timeWords.split(/\s*,\s*|\s+(?=\d)/)) {
      const span = readSpan(word.trim())
      if (span === null) return { misread: 'times', part: word.trim() || part.trim() }
      if (span.from >= span.to) return { misread: 'order', part: word.trim() }
      hours.push({ days, ...span })
    }
  }
  return hours
}

function readDays(words: string): Day[] | null {
  const days = new Set<Day>()
  for (const range of words.split(',')) {
    const [from, to = from, ...more] = range.split('-').map(dayIndex)
    if (from === undefined || from < 0 || to === undefined || to < 0 || more.length > 0) return null
    // sat-mon crosses the end of the week.
    for (let at = from; ; at = (at + 1) % DAYS.length) {
      days.add(DAYS[at] as Day)
      if (at === to) break
    }
  }
  return DAYS.filter((day) => days.has(day))
}

/** The place of a day in the week, from Monday; -1 for another word. */
function dayIndex(word: string): number {
  const plain = withoutAccents(word.trim().toLowerCase())
  const english = DAYS.indexOf(plain as Day)
  return english >= 0 ? english : DAYS_PT_BR.map(withoutAccents).indexOf(plain)
}

function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '')
}

/** `08:00-20:00`, and as Brazilians write it: `8h-20h`, `8h30-12h`. */
const TIMES = /^(\d{1,2})(?::(\d{2})|h(\d{2})?)-(\d{1,2})(?::(\d{2})|h(\d{2})?)$/i

function readSpan(word: string): { from: string; to: string } | null {
  const [, fromHour, fromMinute, fromRest, toHour, toMinute, toRest] = TIMES.exec(word) ?? []
  const from = timeOf(fromHour, fromMinute ?? fromRest)
  const to = timeOf(toHour, toMinute ?? toRest)
  return from === null || to === null || from === '24:00' ? null : { from, to }
}

function timeOf(hour: string | undefined, minute = '00'): string | null {
  if (hour === undefined) return null
  const isTime = (Number(hour) < 24 && Number(minute) < 60) || (Number(hour) === 24 && minute === '00')
  return isTime ? `${hour.padStart(2, '0')}:${minute}` : null
}

/** Hours as text that `readOpeningHours` reads, in the language of the person. */
export function hoursText(hours: Hours, isPortuguese: boolean): string {
  const names = isPortuguese ? DAYS_PT_BR : DAYS
  const parts: { days: string; times: string[] }[] = []
  for (const { days, from, to } of hours) {
    const words = daysText(days, names)
    const last = parts.at(-1)
    if (last?.days === words) last.times.push(`${from}-${to}`)
    else parts.push({ days: words, times: [`${from}-${to}`] })
  }
  return parts.map(({ days, times }) => `${days} ${times.join(',')}`).join('; ')
}

/** Three days in a row or more as a range: `mon-fri`, `mon,wed`. */
function daysText(days: readonly Day[], names: readonly string[]): string {
  const runs: number[][] = []
  for (const [at, day] of DAYS.entries()) {
    if (!days.includes(day)) continue
    const run = runs.at(-1)
    if (run?.at(-1) === at - 1) run.push(at)
    else runs.push([at])
  }
  return runs
    .map((run) => {
      const [first = 0] = run
      const last = run.at(-1) ?? first
      if (run.length < 3) return run.map((at) => names[at]).join(',')
      return `${names[first]}-${names[last]}`
    })
    .join(',')
}
