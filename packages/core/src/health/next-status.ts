import { disconnectionCause } from '@zapfleet/evolution'
import type { StatusReason } from '../instance/action.ts'
import type { Status } from '../instance/status.ts'
import {
  type Act,
  type ClosingRecord,
  type HealthState,
  isEnded,
  isLost,
  isPaired,
  isShowingCode,
  type Observation,
} from './health-state.ts'

/** Readings without a clear answer after which a status becomes `unknown`; an unlicensed Evolution is clear. */
const SILENT_ROUNDS = 2
const TOO_LONG_MS = 5 * 60_000
/** Three falls within this time are flapping; so much calm ends it. */
const FLAPPING_MS = 10 * 60_000
/** A new row is written before Evolution has the instance: so long it may be missing there. */
const CREATING_MS = 30_000
/** Evolution's clock and the database's may disagree by so much. */
const CLOCKS_APART_MS = 30_000

/**
 * The one function that turns evidence into a status. Nothing is called disconnected because a server is down; banned stays
 * until the number is open again; a cause of disconnection counts only if it ended the present session, because Evolution
 * keeps old ones through a reconnection.
 *
 * @param now the moment of the evidence, by the database's clock
 */
export function nextStatus(previous: HealthState, observed: Observation, now: Date): HealthState {
  if (observed.kind === 'act') return afterAct(previous, observed.act, now)
  if (observed.kind === 'silent' || observed.kind === 'unclear') return afterSilence(previous, observed, now)
  if (observed.kind === 'state' && isReplaced(observed)) return afterReplacing(previous, now)
  if (observed.kind === 'state' && observed.state === 'open')
    return isStillReplaced(previous, observed)
      ? { ...previous, silentRounds: 0 }
      : afterOpen(previous, observed.blinked, now)
  const end = observed.kind === 'state' ? sessionEnd(previous, observed.state, observed.record) : null
  if (end !== null) return ended(previous, end.status, end.reason, now)
  if (previous.status === 'banned') return { ...previous, silentRounds: 0 }
  if (observed.kind === 'state' && isStillReplaced(previous, observed))
    return { ...previous, silentRounds: 0 }
  if (observed.kind === 'missing') return afterMissing(previous, now)
  if (isRefused(previous, observed, now)) return ended(previous, 'disconnected', 'NO_QR_CODE', now)
  if (observed.state === 'connecting') return afterConnecting(previous, observed.record, now)
  return afterClose(previous, observed.record, now)
}

/** This many openings, or attempts without one, within some seconds are no chance. */
const TOO_MANY = 3

/** Each of two sockets of one account ends the other as it opens (WhatsApp's code 440), once a second and without end. */
function isReplaced({ watched }: Observation & { kind: 'state' }): boolean {
  return watched !== undefined && watched.opens >= TOO_MANY
}

/** A single reading of such a connection may be any state: only some calm seconds show that it is over. */
function isStillReplaced(previous: HealthState, { watched }: Observation & { kind: 'state' }): boolean {
  return previous.reason === 'REPLACED' && watched === undefined
}

/** The instance begins to connect again and again, and Evolution shows no QR code: WhatsApp refuses it, or cannot be reached. */
function isRefused(
  previous: HealthState,
  { record, watched }: Observation & { kind: 'state'; state: 'connecting' | 'close' },
  now: Date,
): boolean {
  if (watched === undefined || watched.attempts < TOO_MANY || isPaired(previous)) return false
  return record !== null && record.connectionStatus !== 'open' && !isShowingCode(record, now)
}

/** The state of an instance before its first observation. */
export const INITIAL_HEALTH: HealthState = {
  status: 'unknown',
  reason: null,
  since: null,
  connectedAt: null,
  silentRounds: 0,
  fallBefore: null,
  lastFall: null,
}

function afterAct(previous: HealthState, act: Act, now: Date): HealthState {
  if (act === 'wrong_phone')
    return previous.status === 'connected' ? withStatus(previous, 'connected', 'WRONG_PHONE', now) : previous
  if (act === 'right_phone')
    return previous.reason === 'WRONG_PHONE' ? withStatus(previous, previous.status, null, now) : previous
  if (act === 'created') return ended(INITIAL_HEALTH, 'disconnected', 'NEVER_CONNECTED', now)
  // A banned number that is logged out is banned all the same.
  if (previous.status === 'banned') return { ...previous, silentRounds: 0 }
  return ended(previous, 'disconnected', 'LOGGED_OUT', now)
}

