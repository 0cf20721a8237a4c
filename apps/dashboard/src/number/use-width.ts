import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** Width before it is measured. */
const FIRST_WIDTH = 560

/** The width of an element, so that a chart is drawn in it and its text has the size of the page on every screen. */
export function useWidth(): [RefObject<HTMLElement | null>, number] {
  const [width, setWidth] = useState(FIRST_WIDTH)
  const element = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.round(entry?.contentRect.width ?? FIRST_WIDTH)),
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [])
  return [element, width]
}
