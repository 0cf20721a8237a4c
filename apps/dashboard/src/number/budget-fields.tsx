import { type ReactNode, useId, useState } from 'react'
import { useSpeech } from '../words/speech.tsx'
import {
  type BudgetDraft,
  type BudgetProblems,
  budgetWarnings,
  NEW_HOURS,
  newRamp,
  partsOf,
  readBudget,
} from './budget-draft.ts'
import { HoursFields } from './hours-fields.tsx'
import { RampFields } from './ramp-fields.tsx'
import { TextField } from './text-field.tsx'

/** The limits that a newcomer does not need: closed until one of them is set. */
export function BudgetFields(props: {
  draft: BudgetDraft & { daily: string }
  stored: BudgetDraft
  problems: BudgetProblems
  onChange: (some: Partial<BudgetDraft>) => void
  readOnly: boolean
}) {
  const { w, f, timeZone } = useSpeech()
  const { draft, stored, problems, onChange, readOnly } = props
  const set = partsOf(stored)
  // Null until it is opened or closed.
  const [isOpen, setOpen] = useState<boolean | null>(null)
  const warnings = budgetWarnings(draft, w, f)
  const changes = readBudget(draft, stored)
  return (
    <details
      className="more"
      open={isOpen ?? set.length > 0}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {w.budget.more}
        <span className="more-set">
          {set.length === 0 ? w.budget.none : set.map((part) => w.budget.parts[part]).join(', ')}
          {Object.keys(problems).length > 0 && <strong> · {w.budget.correct}</strong>}
        </span>
      </summary>
      <div className="more-parts">
        <Part title={w.budget.newContacts} hint={w.budget.newContactsHint}>
          <div className="settings-row" data-columns={2}>
            {(['newHourly', 'newDaily'] as const).map((field) => (
              <TextField
                key={field}
                inputMode="numeric"
                label={w.budget[field]}
                placeholder={w.budget.noLimit}
                value={draft[field]}
                onType={(value) => onChange({ [field]: value })}
                problem={problems[field]}
                readOnly={readOnly}
              />
            ))}
          </div>
          {warnings.newContacts && <p className="settings-warning">{warnings.newContacts}</p>}
        </Part>
        <Part title={w.budget.pace} hint={w.budget.paceHint}>
          <TextField
            inputMode="decimal"
            label={w.budget.gap}
            placeholder={w.budget.noGap}
            value={draft.gap}
            onType={(gap) => onChange({ gap })}
            problem={problems.gap}
            readOnly={readOnly}
          />
        </Part>
        <Part title={w.budget.ramp} hint={w.budget.rampHint}>
          <Switch
            label={w.budget.rampOn}
            isOn={draft.ramp !== null}
            onSwitch={(isOn) => onChange({ ramp: isOn ? (stored.ramp ?? newRamp(draft.daily)) : null })}
            readOnly={readOnly}
          />
          {draft.ramp && (
            <RampFields
              ramp={draft.ramp}
              problems={problems}
              isChanged={changes.ramp !== undefined}
              onChange={(ramp) => onChange({ ramp })}
              readOnly={readOnly}
            />
          )}
          {changes.ramp === null && <p className="field-hint">{w.budget.rampEnds}</p>}
          {warnings.ramp && problems.rampTo === undefined && (
            <p className="settings-warning">{warnings.ramp}</p>
          )}
        </Part>
        <Part title={w.budget.hours} hint={w.budget.hoursHint((timeZone ?? '…').replaceAll('_', ' '))}>
          <Switch
            label={w.budget.hoursOn}
            isOn={draft.hours !== null}
            onSwitch={(isOn) => onChange({ hours: isOn ? (stored.hours ?? NEW_HOURS) : null })}
            readOnly={readOnly}
          />
          {draft.hours && (
            <HoursFields
              hours={draft.hours}
              problems={problems}
              onChange={(hours) => onChange({ hours })}
              readOnly={readOnly}
            />
          )}
        </Part>
      </div>
    </details>
  )
}

/** One kind of limit: its name, what it is for, and its fields. */
function Part({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  const id = useId()
  return (
    <fieldset className="more-part" aria-describedby={id}>
      <legend>{title}</legend>
      <p className="field-hint" id={id}>
        {hint}
      </p>
      {children}
    </fieldset>
  )
}

function Switch(props: {
  label: string
  isOn: boolean
  onSwitch: (isOn: boolean) => void
  readOnly: boolean
}) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={props.isOn}
        disabled={props.readOnly}
        onChange={(event) => props.onSwitch(event.target.checked)}
      />
      {props.label}
    </label>
  )
}
