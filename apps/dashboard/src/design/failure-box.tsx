import { describe } from '../api/failure.ts'
import { useSpeech } from '../words/speech.tsx'
import { Icon } from './icon.tsx'

/** An error in the place of a view. `title` names what could not be shown. */
export function FailureBox({
  error,
  title,
  onRetry,
}: {
  error: unknown
  title?: string
  onRetry?: () => void
}) {
  const { w } = useSpeech()
  const failure = describe(error, w)
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
