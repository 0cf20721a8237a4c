/** What a person needs to pair a phone, or why there is nothing to scan. */
export type Pairing =
  | {
      state: 'qr'
      /** PNG data URL. */
      base64: string | null
      code: string | null
      pairingCode: string | null
      count: number
      /** ISO 8601: a QR code is valid for 45 s from when it was first read here. */
      expiresAt: string
    }
  | { state: 'already_connected' }
  | {
      state: 'not_ready'
      reason: 'qr_pending' | 'qr_limit_reached' | 'reconnecting' | 'evolution_unreachable'
      retryAfterMs: number
    }
