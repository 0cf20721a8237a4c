import { describe, type OwnSentences } from '../api/failure.ts'
import { useSpeech } from '../words/speech.tsx'
import { Icon } from './icon.tsx'

/** An error in the place of a view or in a form. `title` names what could not be shown. */
export function FailureBox({
  error,
  title,
  sentences,
  onRetry,
}: {
  error: unknown
  title?: string
  sentences?: OwnSentences
  onRetry?: () => void
}) {
  const { w } = useSpeech()
  const failure = describe(error, w, sentences)
  return (
    <div className="failure" role="alert">
      <Icon name="warn" />
      <div>
        <p className="failure-title">{title ?? failure.title}</p>
        {title && <p>{failure.title}</p>}
        {failure.more && <p className="failure-more">{failure.more}</p>}
        {onRetry && (
          <button type="button" className="link" onClick={onRetry}>
            {w.fleet.retry}
          </button>
        )}
      </div>
    </div>
  )
}
