import { useRef, useState } from 'react'
import { Icon } from '../design/icon.tsx'
import { useSettingsWords } from './use-words.ts'

/** A secret that the API returns only once, with a button that copies it, as the content of a dialog. */
export function SecretOnce(props: { label: string; secret: string; more?: string; onDone: () => void }) {
  const s = useSettingsWords()
  const { label, secret, more, onDone } = props
  const field = useRef<HTMLInputElement>(null)
  const [isCopied, setCopied] = useState(false)
  return (
    <div className="question">
      <label className="field">
        <span className="field-label">{label}</span>
        <input
          ref={field}
          className="input secret-once"
          readOnly
          value={secret}
          spellCheck={false}
          onFocus={(event) => event.target.select()}
        />
      </label>
      <p>
        {s.place.shownOnce} {more}
      </p>
      <div className="dialog-foot">
        {/* Without a secure context there is no clipboard; the field can still be copied by hand. */}
        {navigator.clipboard && (
          <button
            type="button"
            className="button"
            onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}
          >
            <Icon name={isCopied ? 'check' : 'copy'} />
            {isCopied ? s.place.copied : s.place.copy}
          </button>
        )}
        <button type="button" className="button button-main" onClick={onDone}>
          {s.place.done}
        </button>
      </div>
      <p className="unseen" role="status">
        {isCopied && s.place.copied}
      </p>
    </div>
  )
}
