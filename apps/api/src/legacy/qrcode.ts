import type { z } from 'zod'
import type { pairing } from '../procedures/instance-schemas.ts'
import { PortugueseRefusal } from './portuguese-answer.ts'
import type { qrcode } from './schemas.ts'

type Pairing = z.output<typeof pairing>

/** A QR code in Evolution's own shape. */
export type Qrcode = z.infer<typeof qrcode>

const NOT_READY: Record<
  Extract<Pairing, { state: 'not_ready' }>['reason'],
  { status: 502 | 503; detail: string }
> = {
  qr_pending: { status: 503, detail: 'O QR Code ainda não está pronto' },
  qr_limit_reached: { status: 503, detail: 'A Evolution API esgotou os QR Codes desta instância' },
  reconnecting: { status: 503, detail: 'A instância está se reconectando sozinha' },
  evolution_unreachable: { status: 502, detail: 'A Evolution API não respondeu' },
}

/**
 * The QR code of a pairing.
 *
 * @throws PortugueseRefusal 409 when the number is connected, 503 when there is no code yet, 502 when Evolution does not answer;
 * the last two name the route to call next, and when
 */
export function qrcodeOf(nome: string, pairing: Pairing): Qrcode {
  switch (pairing.state) {
    case 'qr': {
      const { pairingCode, code, base64, count } = pairing
      return { pairingCode, code, base64, count }
    }
    case 'already_connected':
      throw new PortugueseRefusal({ status: 409, detail: `A instância ${nome} já está conectada` })
    case 'not_ready': {
      const { status, detail } = NOT_READY[pairing.reason]
      const retryAfterSeconds = Math.max(1, Math.ceil(pairing.retryAfterMs / 1000))
      const route = `/admin/instances/${encodeURIComponent(nome)}/qrcode`
      throw new PortugueseRefusal({
        status,
        detail: `${detail}. A instância ${nome} existe: tente GET ${route} em ${retryAfterSeconds} s.`,
        retryAfterSeconds,
      })
    }
  }
}
