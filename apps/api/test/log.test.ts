import { FleetError, type Log } from '@zapfleet/core'
import { expect, it, vi } from 'vitest'
import { makeFailureLog } from '../src/log.ts'

type Line = { level: keyof Log; details: Record<string, unknown>; message: string }

function listen(): { log: Log; lines: Line[] } {
  const lines: Line[] = []
  const at = (level: keyof Log) => (details: object, message: string) =>
    void lines.push({ level, details: details as Record<string, unknown>, message })
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

const place = { call: 'reservation.reserve', requestId: 'r1' }

it('logs a full fleet once in ten seconds, with the number of refusals since', () => {
  const { log, lines } = listen()
  let nowMs = 1_000
  const logFailure = makeFailureLog(log, () => nowMs)
  const full = new FleetError('NO_CAPACITY', 'full', { reasons: { HOURLY_LIMIT: 3 } })
  for (let n = 0; n < 50; n += 1) logFailure(full, place)
  expect(lines).toHaveLength(1)
  nowMs += 10_000
  logFailure(full, place)
  expect(lines.map((line) => [line.level, line.details.refused])).toEqual([
    ['info', 1],
    ['info', 50],
  ])
})

it('logs problems for a person at the level error, with the cause, and mistakes of callers only at debug', () => {
  const { log, lines } = listen()
  const logFailure = makeFailureLog(log)
  const cause = new Error('inside')
  logFailure(new FleetError('UNEXPECTED', 'hidden', { cause }), place)
  logFailure(new FleetError('EVOLUTION_UNREACHABLE', 'away'), place)
  logFailure(new FleetError('INVALID_INPUT', 'bad'), place)
  expect(lines.map((line) => line.level)).toEqual(['error', 'warn', 'debug'])
  expect(lines[0]?.details).toMatchObject({ call: 'reservation.reserve', requestId: 'r1', err: cause })
})

it.each(['DATABASE_UNAVAILABLE', 'EVOLUTION_REFUSED', 'OVERLOADED', 'UNEXPECTED'] as const)(
  'writes one line with a stack for many errors of %s, and one with the count at their end',
  (code) => {
    vi.useFakeTimers()
    try {
      const { log, lines } = listen()
      const logFailure = makeFailureLog(log)
      for (let n = 0; n < 500; n += 1)
        logFailure(new FleetError(code, 'away'), { ...place, requestId: `r${n}` })
      expect(lines.map((line) => line.details.count)).toEqual([1])
      logFailure(new FleetError(code, 'away'), { ...place, call: 'instance.list' })
      expect(lines.map((line) => line.details.call)).toEqual(['reservation.reserve', 'instance.list'])
      vi.advanceTimersByTime(10_000)
      expect(lines.map((line) => line.details.count)).toEqual([1, 1, 499])
      expect(lines.at(-1)?.details.requestIds).toHaveLength(20)
      vi.advanceTimersByTime(60_000)
      expect(lines).toHaveLength(3)
      logFailure(new FleetError(code, 'away'), place)
      expect(lines).toHaveLength(4)
    } finally {
      vi.useRealTimers()
    }
  },
)

it('quotes no text of a caller', () => {
  const { log, lines } = listen()
  const logFailure = makeFailureLog(log)
  for (const code of ['INVALID_INPUT', 'NOT_FOUND', 'CONFLICT', 'INVALID_STATE'] as const)
    logFailure(new FleetError(code, 'There is no instance "Maria Silva".'), place)
  expect(JSON.stringify(lines)).not.toContain('Maria')
})
