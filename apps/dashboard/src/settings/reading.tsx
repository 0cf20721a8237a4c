import { FailureBox } from '../design/failure-box.tsx'
import { useSettingsWords } from './use-words.ts'

/** What is shown in the place of a list that is not read yet, or could not be read. */
export function Reading({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const s = useSettingsWords()
  if (error) return <FailureBox error={error} title={s.place.failedTitle} onRetry={onRetry} />
  return (
    <div aria-busy="true">
      <p className="unseen" role="status">
        {s.place.reading}
      </p>
      <span className="bone bone-card" aria-hidden="true" />
    </div>
  )
}
