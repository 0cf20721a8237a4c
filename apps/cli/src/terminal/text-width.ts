import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter()

/**
 * A foreign text (a name, a contact, a reason) made safe to show: on one line, with U+FFFD in the place of characters that control
 * a terminal or change the direction of writing.
 */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '\ufffd')
}

/** The width of a text in columns; colours have none. */
export function widthOf(text: string): number {
  return stringWidth(text)
}

/** The text in at most `width` columns, cut with … if it is longer. Takes no colours: paint the result. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 1) return ''
  let kept = ''
  let taken = 0
  for (const { segment } of segmenter.segment(text)) {
    const columns = widthOf(segment)
    if (taken + columns > width - 1) break
    kept += segment
    taken += columns
  }
  return `${kept.trimEnd()}…`
}

/** The text filled up with spaces to `width` columns. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const gap = ' '.repeat(Math.max(0, width - widthOf(text)))
  return side === 'left' ? text + gap : gap + text
}

/** The text broken at spaces into lines of at most `width` columns; a longer word gets a separate line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  lines.push(line)
  return lines
}
