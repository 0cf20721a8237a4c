import type { OwnSentences } from '../api/failure.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Icon } from '../design/icon.tsx'
import { useSettingsWords } from './use-words.ts'
import { isWithoutStore } from './without-store.ts'

/** An error of an act that stores a secret. Where the API has no key to encrypt it by, the box names what to set. */
export function StoreFailure({ error, sentences }: { error: unknown; sentences?: OwnSentences }) {
  const s = useSettingsWords()
  if (!isWithoutStore(error)) return <FailureBox error={error} {...(sentences ? { sentences } : {})} />
  return (
    <div className="failure" role="alert">
      <Icon name="warn" />
      <div>
        <p className="failure-title">{s.place.noStore}</p>
        <p>{s.place.noStoreMore}</p>
      </div>
    </div>
  )
}
