import type { ReactNode } from 'react'
import { useSpeech } from '../words/speech.tsx'
import { Icon, type IconName } from './icon.tsx'

/** The form of a dialog that confirms an act: what it explains and requires, and the buttons that cancel it or carry it out. */
export function QuestionForm(props: {
  onSubmit: () => void
  onCancel: () => void
  /** The act is under way. */
  isPending: boolean
  /** False while something is missing; default true. */
  mayGo?: boolean
  isDanger?: boolean
  icon?: IconName
  /** The button that carries the act out. */
  label: string
  children: ReactNode
}) {
  const { w } = useSpeech()
  const { onSubmit, onCancel, isPending, mayGo = true, isDanger = false, icon, label, children } = props
  const isReady = mayGo && !isPending
  return (
    <form
      className="question"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) onSubmit()
      }}
    >
      {children}
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onCancel} disabled={isPending}>
          {w.cancel}
        </button>
        <button
          type="submit"
          className={isDanger ? 'button button-danger' : 'button button-main'}
          disabled={!isReady}
        >
          {icon && <Icon name={icon} />}
          {label}
        </button>
      </div>
    </form>
  )
}
