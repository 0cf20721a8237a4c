import type { Alert } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { useInstance } from '../live/live-fleet.tsx'
import { numberHash } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { labelOf, linesOf, numberOf } from './open-alerts.ts'
import { SeverityWord } from './severity-word.tsx'
import { useAlertWords } from './use-words.ts'

/** An open alert: what happened, since when, what it means, what to do, and which routes sent it. */
export function AlertCard(props: { alert: Alert; explained: readonly Alert[]; nowMs: number }) {
  const { f, language } = useSpeech()
  const words = useAlertWords()
  const { alert, explained, nowMs } = props
  const { severity, openedAt, notified, text } = alert
  const { title, lines } = linesOf(text[language])
  return (
    <li className="alert card" data-severity={severity}>
      <p className="alert-head">
        <SeverityWord severity={severity} />
        <span className="quiet figures">
          {words.openFor(f.duration(Math.max(0, nowMs - Date.parse(openedAt))))}
        </span>
      </p>
      <h2>{title}</h2>
      <AlertLines lines={lines} />
      <p className="quiet">{notified.length === 0 ? words.notSent : words.sentBy(notified.join(', '))}</p>
      {explained.length > 0 && (
        <details className="alert-explained">
          <summary>{words.explains(f.number(explained.length))}</summary>
          <ul>
            {explained.map((one) => (
              <li key={one.id}>{linesOf(one.text[language]).title}</li>
            ))}
          </ul>
        </details>
      )}
      <ToNumber alert={alert} />
    </li>
  )
}

/** The lines of a text; a label at the beginning of a line is bold. */
function AlertLines({ lines }: { lines: readonly string[] }) {
  return lines.map((line) => {
    const { label, rest } = labelOf(line)
    return (
      <p key={line} className="alert-line">
        {label !== null && <strong>{label}: </strong>}
        {rest}
      </p>
    )
  })
}

/** The link to the number that an alert is about, while the fleet has it. */
function ToNumber({ alert }: { alert: Alert }) {
  const words = useAlertWords()
  const name = numberOf(alert)
  const instance = useInstance(name ?? '')
  if (name === null || instance === undefined) return null
  return (
    <a className="button button-small alert-link" href={numberHash(name)}>
      <Icon name="arrow" />
      {words.toNumber(name)}
    </a>
  )
}
