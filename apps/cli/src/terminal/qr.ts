import { renderUnicodeCompact } from 'uqr'

/** Quiet zone in modules, as in Evolution's pictures. */
const BORDER = 2

/** How a code is drawn: black on white, or in the colours of a terminal that is dark, or light. */
export type QrInk = 'painted' | 'light-on-dark' | 'dark-on-light'

/**
 * A QR code as lines of half blocks, two modules a character. A camera needs dark modules on a light ground: `painted`
 * sets both colours and is right on every terminal; the other two use those of the terminal.
 */
export function qrLines(code: string, ink: QrInk): string[] {
  const lines = renderUnicodeCompact(code, { ecc: 'L', border: BORDER }).split('\n')
  if (ink === 'light-on-dark') return lines
  if (ink === 'painted') return lines.map((line) => `\u001b[38;5;231;48;5;16m${line}\u001b[0m`)
  return lines.map((line) => [...line].map((sign) => OPPOSITE[sign] ?? sign).join(''))
}

const OPPOSITE: Record<string, string> = { '█': ' ', ' ': '█', '▀': '▄', '▄': '▀' }
