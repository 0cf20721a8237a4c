import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFleet } from '../api/fleet.tsx'
import type { ApiKey } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { factsOf } from './key-facts.ts'
import { NewKey } from './new-key.tsx'
import { Reading } from './reading.tsx'
import { RevokeQuestion } from './revoke-question.tsx'
import { RotateQuestion } from './rotate-question.tsx'
import { useSettingsWords } from './use-words.ts'

const READ_EVERY_MS = 15_000

/** What a person chose to do, with the key it is about. */
type Chosen = { act: 'create' } | { act: 'rotate' | 'revoke'; key: ApiKey } | null

/** The keys of the API: those that are valid, and on request those that ended. */
export function Keys() {
  const { f } = useSpeech()
  const s = useSettingsWords()
  const { trpc } = useFleet()
  const [chosen, setChosen] = useState<Chosen>(null)
  const [showsEnded, setShowsEnded] = useState(false)
  const { data, error, refetch } = useQuery(
    trpc.key.list.queryOptions({}, { refetchInterval: READ_EVERY_MS }),
  )
  const close = () => setChosen(null)
  const ended = data?.filter(({ state }) => state !== 'active') ?? []
  const shown = [...(data?.filter(({ state }) => state === 'active') ?? []), ...(showsEnded ? ended : [])]
  return (
    <section className="settings-part" aria-label={s.keys.title}>
      <div className="settings-lead">
        <p>{s.keys.lead}</p>
        <button type="button" className="button button-main" onClick={() => setChosen({ act: 'create' })}>
          <Icon name="plus" />
          {s.keys.create}
        </button>
      </div>
      {data === undefined ? (
        <Reading error={error} onRetry={refetch} />
      ) : (
        <ul className="entries card">
          {shown.map((key) => (
            <KeyEntry key={key.id} value={key} onChoose={(act) => setChosen({ act, key })} />
          ))}
        </ul>
      )}
      {ended.length > 0 && (
        <label className="check">
          <input
            type="checkbox"
            checked={showsEnded}
            onChange={(event) => setShowsEnded(event.target.checked)}
          />
          {s.keys.showEnded(f.number(ended.length))}
        </label>
      )}
      <NewKey open={chosen?.act === 'create'} onClose={close} />
      <RotateQuestion value={chosen?.act === 'rotate' ? chosen.key : null} onClose={close} />
      <RevokeQuestion
        value={chosen?.act === 'revoke' ? chosen.key : null}
        keys={data ?? []}
        onClose={close}
      />
    </section>
  )
}

const TONES = { active: 'good', expired: 'idle', revoked: 'bad' } as const
const ICONS = { active: 'check', expired: 'clock', revoked: 'banned' } as const

function KeyEntry({ value, onChoose }: { value: ApiKey; onChoose: (act: 'rotate' | 'revoke') => void }) {
  const { f } = useSpeech()
  const s = useSettingsWords()
  const nowMs = useNow(20_000)
  const { label, role, state, source } = value
  const isOwnedByEnvironment = source === 'environment'
  return (
    <li className="entry">
      <div className="entry-words">
        <p className="entry-name">
          <strong>{label}</strong>
          <span className="entry-kind">{s.keys.roleWord[role]}</span>
          <span className="status" data-tone={TONES[state]}>
            <Icon name={ICONS[state]} />
            {s.keys.state[state]}
          </span>
        </p>
        <p className="quiet figures">
          {isOwnedByEnvironment ? s.keys.environment : factsOf(value, s, f, nowMs).join(' · ')}
        </p>
      </div>
      {state === 'active' && !isOwnedByEnvironment && (
        <div className="entry-acts">
          <button
            type="button"
            className="button button-small"
            aria-label={s.keys.rotateNamed(label)}
            onClick={() => onChoose('rotate')}
          >
            {s.keys.rotate}
          </button>
          <button
            type="button"
            className="button button-small button-danger-quiet"
            aria-label={s.keys.revokeNamed(label)}
            onClick={() => onChoose('revoke')}
          >
            {s.keys.revoke}
          </button>
        </div>
      )}
    </li>
  )
}
