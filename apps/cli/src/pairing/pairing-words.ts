import { t } from '../language.ts'
import type { Paint } from '../terminal/paint.ts'
import type { QrInk } from '../terminal/qr.ts'

/** What to do on the phone. */
export function phoneSteps(): string {
  return t`On the phone: WhatsApp > Settings > Linked devices > Link a device.`
}

/** The code to type instead of scanning, as WhatsApp shows it: two groups of four. */
export function pairingCodeWords(code: string): string {
  const grouped = code.length === 8 ? `${code.slice(0, 4)}-${code.slice(4)}` : code
  return t`Or "Link with phone number instead", and type ${grouped}`
}

/** How to draw codes: in colours where there are any, else in those of the terminal, which is dark unless told. */
export function inkFor(paint: Paint, dark: boolean): QrInk {
  if (paint.enabled) return 'painted'
  return dark ? 'dark-on-light' : 'light-on-dark'
}
