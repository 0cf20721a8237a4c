import { dailyLimit } from '@zapfleet/words'
import type { Instance } from '../api/open-client.ts'
import type { Words } from '../words/en.ts'
import type { Format } from '../words/format.ts'
import { useSpeech } from '../words/speech.tsx'
import { holdWords } from './change-words.ts'
import { RampLine } from './ramp-line.tsx'

type Ramp = NonNullable<Instance['ramp']>

/** How far the slow start of a number is: a line with the present day, and what holds it. */
export function RampCard({ instance, ramp, nowMs }: { instance: Instance; ramp: Ramp; nowMs: number }) {
  const { w, f } = useSpeech()
  return (
    <section className="part card">
      <h2>{w.budget.ramp}</h2>
      <p className="ramp-words">
        <strong>
          {w.budget.rampToday(f.number(ramp.day), f.number(ramp.days), f.number(dailyLimit(instance)))}
        </strong>{' '}
        {rampWords(instance, ramp, w, f, nowMs)}
      </p>
      <RampLine ramp={ramp} />
    </section>
  )
}

/** Whether the limit per day is lower, what holds the ramp, and where it ends, as sentences. */
export function rampWords(
  { dailyCapacity }: Pick<Instance, 'dailyCapacity'>,
  ramp: Ramp,
  w: Words,
  f: Format,
  nowMs: number,
): string {
  const { day, days, to, limitToday, heldBecause } = ramp
  const held = heldBecause && w.budget.rampHeld(holdWords(heldBecause, w))
  const end =
    day >= days ? w.budget.rampDone : w.budget.rampReaches(f.number(to), f.dayAhead(days - day, nowMs))
  const cut = dailyCapacity < limitToday && w.budget.rampCut(f.number(limitToday))
  return [cut, held, end].filter(Boolean).join(' ')
}
