import { randomBytes, randomInt } from 'node:crypto'
import { toDataURL } from 'qrcode'

/** The QR code of one instance: none yet (`count` 0) or the one that is shown now. */
export type Qr = {
  /** The number of codes in this attempt. */
  count: number
  /** The text inside the QR code, `2@…`; null when none is shown. */
  code: string | null
  /** Eight characters to type on the phone, when a number was given. */
  pairingCode: string | null
  /** The PNG, made on the first read, because it costs milliseconds and most codes are never read. */
  png: Promise<string> | null
}

/** A QR code in the answers of connect and create. */
export type QrAnswer =
  | { count: number }
  | { pairingCode: string | null; code: string; base64: string; count: number }

/** No code yet. */
export const noQr = (): Qr => ({ count: 0, code: null, pairingCode: null, png: null })

/** Ends the display of a code; the last one stays for connect. */
export function retireQr(connection: { qr: Qr; oldQr: Qr }): void {
  if (connection.qr.code !== null) connection.oldQr = connection.qr
  connection.qr = noQr()
}

/** The next code, with a pairing code when the number of the phone is given. */
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

/** A QR code in the answers of connect, restart and create: `{count:0}` without a code. */
export async function answerQr(qr: Qr): Promise<QrAnswer> {
  if (qr.code === null) return { count: qr.count }
  const shown = { pairingCode: qr.pairingCode, code: qr.code, count: qr.count }
  return { pairingCode: shown.pairingCode, code: shown.code, base64: await qrPicture(qr), count: shown.count }
}

// The real text is a server reference and three public keys. This one has the same form.
function plausibleCode(): string {
  const key = () => randomBytes(32).toString('base64')
  return `2@${randomBytes(48).toString('base64')},${key()},${key()},${key()},1`
}

const PAIRING_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTVWXYZ'

function plausiblePairingCode(): string {
  return Array.from({ length: 8 }, () => PAIRING_ALPHABET[randomInt(PAIRING_ALPHABET.length)]).join('')
}
