import { type RefObject, useEffect, useRef } from 'react'
import { Icon } from './icon.tsx'

/**
 * Scrolls to the top and moves the focus to the element of the returned ref when another page of a list is shown, because the button that
 * was pressed may have disappeared. `before` is the position of the shown page.
 */
export function usePageTop(before: string | null): RefObject<HTMLParagraphElement | null> {
  const top = useRef<HTMLParagraphElement>(null)
  const shown = useRef(before)
  useEffect(() => {
    if (shown.current === before) return
    shown.current = before
    top.current?.focus({ preventScroll: true })
    scrollTo({ top: 0 })
  }, [before])
  return top
}

/** The buttons below a list: to its newest page and to the next older one. Positions are null for the newest page, and for none. */
export function Pages(props: {
  /** The position of the shown page. */
  before: string | null
  /** The position of the next older page. */
  older: string | null
  words: { pages: string; newest: string; older: string }
  onPage: (before: string | null) => void
}) {
  const { before, older, words, onPage } = props
  if (before === null && older === null) return null
  return (
    <nav className="pages" aria-label={words.pages}>
      {before !== null && (
        <button type="button" className="button" onClick={() => onPage(null)}>
          <Icon name="up" />
          {words.newest}
        </button>
      )}
      {older !== null && (
        <button type="button" className="button" onClick={() => onPage(older)}>
          <Icon name="down" />
          {words.older}
        </button>
      )}
    </nav>
  )
}
