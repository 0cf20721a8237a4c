import { randomBytes, randomInt } from 'node:crypto'
import { toDataURL } from 'qrcode'

/** The pairing screen of one instance: nothing yet (`count` 0) or the code that is shown now. */
export type Qr = {
  /** How many codes were shown in this attempt. */
  count: number
  /** The text inside the QR code, `2@…`, or null when none is shown. */
  code: string | null
  /** Eight characters to type on the phone, when a number was given. */
  pairingCode: string | null
  /** The picture, made when first asked for: a PNG costs milliseconds, and most are never looked at. */
  png: Promise<string> | null
}

/** What connect and create answer about a QR code. */
export type QrAnswer =
  | { count: number }
  | { pairingCode: string | null; code: string; base64: string; count: number }

/** No code yet. */
export const noQr = (): Qr => ({ count: 0, code: null, pairingCode: null, png: null })

/** No code is shown any more; the last one stays where connect finds it. */
export function retireQr(line: { qr: Qr; oldQr: Qr }): void {
  if (line.qr.code !== null) line.oldQr = line.qr
  line.qr = noQr()
}

/** The next code of the screen, with a pairing code when the phone's number is known. */
export function nextQr(before: Qr, withPairingCode: boolean): Qr {
  return {
    count: before.count + 1,
    code: plausibleCode(),
    pairingCode: withPairingCode ? plausiblePairingCode() : null,
    png: null,
  }
}

/** The picture of a shown code as a PNG data URL; made once per code. */
export function qrPicture(qr: Qr): Promise<string> {
  qr.png ??= toDataURL(qr.code ?? '', { margin: 2, scale: 3, errorCorrectionLevel: 'L' })
  return qr.png
}

/** A QR as connect, restart and create answer it: `{count:0}` without a code. */
export async function answerQr(qr: Qr): Promise<QrAnswer> {
  if (qr.code === null) return { count: qr.count }
  const shown = { pairingCode: qr.pairingCode, code: qr.code, count: qr.count }
  return { pairingCode: shown.pairingCode, code: shown.code, base64: await qrPicture(qr), count: shown.count }
}

// The real text is a server reference and three public keys; a reader that checks its outer form is satisfied.
function plausibleCode(): string {
  const key = () => randomBytes(32).toString('base64')
  return `2@${randomBytes(48).toString('base64')},${key()},${key()},${key()},1`
}

const PAIRING_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTVWXYZ'

function plausiblePairingCode(): string {
  return Array.from({ length: 8 }, () => PAIRING_ALPHABET[randomInt(PAIRING_ALPHABET.length)]).join('')
}