function afterSilence(
  previous: HealthState,
  observed: Observation & { kind: 'silent' | 'unclear' },
  now: Date,
): HealthState {
  // A definite answer of Evolution about all its instances: there is nothing to wait for.
  if (observed.kind === 'silent' && observed.why === 'unlicensed')
    return previous.status === 'banned'
      ? { ...previous, silentRounds: 0 }
      : withStatus(previous, 'unknown', 'EVOLUTION_UNLICENSED', now)
  const silentRounds = Math.min(SILENT_ROUNDS, previous.silentRounds + 1)
  if (silentRounds < SILENT_ROUNDS || previous.status === 'banned') return { ...previous, silentRounds }
  const reasons = {
    unreachable: 'EVOLUTION_UNREACHABLE',
    unlicensed: 'EVOLUTION_UNLICENSED',
    wrong_key: 'EVOLUTION_REFUSES_KEY',
    not_understood: 'EVOLUTION_UNCLEAR',
  } as const
  // After an outage Evolution may answer without its instances for a while: the same trouble, reported once.
  if (observed.kind === 'unclear' && previous.status === 'unknown' && previous.reason !== null)
    return { ...previous, silentRounds }
  const reason = observed.kind === 'silent' ? reasons[observed.why] : 'EVOLUTION_UNCLEAR'
  return { ...withStatus(previous, 'unknown', reason, now), silentRounds }
}

function afterOpen(previous: HealthState, blinked: boolean, now: Date): HealthState {
  const wasUp = previous.status === 'connected'
  const counted = blinked && wasUp ? withFall(previous, now) : previous
  const isWrongPhone = wasUp && previous.reason === 'WRONG_PHONE'
  const reason = isWrongPhone ? 'WRONG_PHONE' : isFlapping(counted, now) ? 'FLAPPING' : null
  return {
    ...withStatus(counted, 'connected', reason, now),
    connectedAt: wasUp ? (previous.connectedAt ?? now) : now,
  }
}

function afterReplacing(previous: HealthState, now: Date): HealthState {
  return {
    ...withStatus(previous, 'connecting', 'REPLACED', now),
    connectedAt: previous.connectedAt ?? now,
  }
}

function afterMissing(previous: HealthState, now: Date): HealthState {
  const isCreating =
    previous.reason === 'NEVER_CONNECTED' && now.getTime() - (previous.since?.getTime() ?? 0) < CREATING_MS
  if (isCreating) return { ...previous, silentRounds: 0 }
  return ended(previous, 'disconnected', 'NOT_ON_EVOLUTION', now)
}

function afterConnecting(previous: HealthState, record: ClosingRecord | null, now: Date): HealthState {
  // While a paired number reconnects, Evolution's database still reads open; a logged-out one has ended in sessionEnd.
  if (isPaired(previous) || record?.connectionStatus === 'open') return lost(previous, 'connecting', now)
  // It connects and has no code yet: the stored state stays until there is one.
  if (isEnded(previous) && record !== null && !isShowingNewCode(previous, record, now))
    return { ...previous, silentRounds: 0 }
  if (previous.reason === 'NO_QR_CODE' && record === null) return { ...previous, silentRounds: 0 }
  return withStatus(previous, 'connecting', 'WAITING_FOR_SCAN', now)
}

/** Of a pairing that is over, Evolution connects and closes again and again while WhatsApp does not answer: its last code is no new one. */
function isShowingNewCode(previous: HealthState, record: ClosingRecord, now: Date): boolean {
  if (!isShowingCode(record, now)) return false
  if (previous.reason !== 'QR_LIMIT_REACHED' || previous.since === null) return true
  const updatedMs = Date.parse(record.updatedAt ?? '')
  return Number.isNaN(updatedMs) || updatedMs > previous.since.getTime()
}

/** A close that no recorded cause explains. */
function afterClose(previous: HealthState, record: ClosingRecord | null, now: Date): HealthState {
  // Of a session whose end is stored, the record describes that end, or is outdated.
  const inDatabase = isEnded(previous) ? undefined : record?.connectionStatus
  // Without a record a paired number may be reconnecting: an outage must not make people scan. Just after the opening the
  // record may still read `connecting`.
  const isUnread = inDatabase === undefined && previous.reason !== 'CLOSED'
  if (inDatabase === 'open' || (isPaired(previous) && (isUnread || inDatabase === 'connecting'))) {
    // Evolution flips between close and connecting while it reconnects: one status for the whole of it.
    return lost(previous, previous.status === 'connecting' ? 'connecting' : 'disconnected', now)
  }
  if (inDatabase === 'connecting' || previous.reason === 'QR_LIMIT_REACHED')
    return ended(previous, 'disconnected', 'QR_LIMIT_REACHED', now)
  if (isPaired(previous)) {
    const counted = previous.status === 'connected' ? withFall(previous, now) : previous
    return withStatus(counted, 'disconnected', 'CLOSED', now)
  }
  if (
    previous.status === 'disconnected' &&
    previous.reason !== null &&
    previous.reason !== 'NOT_ON_EVOLUTION'
  )
    return { ...previous, silentRounds: 0 }
  return withStatus(previous, 'disconnected', 'NEVER_CONNECTED', now)
}

