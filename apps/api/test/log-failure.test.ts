import { FleetError, type Log } from '@zapfleet/core'
import { expect, it } from 'vitest'
import { makeFailureLog } from '../src/log-failure.ts'

type Line = { level: keyof Log; details: Record<string, unknown>; message: string }

function listen(): { log: Log; lines: Line[] } {
  const lines: Line[] = []
  const at = (level: keyof Log) => (details: object, message: string) =>
    void lines.push({ level, details: details as Record<string, unknown>, message })
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

const place = { call: 'reservation.reserve', requestId: 'r1' }

it('tells of a full fleet once in ten seconds, with the number of refusals since', () => {
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

it('gives what a human must see the level error, with its cause, and callers’ mistakes only debug', () => {
  const { log, lines } = listen()
  const logFailure = makeFailureLog(log)
  const cause = new Error('inside')
  logFailure(new FleetError('UNEXPECTED', 'hidden', { cause }), place)
  logFailure(new FleetError('EVOLUTION_UNREACHABLE', 'away'), place)
  logFailure(new FleetError('INVALID_INPUT', 'bad'), place)
  expect(lines.map((line) => line.level)).toEqual(['error', 'warn', 'debug'])
  expect(lines[0]?.details).toMatchObject({ call: 'reservation.reserve', requestId: 'r1', err: cause })
})
