import type { ClosingRecord, HealthState, Observation } from '../../src/health/health-state.ts'

/** The moment of every reading in a table, where none is given. */
export const NOW = new Date('2026-03-10T12:00:00Z')

export const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000)

/** A number that has been connected for an hour, with the given fields. */
export const healthState = (given: Partial<HealthState> = {}): HealthState => ({
  status: 'connected',
  reason: null,
  since: before(3600),
  connectedAt: given.status === undefined || given.status === 'connected' ? before(3600) : null,
  silentRounds: 0,
  fallBefore: null,
  lastFall: null,
  ...given,
})

export const open: Observation = { kind: 'state', state: 'open', blinked: false }
export const blinked: Observation = { kind: 'state', state: 'open', blinked: true }
export const connecting = (record: ClosingRecord | null = null): Observation => ({
  kind: 'state',
  state: 'connecting',
  record,
})
export const close = (record: ClosingRecord | null = null): Observation => ({
  kind: 'state',
  state: 'close',
  record,
})
export const missing: Observation = { kind: 'missing' }
export const unclear: Observation = { kind: 'unclear', word: null }
export const unreachable: Observation = { kind: 'silent', why: 'unreachable' }

/** The record in Evolution's database beside the live state; the end of a session is 5 s ago by default. */
export const record = (
  connectionStatus: string | null,
  code?: number,
  message: string | null = null,
  at: Date | null = before(5),
): ClosingRecord => ({
  connectionStatus,
  disconnection: code === undefined ? null : { code, message, at: at?.toISOString() ?? null },
})