/**
 * The end of the present session, or null when Evolution's record names none. The record of an ended session reads `close`, and
 * `connecting` once a QR code is shown again: then a number that was paired waits for a scan.
 */
function sessionEnd(
  previous: HealthState,
  state: 'connecting' | 'close',
  record: ClosingRecord | null,
): { status: Status; reason: StatusReason } | null {
  if (record === null || record.disconnection === null) return null
  const showsCode = record.connectionStatus === 'connecting' && isPaired(previous)
  const isClosed = record.connectionStatus === 'close' && state === 'close'
  if (!showsCode && !isClosed) return null
  const { at, code } = record.disconnection
  const atMs = at === null ? Number.NaN : Date.parse(at)
  const begun = previous.connectedAt ?? unseenSince(previous)
  if (begun !== null && atMs < begun.getTime() - CLOCKS_APART_MS) return null
  const cause = disconnectionCause(record.disconnection)
  if (cause === 'banned') return { status: 'banned', reason: 'BANNED' }
  if (previous.status === 'banned') return null
  if (showsCode)
    return state === 'connecting'
      ? { status: 'connecting', reason: 'WAITING_FOR_SCAN' }
      : { status: 'disconnected', reason: 'QR_LIMIT_REACHED' }
  if (cause === 'logged_out_by_phone') return { status: 'disconnected', reason: 'LOGGED_OUT_BY_PHONE' }
  // After the last code of a pairing by phone number Baileys logs in as that number, which is not paired.
  const showedCode = previous.reason === 'WAITING_FOR_SCAN' || previous.reason === 'QR_LIMIT_REACHED'
  if (cause === 'login_refused' && showedCode) return { status: 'disconnected', reason: 'QR_LIMIT_REACHED' }
  if (cause === 'login_refused') return { status: 'disconnected', reason: 'LOGIN_REFUSED' }
  if (cause === 'logged_out_by_us' || code === 401) return { status: 'disconnected', reason: 'LOGGED_OUT' }
  return null
}

/** Where the end of a session is stored, only a later session can have ended in another way. */
function unseenSince(previous: HealthState): Date | null {
  return isEnded(previous) && previous.reason !== 'NEVER_CONNECTED' ? previous.since : null
}

/** The connection is down and Evolution tries to restore it. */
function lost(previous: HealthState, status: 'connecting' | 'disconnected', now: Date): HealthState {
  const counted = previous.status === 'connected' ? withFall(previous, now) : previous
  const sinceMs = (isLost(previous) ? previous.since?.getTime() : undefined) ?? now.getTime()
  const isTooLong = previous.reason === 'RECONNECTING_TOO_LONG' || now.getTime() - sinceMs > TOO_LONG_MS
  const reason = isTooLong ? 'RECONNECTING_TOO_LONG' : isFlapping(counted, now) ? 'FLAPPING' : 'RECONNECTING'
  return withStatus(counted, status, reason, now)
}

/** Adds a fall; the third within the time makes it flapping. A restart that was made through us is none. */
function withFall(previous: HealthState, now: Date): HealthState {
  const { fallBefore, lastFall, restartUntil } = previous
  if (restartUntil != null && now < restartUntil) return previous
  const isThird = fallBefore !== null && now.getTime() - fallBefore.getTime() <= FLAPPING_MS
  return {
    ...previous,
    reason: isThird ? 'FLAPPING' : previous.reason,
    fallBefore: lastFall,
    lastFall: now,
  }
}

/** Flapping lasts, up or down, until ten minutes without a fall. */
function isFlapping({ reason, lastFall }: HealthState, now: Date): boolean {
  return reason === 'FLAPPING' && lastFall !== null && now.getTime() - lastFall.getTime() < FLAPPING_MS
}

function withStatus(
  previous: HealthState,
  status: Status,
  reason: StatusReason | null,
  now: Date,
): HealthState {
  const since = status === previous.status ? (previous.since ?? now) : now
  return { ...previous, status, reason, since, silentRounds: 0 }
}

/** The session is over: the next connection needs a scan. */
function ended(previous: HealthState, status: Status, reason: StatusReason, now: Date): HealthState {
  return { ...withStatus(previous, status, reason, now), connectedAt: null }
}
