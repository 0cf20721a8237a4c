import type { Output } from '../world.ts'
import { widthOf } from './text-width.ts'

/**
 * A whole terminal for content that changes. `draw` shows lines from the top and writes only the lines that changed, so that
 * nothing flickers; lines that do not fit are left out. `close` restores the terminal and its cursor.
 */
export type Screen = {
  columns(): number
  rows(): number
  draw(lines: readonly string[]): void
  close(): void
}

const ESC = '\u001b['
// The alternate screen, no cursor, no wrapping.
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`

/**
 * Takes a terminal. `onResize` is called when its size changes and must draw again. The stream's events `put-aside` (Ctrl-Z) and
 * `taken-up` (fg) restore the terminal and take it again.
 */
export function openScreen(output: Output, onResize: () => void): Screen {
  let shown: readonly string[] | null = null
  let open = true
  const columns = () => output.columns ?? 80
  const rows = () => output.rows ?? 24
  const resized = () => {
    shown = null
    onResize()
  }
  let aside = false
  const leave = () => {
    aside = true
    output.write(LEAVE)
  }
  const enter = () => {
    if (!aside) return
    aside = false
    output.write(ENTER)
    resized()
  }
  output.write(ENTER)
  output.on('resize', resized).on('put-aside', leave).on('taken-up', enter)
  return {
    columns,
    rows,
    draw(all) {
      // A timer may fire before SIGCONT is handled.
      if (!open || aside) return
      const lines = all.slice(0, rows())
      let text = shown === null ? `${ESC}2J` : ''
      const most = Math.max(lines.length, shown?.length ?? 0)
      for (let row = 0; row < most; row += 1) {
        const line = lines[row] ?? ''
        if (shown !== null && (shown[row] ?? '') === line) continue
        // A line of full width leaves the cursor on its last column, which must not be cleared.
        const rest = widthOf(line) < columns() ? `${ESC}K` : ''
        text += `${ESC}${row + 1};1H${line}${ESC}0m${rest}`
      }
      shown = lines
      if (text !== '') output.write(text)
    },
    close() {
      if (!open) return
      open = false
      output.off('resize', resized).off('put-aside', leave).off('taken-up', enter)
      leave()
    },
  }
}
