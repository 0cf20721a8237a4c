import { useEffect, useId, useRef } from 'react'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type BudgetProblems, MOST_SPANS, type SpanDraft } from './budget-draft.ts'
import { DAYS, readEnd, readTime } from './hours.ts'
import { TextField } from './text-field.tsx'

/** Rows of days with a start and an end. */
export function HoursFields(props: {
  hours: readonly SpanDraft[]
  problems: BudgetProblems
  onChange: (hours: SpanDraft[]) => void
  readOnly: boolean
}) {
  const { w } = useSpeech()
  const { hours, problems, onChange, readOnly } = props
  const list = useRef<HTMLDivElement>(null)
  const addButton = useRef<HTMLButtonElement>(null)
  const added = useRef<number | null>(null)
  // The new row takes the focus.
  useEffect(() => {
    if (added.current === null) return
    added.current = null
    list.current?.querySelector<HTMLElement>('.span:last-of-type input')?.focus()
  })
  const add = () => {
    const key = Math.max(...hours.map((span) => span.key)) + 1
    added.current = key
    onChange([...hours, { key, days: [], from: '08:00', to: '20:00' }])
  }
  const remove = (key: number) => {
    addButton.current?.focus()
    onChange(hours.filter((span) => span.key !== key))
  }
  return (
    <div className="spans" ref={list}>
      {hours.map((span, index) => (
        <SpanFields
          key={span.key}
          span={span}
          position={index + 1}
          problems={problems}
          onChange={(next) => onChange(hours.map((one) => (one.key === span.key ? next : one)))}
          onRemove={hours.length > 1 ? () => remove(span.key) : null}
          readOnly={readOnly}
        />
      ))}
      {!readOnly && hours.length < MOST_SPANS && (
        <button type="button" className="button button-small" ref={addButton} onClick={add}>
          <Icon name="plus" />
          {w.hours.add}
        </button>
      )}
    </div>
  )
}

function SpanFields(props: {
  span: SpanDraft
  position: number
  problems: BudgetProblems
  onChange: (span: SpanDraft) => void
  onRemove: (() => void) | null
  readOnly: boolean
}) {
  const { w, f } = useSpeech()
  const { span, position, problems, onChange, onRemove, readOnly } = props
  const { key, days, from, to } = span
  const id = useId()
  const noDay = problems[`days ${key}`]
  const toggle = (day: (typeof DAYS)[number], isOn: boolean) =>
    onChange({ ...span, days: isOn ? [...days, day] : days.filter((one) => one !== day) })
  /** Shows a time as HH:MM once it is typed. */
  const complete = (next: SpanDraft) => {
    if (next.from !== from || next.to !== to) onChange(next)
  }
  return (
    <fieldset className="span" aria-describedby={noDay ? `${id}-days` : undefined}>
      <legend className="unseen">{w.hours.row(f.number(position))}</legend>
      <div className="span-days">
        {DAYS.map((day) => (
          <label key={day} className="span-day">
            <input
              type="checkbox"
              className="unseen"
              checked={days.includes(day)}
              disabled={readOnly}
              aria-label={w.hours.long[day]}
              onChange={(event) => toggle(day, event.target.checked)}
            />
            <span aria-hidden="true">{w.hours.short[day]}</span>
          </label>
        ))}
      </div>
      {noDay && (
        <p className="field-error" id={`${id}-days`} aria-live="polite">
          {noDay}
        </p>
      )}
      <div className="span-times">
        <TextField
          label={w.hours.from}
          value={from}
          onType={(text) => onChange({ ...span, from: text })}
          onBlur={() => complete({ ...span, from: readTime(from) ?? from })}
          problem={problems[`from ${key}`]}
          readOnly={readOnly}
        />
        <TextField
          label={w.hours.to}
          value={to}
          onType={(text) => onChange({ ...span, to: text })}
          onBlur={() => complete({ ...span, to: readEnd(to) ?? to })}
          problem={problems[`to ${key}`]}
          readOnly={readOnly}
        />
        {onRemove && !readOnly && (
          <button
            type="button"
            className="button button-plain button-icon"
            aria-label={w.hours.remove(f.number(position))}
            onClick={onRemove}
          >
            <Icon name="trash" />
          </button>
        )}
      </div>
    </fieldset>
  )
}
