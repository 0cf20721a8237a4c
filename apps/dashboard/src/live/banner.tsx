import type { ReactNode } from 'react'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'

/** A notice above every view. */
export function Banner(props: {
  tone: 'info' | 'warn' | 'bad'
  title: string
  onHide?: () => void
  children: ReactNode
}) {
  const { w } = useSpeech()
  const { tone, title, onHide, children } = props
  return (
    <div className="banner" data-tone={tone}>
      <Icon name={tone === 'info' ? 'info' : 'warn'} />
      <p>
        <strong>{title}</strong> {children}
      </p>
      {onHide && (
        <button
          type="button"
          className="button button-plain button-icon"
          aria-label={w.banner.hide}
          onClick={onHide}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  )
}
