import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { Icon } from '../design/icon.tsx'
import { useKnownTags } from '../live/known-tags.ts'
import { useSpeech } from '../words/speech.tsx'
import { suggestedTags, type TagDraft, withText, withTyped } from './tag-draft.ts'

/** Offered at once; typing finds the others. */
const MOST_SUGGESTED = 8

/**
 * The tags of a number: a button removes one, Enter or a comma adds what is typed, which is saved without that too. Leaving the field changes
 * nothing, because a button below would move from under the pointer. Tags of other numbers are offered.
 */
export function TagsField(props: {
  draft: TagDraft
  problem: string | undefined
  onChange: (draft: TagDraft) => void
  readOnly?: boolean
}) {
  const { w } = useSpeech()
  const { draft, problem, onChange, readOnly = false } = props
  const known = useKnownTags()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [announced, setAnnounced] = useState('')
  const suggested = readOnly ? [] : suggestedTags(draft, known, MOST_SUGGESTED)

  const add = (next: TagDraft) => {
    const added = next.tags.filter((tag) => !draft.tags.includes(tag))
    if (added.length > 0) setAnnounced(w.tags.added(added.join(', ')))
    onChange(next)
  }
  const remove = (tag: string) => {
    setAnnounced(w.tags.removed(tag))
    onChange({ ...draft, tags: draft.tags.filter((one) => one !== tag) })
    input.current?.focus()
  }
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    // Enter of an input method chooses a word.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && draft.tagText.trim() !== '') {
      event.preventDefault()
      add(withTyped(draft))
    }
    const last = draft.tags.at(-1)
    if (event.key === 'Backspace' && draft.tagText === '' && !event.repeat && last !== undefined) remove(last)
  }

  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {w.tags.label}
      </label>
      <div
        className="input tags-input"
        data-invalid={problem !== undefined || undefined}
        data-read-only={readOnly || undefined}
      >
        {draft.tags.length > 0 && (
          <ul className="tags" aria-label={w.tags.label}>
            {draft.tags.map((tag) => (
              <li key={tag} className="tag">
                <span className="tag-name">{tag}</span>
                {!readOnly && (
                  <button
                    type="button"
                    className="tag-remove"
                    aria-label={w.tags.remove(tag)}
                    onClick={() => remove(tag)}
                    onKeyDown={(event) => ['Backspace', 'Delete'].includes(event.key) && remove(tag)}
                  >
                    <Icon name="close" />
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
        {readOnly && draft.tags.length === 0 && <span className="quiet">{w.none}</span>}
        <input
          ref={input}
          id={id}
          hidden={readOnly}
          value={draft.tagText}
          placeholder={draft.tags.length === 0 ? w.tags.placeholder : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          enterKeyHint="done"
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-below`}
          onChange={(event) => add(withText(draft, event.target.value))}
          onKeyDown={onKey}
        />
      </div>
      <p className={problem ? 'field-error' : 'field-hint'} id={`${id}-below`} aria-live="polite">
        {problem ?? w.tags.hint}
      </p>
      {suggested.length > 0 && (
        <fieldset className="tags tags-offered">
          <legend className="unseen">{w.tags.ofOthers}</legend>
          {suggested.map((tag) => (
            <button
              key={tag}
              type="button"
              className="tag tag-offered"
              aria-label={w.tags.add(tag)}
              onClick={() => {
                add({ tags: [...draft.tags, tag], tagText: '' })
                input.current?.focus()
              }}
            >
              <Icon name="plus" />
              <span className="tag-name">{tag}</span>
            </button>
          ))}
        </fieldset>
      )}
      <p className="unseen" role="status">
        {announced}
      </p>
    </div>
  )
}
