import type { Explanation } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { Icon } from '../design/icon.tsx'
import { numberHash } from '../route.ts'
import type { Format } from '../words/format.ts'
import { useSpeech } from '../words/speech.tsx'

type Candidate = Explanation['candidates'][number]

/** A longer list is not read; the fleet view finds a single number. */
const SHOWN = 100

/** Which number would send. `contactId` is empty for a check without a contact; without `pool` the whole fleet was considered. */
export type Answered = {
  explanation: Explanation
  contactId: string
  strategy: string
  pool?: string | undefined
}

/** The number that would send, and why. */
export function Verdict({ explanation, contactId, strategy, pool }: Answered) {
  const { w, f } = useSpeech()
  const nowMs = useNow(30_000)
  const { chosen, own, candidates } = explanation
  const waiting = waitingNumber(explanation, strategy)
  const ranked = candidates.filter((one) => one.rank !== null)
  const [soonest] = candidates
    .filter((one) => one.availableAt !== null)
    .sort((one, other) => Date.parse(one.availableAt ?? '') - Date.parse(other.availableAt ?? ''))
  const because =
    waiting !== null
      ? w.ask.ownWaits(freeAgain(waiting, f, nowMs))
      : chosen === null
        ? soonest
          ? w.ask.noNumberUntil(freeAgain(soonest, f, nowMs))
          : w.ask.noNumberEver
        : chosen === own && strategy === 'sticky'
          ? w.ask.because.own
          : ranked.length === 1
            ? w.ask.because.only
            : w.ask.because.first
  const moved = own !== null && chosen !== own && waiting === null
  const hasNone = pool === undefined ? w.ask.prefersNone : w.ask.prefersNoneOf(pool)
  return (
    <div className="verdict" data-found={chosen !== null}>
      <Icon name={waiting !== null ? 'clock' : chosen === null ? 'warn' : 'connected'} />
      <div>
        <h2>
          {waiting !== null
            ? w.ask.wouldWait(waiting.name)
            : chosen === null
              ? w.ask.noNumber
              : w.ask.wouldSend(chosen)}
        </h2>
        <p>{because}</p>
        {contactId !== '' && (moved || own === null) && (
          <p className="quiet">{own === null ? hasNone : w.ask.prefers(own)}</p>
        )}
      </div>
    </div>
  )
}

/**
 * The contact's own number where it would send as soon as its wait between two messages is over: the contact does not move for
 * that. Null otherwise.
 */
export function waitingNumber({ chosen, own, candidates }: Explanation, strategy: string): Candidate | null {
  if (chosen !== null || strategy !== 'sticky') return null
  return candidates.find((one) => one.name === own && one.reason === 'PACING') ?? null
}

/** When a number can send again, within a sentence; the end of a wait between two messages to the second. */
function freeAgain({ reason, availableAt }: Candidate, f: Format, nowMs: number): string {
  const at = availableAt ?? nowMs
  return reason === 'PACING' ? f.whenExactly(at, nowMs) : f.when(at, nowMs)
}

/** All numbers in order, or those of the pool, each with its rank, or with the reason why it cannot send. */
export function Candidates({ explanation }: Pick<Answered, 'explanation'>) {
  const { w, f } = useSpeech()
  const nowMs = useNow(30_000)
  const { chosen, own } = explanation
  const candidates = explanation.candidates.filter(({ reason }) => reason !== 'OTHER_POOL')
  return (
    <>
      <ol className="candidates">
        {candidates.slice(0, SHOWN).map((candidate) => {
          const { name, rank, reason, availableAt } = candidate
          return (
            <li key={name} data-chosen={name === chosen || undefined}>
              <span className="candidate-rank figures">{rank === null ? '–' : f.number(rank)}</span>
              <a href={numberHash(name)}>{name}</a>
              {name === own && <span className="candidate-own">{w.ask.own}</span>}
              <span className="candidate-reason figures">
                {reason && w.reason[reason]}
                {availableAt && ` · ${w.ask.freeAt(freeAgain(candidate, f, nowMs))}`}
              </span>
            </li>
          )
        })}
      </ol>
      {candidates.length > SHOWN && (
        <p className="quiet">{w.ask.more(f.number(candidates.length - SHOWN))}</p>
      )}
    </>
  )
}
