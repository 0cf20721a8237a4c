import type { EvolutionInstance, Qr } from '@zapfleet/evolution'
import { LRUCache } from 'lru-cache'
import type { Fleet } from '../fleet/fleet.ts'

const QR_LIFE_MS = 45_000
/** Instances that are paired at the same time, generously. */
const REMEMBERED = 1_000
/** Evolution's clock and this one may disagree by so much. */
const CLOCKS_APART_MS = 30_000
/** After a scan a number reads `close` for up to 1 s, after its last code for good. */
const CLOSED_MS = 5_000
/** The same while the last code was still valid: WhatsApp's version question, which ends that close, may take 20 s. */
const CLOSED_AFTER_LIVE_CODE_MS = 25_000

/** A code that Evolution showed, and until when it can be scanned. */
export type ShownCode = { qr: Qr; expiresAt: Date; recordedAt: string | null }

type Memory = { code: ShownCode | null; closedSinceMs: number | null }

const memories = new WeakMap<Fleet['sql'], LRUCache<string, Memory>>()

function memoryOf(fleet: Fleet, name: string): Memory {
  const all = memories.get(fleet.sql) ?? new LRUCache<string, Memory>({ max: REMEMBERED })
  memories.set(fleet.sql, all)
  const memory = all.get(name) ?? { code: null, closedSinceMs: null }
  all.set(name, memory)
  return memory
}

/** The last code of this instance that was read here, valid or not. */
export function lastCode(fleet: Fleet, name: string): ShownCode | null {
  return memoryOf(fleet, name).code
}

/**
 * The code if it can be scanned: Evolution answers a code of an earlier pairing as long as it has no new one. Null for a code
 * that was read before and expired since.
 *
 * @param record Evolution's record of the instance, read after the code
 */
export function rememberCode(
  fleet: Fleet,
  name: string,
  qr: Qr,
  record: Pick<EvolutionInstance, 'updatedAt'> | undefined,
): ShownCode | null {
  const memory = memoryOf(fleet, name)
  if (memory.code !== null && textOf(memory.code.qr) === textOf(qr)) {
    memory.code.recordedAt = record?.updatedAt ?? null
    return isValid(memory.code) ? memory.code : null
  }
  const expiresAt = new Date(Date.now() + leftMs(record?.updatedAt ?? null))
  memory.code = { qr, expiresAt, recordedAt: record?.updatedAt ?? null }
  return memory.code
}

/** At least this is told of a code that is shown: the clocks may disagree. */
const LEFT_AT_LEAST_MS = 10_000

/** How long a code that is read now can still be scanned: another process may have begun the pairing a while ago. */
function leftMs(shownAt: string | null): number {
  const ageMs = Date.now() - Date.parse(shownAt ?? '')
  if (Number.isNaN(ageMs) || ageMs <= 0) return QR_LIFE_MS
  return Math.max(LEFT_AT_LEAST_MS, QR_LIFE_MS - ageMs)
}

/** The code that was shown is no code any more: its number was paired, logged out, or gave up. */
export function retireCode(fleet: Fleet, name: string): void {
  const { code } = memoryOf(fleet, name)
  if (code !== null) code.expiresAt = new Date(0)
}

export function isValid(code: ShownCode): boolean {
  return code.expiresAt.getTime() > Date.now()
}

/** Notes a reading of the state; `closedForMs` is since when it reads `close` without a break, as far as read here. */
export function noteState(fleet: Fleet, name: string, state: string | null): { closedForMs: number } {
  const memory = memoryOf(fleet, name)
  if (state === 'close') memory.closedSinceMs ??= performance.now()
  else memory.closedSinceMs = null
  return { closedForMs: memory.closedSinceMs === null ? 0 : performance.now() - memory.closedSinceMs }
}

/**
 * How long an instance must read `close` before a connect is safe. Just after a scan it reads `close` as well, and a connect
 * then logs the new session in twice. 0 where no code was shown.
 */
export function safeAfterMs(
  fleet: Fleet,
  name: string,
  record: Pick<EvolutionInstance, 'connectionStatus' | 'updatedAt'> | undefined,
): number {
  const { code } = memoryOf(fleet, name)
  const isLive = code !== null && isValid(code)
  if (record?.connectionStatus !== 'connecting') return isLive ? CLOSED_MS : 0
  const ageMs = Date.now() - Date.parse(record.updatedAt ?? '')
  const isRecent = ageMs > -CLOCKS_APART_MS && ageMs < QR_LIFE_MS
  return isLive || (code === null && isRecent) ? CLOSED_AFTER_LIVE_CODE_MS : CLOSED_MS
}

const textOf = (qr: Qr): string => `${qr.count} ${qr.code ?? ''} ${qr.pairingCode ?? ''}`
