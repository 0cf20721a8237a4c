import type { Qr } from '@zapfleet/evolution'
import { LRUCache } from 'lru-cache'
import type { Fleet } from '../fleet/fleet.ts'

const QR_LIFE_MS = 45_000
/** Instances that are being paired at once, generously. */
const REMEMBERED = 1_000

const seen = new WeakMap<Fleet['sql'], LRUCache<string, { code: string; expiresAt: Date }>>()

/** Whether a code of this instance was shown here, of late. */
export function wasCodeShown(fleet: Fleet, name: string): boolean {
  return seen.get(fleet.sql)?.has(name) ?? false
}

/** When a QR code of an instance ends: Evolution shows the same one again and again and does not say how old it is. */
export function qrExpiry(fleet: Fleet, name: string, qr: Qr): Date {
  const codes = seen.get(fleet.sql) ?? new LRUCache({ max: REMEMBERED })
  seen.set(fleet.sql, codes)
  const code = `${qr.count} ${qr.code ?? qr.pairingCode ?? ''}`
  const known = codes.get(name)
  if (known?.code === code) return known.expiresAt
  const expiresAt = new Date(Date.now() + QR_LIFE_MS)
  codes.set(name, { code, expiresAt })
  return expiresAt
}
