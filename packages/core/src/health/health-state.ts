import type { EvolutionInstance } from '@zapfleet/evolution'
import type { StatusReason } from '../instance/action.ts'
import type { Status } from '../instance/status.ts'

/** What Evolution's database has of an instance besides its live state. `updatedAt` changes with each QR code that is shown. */
export type ClosingRecord = Pick<EvolutionInstance, 'connectionStatus' | 'disconnection'> & {
  updatedAt?: string | null
}

/** How often the state turned to `open`, and to `connecting`, within some seconds of readings. */
export type Watched = { opens: number; attempts: number }

/**
 * `wrong_phone`, `right_phone`: the paired phone, compared with the registered number once an instance is connected.
 */
export type Act = 'created' | 'logged_out' | 'wrong_phone' | 'right_phone'

/** One piece of evidence about an instance. */
export type Observation =
  /** Evolution's live state; `record` where it was read, null where it was not or could not be. `watched`: see `watchLines`. */
  | { kind: 'state'; state: 'open'; blinked: boolean; watched?: Watched }
  | { kind: 'state'; state: 'connecting' | 'close'; record: ClosingRecord | null; watched?: Watched }
  /** It answered without a known state: while a delete ends, or just after its own restart. */
  | { kind: 'unclear'; word: string | null }
  /** It does not have the instance. */
  | { kind: 'missing' }
  /**
   * No answer about the instance; `why` distinguishes a dead server, a licence that is not activated, a wrong key, and an answer
   * in no known shape.
   */
  | { kind: 'silent'; why: 'unreachable' | 'unlicensed' | 'wrong_key' | 'not_understood' }
  /** An admin did it through us, or we found it out. A removal is none of these: a removed instance has no status any more. */
  | { kind: 'act'; act: Act }

/** What is stored of an instance's health. */
export type HealthState = {
  status: Status
  /** A StatusReason, null, or a text of another program. */
  reason: string | null
  /** Since when it has this status; null for an adopted row. */
  since: Date | null
  /** When it last became connected; null before the first time and once its session ended. */
  connectedAt: Date | null
  /** Readings in a row without a clear answer; counted up to 2. */
  silentRounds: number
  /** The last two falls from connected, the older first. */
  fallBefore: Date | null
  lastFall: Date | null
  /** Until when a fall is the work of a restart that was made through us; read, not stored. */
  restartUntil?: Date | null
}

/** Reasons that Evolution's records can change only where a whole session, from its scan to its end, went by unseen. */
const ENDED: ReadonlySet<string | null> = new Set<StatusReason>([
  'NEVER_CONNECTED',
  'QR_LIMIT_REACHED',
  'NO_QR_CODE',
  'LOGGED_OUT',
  'LOGGED_OUT_BY_PHONE',
  'LOGIN_REFUSED',
  'BANNED',
])

/** Reasons for which the connection is expected back without an act of a person. */
const LOST: ReadonlySet<string | null> = new Set<StatusReason>([
  'RECONNECTING',
  'RECONNECTING_TOO_LONG',
  'FLAPPING',
])

/** Reasons that do not show whether the number ever was paired. */
const NO_HISTORY: ReadonlySet<string | null> = new Set<StatusReason | null>([
  null,
  'NOT_ON_EVOLUTION',
  'EVOLUTION_UNREACHABLE',
  'EVOLUTION_UNLICENSED',
  'EVOLUTION_REFUSES_KEY',
  'EVOLUTION_UNCLEAR',
])

/**
 * Whether Evolution's licence ended or was activated between two states of an instance. It concerns every instance, so a full
 * round stores it: numbers that changed one by one would lose their contacts to those that still read as before.
 */
export function changesLicence(before: HealthState, after: HealthState): boolean {
  const isUnlicensed = after.reason === 'EVOLUTION_UNLICENSED'
  if (before.reason !== 'EVOLUTION_UNLICENSED') return isUnlicensed
  return !isUnlicensed && after.status !== 'unknown'
}

/** Whether the connection is down and expected back without an act of a person. */
export function isLost(health: HealthState): boolean {
  return health.status !== 'connected' && LOST.has(health.reason)
}

/** A number that was open and whose session did not end reconnects; any other waits for a scan. */
export function isPaired(health: HealthState): boolean {
  return health.connectedAt !== null || health.status === 'connected' || isLost(health)
}

/** A QR code lives 45 s, and the clocks of Evolution and of the database may disagree by 30 s. */
const CODE_SHOWN_WITHIN_MS = 120_000

/** Whether Evolution shows a QR code, by its record: that stays `connecting` for good after the last code. */
export function isShowingCode(record: ClosingRecord, now: Date): boolean {
  if (record.connectionStatus !== 'connecting') return false
  const updatedMs = Date.parse(record.updatedAt ?? '')
  return Number.isNaN(updatedMs) || now.getTime() - updatedMs < CODE_SHOWN_WITHIN_MS
}

/** A second fall this soon after the first starts some seconds of readings. */
const FALLS_AGAIN_MS = 2 * 60_000

/**
 * Whether an observation starts some seconds of readings: of a number that falls again and again, which another socket of
 * the same account may replace, and of one that connects without a QR code, which WhatsApp may refuse to register.
 */
export function isRestless(health: HealthState, observed: Observation, now: Date): boolean {
  if (observed.kind !== 'state' || health.status === 'banned') return false
  if (health.reason === 'FLAPPING' || health.reason === 'REPLACED') return true
  if (health.status === 'connected') {
    const isDown = observed.state !== 'open' || observed.blinked
    const sinceFallMs = health.lastFall === null ? null : now.getTime() - health.lastFall.getTime()
    return isDown && sinceFallMs !== null && sinceFallMs < FALLS_AGAIN_MS
  }
  if (observed.state !== 'connecting' || observed.record === null || health.reason === 'NO_QR_CODE')
    return false
  return (
    !isPaired(health) && observed.record.connectionStatus !== 'open' && !isShowingCode(observed.record, now)
  )
}

/**
 * Whether the session is over and its end is stored: a close that is read now happened long ago, or in a session that was
 * not observed.
 */
export function isEnded(health: HealthState): boolean {
  return ENDED.has(health.reason)
}

/**
 * Whether Evolution's records are read: for a close whose cause is not stored yet, and for a connecting number that was
 * connected before, or of which nothing is stored, or whose session ended: a QR screen, a reconnect and an attempt that gets
 * no code have the same state. `thorough`: also for a number that was closed before, which may have been paired, and banned,
 * since it was last read, and for one that reconnects, which may have been logged out.
 */
export function needsRecord(health: HealthState, observed: Observation, thorough: boolean): boolean {
  if (observed.kind !== 'state' || observed.state === 'open' || health.status === 'banned') return false
  if (observed.state === 'close') return thorough || !isEnded(health)
  if (isPaired(health)) return thorough || health.status === 'connected'
  return NO_HISTORY.has(health.reason) || isEnded(health)
}

/** Whether two states are the same in everything that is stored. */
export function isSameHealth(one: HealthState, other: HealthState): boolean {
  return (
    one.status === other.status &&
    one.reason === other.reason &&
    one.silentRounds === other.silentRounds &&
    one.since?.getTime() === other.since?.getTime() &&
    one.connectedAt?.getTime() === other.connectedAt?.getTime() &&
    one.fallBefore?.getTime() === other.fallBefore?.getTime() &&
    one.lastFall?.getTime() === other.lastFall?.getTime()
  )
}
