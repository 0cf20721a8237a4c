import type { EvolutionInstance, Qr } from '@zapfleet/evolution'
import { LRUCache } from 'lru-cache'

const QR_LIFE_MS = 45_000
/** More instances than are paired at the same time. */
const REMEMBERED = 1_000
/** How far Evolution's clock and this one may be apart. */
const CLOCKS_APART_MS = 30_000
/** After a scan a number reads `close` for up to 1 s, after its last code for good. */
const CLOSED_MS = 5_000
/** The same while the last code was still valid: WhatsApp's version check, which ends that close, may take 20 s. */
const CLOSED_AFTER_LIVE_CODE_MS = 25_000
/** The shortest life that is reported of a code that is shown, since the clocks may be apart. */
const LEFT_AT_LEAST_MS = 10_000

/** A code that Evolution showed, and until when it can be scanned. */
export type ShownCode = { qr: Qr; expiresAt: Date; recordedAt: string | null }

/** The codes that one process read, by `pairingOf`. */
export type ShownCodes = {
  /** The last code of this instance, valid or not. */
  last(pairing: string): ShownCode | null
  /**
   * The code if it can be scanned: Evolution returns a code of an earlier pairing as long as it has no new one. Null for a
   * code that was read before and expired since.
   *
   * @param record Evolution's record of the instance, read after the code
   */
  remember(
    pairing: string,
    qr: Qr,
    record: Pick<EvolutionInstance, 'updatedAt'> | undefined,
  ): ShownCode | null
  /** Makes the code invalid: its number was paired or logged out, or the pairing ended. */
  retire(pairing: string): void
  /** Notes a reading of the state. `closedForMs`: since when it reads `close` without a break, as far as read here. */
  noteState(pairing: string, state: string | null): { closedForMs: number }
  /**
   * How long an instance must read `close` before a connect is safe. Just after a scan it reads `close` as well, and a connect
   * then logs the new session in twice. 0 where no code was shown.
   */
  safeAfterMs(
    pairing: string,
    record: Pick<EvolutionInstance, 'connectionStatus' | 'updatedAt'> | undefined,
  ): number
}

type Memory = { code: ShownCode | null; closedSinceMs: number | null }

export function createShownCodes(): ShownCodes {
  const memories = new LRUCache<string, Memory>({ max: REMEMBERED })
  const memoryOf = (pairing: string): Memory => {
    const memory = memories.get(pairing) ?? { code: null, closedSinceMs: null }
    memories.set(pairing, memory)
    return memory
  }
  return {
    last: (pairing) => memoryOf(pairing).code,
    remember(pairing, qr, record) {
      const memory = memoryOf(pairing)
      const recordedAt = record?.updatedAt ?? null
      if (memory.code !== null && textOf(memory.code.qr) === textOf(qr)) {
        memory.code.recordedAt = recordedAt
        return isValid(memory.code) ? memory.code : null
      }
      memory.code = { qr, expiresAt: new Date(Date.now() + leftMs(recordedAt)), recordedAt }
      return memory.code
    },
    retire(pairing) {
      const { code } = memoryOf(pairing)
      if (code !== null) code.expiresAt = new Date(0)
    },
    noteState(pairing, state) {
      const memory = memoryOf(pairing)
      if (state === 'close') memory.closedSinceMs ??= performance.now()
      else memory.closedSinceMs = null
      return { closedForMs: memory.closedSinceMs === null ? 0 : performance.now() - memory.closedSinceMs }
    },
    safeAfterMs(pairing, record) {
      const { code } = memoryOf(pairing)
      const isLive = code !== null && isValid(code)
      if (record?.connectionStatus !== 'connecting') return isLive ? CLOSED_MS : 0
      const ageMs = Date.now() - Date.parse(record.updatedAt ?? '')
      const isRecent = ageMs > -CLOCKS_APART_MS && ageMs < QR_LIFE_MS
      return isLive || (code === null && isRecent) ? CLOSED_AFTER_LIVE_CODE_MS : CLOSED_MS
    },
  }
}

export function isValid(code: ShownCode): boolean {
  return code.expiresAt.getTime() > Date.now()
}

/** How long a code that is read now can still be scanned: another process may have begun the pairing a while ago. */
function leftMs(shownAt: string | null): number {
  const ageMs = Date.now() - Date.parse(shownAt ?? '')
  if (Number.isNaN(ageMs) || ageMs <= 0) return QR_LIFE_MS
  return Math.max(LEFT_AT_LEAST_MS, QR_LIFE_MS - ageMs)
}

const textOf = (qr: Qr): string => `${qr.count} ${qr.code ?? ''} ${qr.pairingCode ?? ''}`
