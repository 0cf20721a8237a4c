import type { Explanation } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { Icon } from '../design/icon.tsx'
import { numberHash } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'

/** A longer list is not read; the fleet view finds a single number. */
const SHOWN = 100

/** Which number would send. `contactId` is empty for a check without a contact, `preferred` the contact's own number. */
export type Answered = {
  explanation: Explanation
  contactId: string
  preferred: string | null
  strategy: string
}

/** The number that would send, and why. */
export function Verdict({ explanation, contactId, preferred, strategy }: Answered) {
  const { w, f } = useSpeech()
  const nowMs = useNow(30_000)
  const { chosen, candidates } = explanation
  const ranked = candidates.filter((one) => one.rank !== null)
  const soonest = candidates.flatMap((one) => one.availableAt ?? []).sort()[0]
  const because =
    chosen === null
      ? soonest
        ? w.ask.noNumberUntil(f.when(soonest, nowMs))
        : w.ask.noNumberEver
      : chosen === preferred && strategy === 'sticky'
        ? w.ask.because.own
        : ranked.length === 1
          ? w.ask.because.only
          : w.ask.because.first
  const moved = preferred !== null && chosen !== preferred
  return (
    <div className="verdict" data-found={chosen !== null}>
      <Icon name={chosen === null ? 'warn' : 'connected'} />
      <div>
        <h2>{chosen === null ? w.ask.noNumber : w.ask.wouldSend(chosen)}</h2>
        <p>{because}</p>
        {contactId !== '' && (moved || preferred === null) && (
          <p className="quiet">{preferred === null ? w.ask.prefersNone : w.ask.prefers(preferred)}</p>
        )}
      </div>
    </div>
  )
}

/** All numbers in order, each with its rank, or with the reason why it cannot send. */
export function Candidates({
  explanation,
  preferred,
}: Pick<Answered, 'explanation'> & { preferred: string | null }) {
  const { w, f } = useSpeech()
  const nowMs = useNow(30_000)
  const { chosen, candidates } = explanation
  return (
    <>
      <ol className="candidates">
        {candidates.slice(0, SHOWN).map(({ name, rank, reason, availableAt }) => (
          <li key={name} data-chosen={name === chosen || undefined}>
            <span className="candidate-rank figures">{rank === null ? '–' : f.number(rank)}</span>
            <a href={numberHash(name)}>{name}</a>
            {name === preferred && <span className="candidate-own">{w.ask.own}</span>}
            <span className="candidate-reason figures">
              {reason && w.reason[reason]}
              {availableAt && ` · ${w.ask.freeAt(f.when(availableAt, nowMs))}`}
            </span>
          </li>
        ))}
      </ol>
      {candidates.length > SHOWN && (
        <p className="quiet">{w.ask.more(f.number(candidates.length - SHOWN))}</p>
      )}
    </>
  )
}
