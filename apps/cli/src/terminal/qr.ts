import { renderUnicodeCompact } from 'uqr'

/** Around the code: two modules of quiet, as Evolution's own pictures have. */
const BORDER = 2

/** How a code is drawn: painted black on white, or for terminals that write light on dark, or dark on light. */
export type QrInk = 'painted' | 'light-on-dark' | 'dark-on-light'

/**
 * A QR code as lines of half blocks, two modules a character. A camera needs dark modules on a light ground: `painted`
 * forces both colours, so it is right on every terminal; the other two use the terminal's own.
 */
export function qrLines(code: string, ink: QrInk): string[] {
  const lines = renderUnicodeCompact(code, { ecc: 'L', border: BORDER }).split('\n')
  if (ink === 'light-on-dark') return lines
  if (ink === 'painted') return lines.map((line) => `\u001b[38;5;231;48;5;16m${line}\u001b[0m`)
  return lines.map((line) => [...line].map((sign) => OPPOSITE[sign] ?? sign).join(''))
}

const OPPOSITE: Record<string, string> = { '█': ' ', ' ': '█', '▀': '▄', '▄': '▀' }
