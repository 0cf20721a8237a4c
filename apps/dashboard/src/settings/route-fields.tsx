import type { AlertRoute } from '../api/open-client.ts'
import { SelectField } from '../design/select-field.tsx'
import { TextField } from '../number/text-field.tsx'
import { KINDS, type RouteDraft, type RouteKind, SEVERITIES } from './route-draft.ts'
import { type SettingsWords, useSettingsWords } from './use-words.ts'

type FieldsProps = {
  draft: RouteDraft
  /** The stored route; null: a new one. */
  route: AlertRoute | null
  problems: ReadonlySet<keyof RouteDraft>
  onChange: (changes: Partial<RouteDraft>) => void
}

/** The fields of an alert route: those of its kind, which alerts, quiet hours, the language. */
export function RouteFields(props: FieldsProps) {
  const { routes: words } = useSettingsWords()
  const { draft, route, problems, onChange } = props
  return (
    <>
      {route === null && (
        <>
          <SelectField
            label={words.kind}
            value={draft.kind}
            onChoose={(kind) => onChange({ kind: kind as RouteKind })}
          >
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {words.kinds[one]}
              </option>
            ))}
          </SelectField>
          <TextField
            label={words.name}
            value={draft.name}
            maxLength={50}
            hint={words.badName}
            problem={draft.name !== '' && problems.has('name') ? words.badName : undefined}
            onType={(name) => onChange({ name })}
          />
        </>
      )}
      <AddressFields {...props} />
      <SelectField
        label={words.minSeverity}
        value={draft.minSeverity}
        onChoose={(value) => onChange({ minSeverity: value as RouteDraft['minSeverity'] })}
      >
        {SEVERITIES.map((one) => (
          <option key={one} value={one}>
            {words.severities[one]}
          </option>
        ))}
      </SelectField>
      <QuietFields {...props} />
      <SelectField
        label={words.language}
        value={draft.language}
        onChoose={(value) => onChange({ language: value as RouteDraft['language'] })}
      >
        <option value="en">{words.languages.en}</option>
        <option value="pt-BR">{words.languages['pt-BR']}</option>
      </SelectField>
    </>
  )
}

type TextName = 'webhookUrl' | 'botToken' | 'chatId' | 'to' | 'smtpUrl' | 'url' | 'secret'

/** The fields of an address by kind: the label, what is wrong, whether it is secret, and the longest text. */
const ADDRESS: Readonly<
  Record<
    RouteKind,
    readonly { field: TextName; bad: keyof SettingsWords['routes'] | null; isSecret: boolean; max: number }[]
  >
> = {
  slack: [{ field: 'webhookUrl', bad: 'badUrl', isSecret: true, max: 2_000 }],
  telegram: [
    { field: 'botToken', bad: 'badToken', isSecret: true, max: 200 },
    { field: 'chatId', bad: null, isSecret: false, max: 100 },
  ],
  email: [
    { field: 'to', bad: 'badTo', isSecret: false, max: 5_000 },
    { field: 'smtpUrl', bad: 'badSmtp', isSecret: true, max: 2_000 },
  ],
  webhook: [
    { field: 'url', bad: 'badUrl', isSecret: true, max: 2_000 },
    { field: 'secret', bad: 'badSecret', isSecret: true, max: 200 },
  ],
}

function AddressFields({ draft, route, problems, onChange }: FieldsProps) {
  const { routes: words } = useSettingsWords()
  const hasOwnSmtp = route?.kind === 'email' && route.address.host !== null
  return (
    <>
      {ADDRESS[draft.kind].map(({ field, bad, isSecret, max }) => {
        // A mail server that was never stored is that of SMTP_URL.
        const isStored = route !== null && (field !== 'smtpUrl' || hasOwnSmtp)
        const problem = bad === null ? '' : words[bad]
        return (
          <TextField
            key={field}
            label={words[field]}
            type={isSecret ? 'password' : 'text'}
            value={draft[field]}
            maxLength={max}
            hint={isSecret && isStored ? words.kept : words[`${field}Hint`]}
            problem={draft[field] !== '' && problems.has(field) ? String(problem) : undefined}
            onType={(text) => onChange({ [field]: text })}
          />
        )
      })}
      {hasOwnSmtp && (
        <label className="check">
          <input
            type="checkbox"
            checked={draft.usesDefaultSmtp}
            onChange={(event) => onChange({ usesDefaultSmtp: event.target.checked })}
          />
          {words.defaultSmtp}
        </label>
      )}
    </>
  )
}

function QuietFields({ draft, problems, onChange }: FieldsProps) {
  const { routes: words } = useSettingsWords()
  const isBad = problems.has('quietFrom') || problems.has('quietTo')
  return (
    <fieldset className="choices">
      <label className="check">
        <input
          type="checkbox"
          checked={draft.isQuiet}
          onChange={(event) => onChange({ isQuiet: event.target.checked })}
        />
        {words.quiet}
      </label>
      <p className="field-hint">{words.quietMore}</p>
      {draft.isQuiet && (
        <div className="quiet-times">
          <TextField
            label={words.quietFrom}
            type="time"
            value={draft.quietFrom}
            onType={(quietFrom) => onChange({ quietFrom })}
          />
          <TextField
            label={words.quietTo}
            type="time"
            value={draft.quietTo}
            problem={isBad ? words.badQuiet : undefined}
            onType={(quietTo) => onChange({ quietTo })}
          />
        </div>
      )}
    </fieldset>
  )
}
