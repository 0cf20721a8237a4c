import { createInstanceInput, updateInstanceInput } from '@zapfleet/core'
import { describe, expect, it } from 'vitest'
import type { ZodError } from 'zod'
import { inputSentence } from '../src/errors/input-sentence.ts'
import { listInput } from '../src/procedures/instance-schemas.ts'
import { reservationIdInput, reserveInput } from '../src/procedures/reservation.ts'

function sentence(
  schema: { safeParse(input: unknown): { error?: ZodError | undefined } },
  input: unknown,
): string {
  const { error } = schema.safeParse(input)
  if (error === undefined) throw new Error(`${JSON.stringify(input)} was accepted`)
  return inputSentence(error, input)
}

describe('a refused input, as a sentence', () => {
  it('names what was expected and what was received', () => {
    expect(sentence(createInstanceInput, { name: 'a', hourlyCapacity: -1 })).toBe(
      'Invalid input: hourlyCapacity: expected at least 0, got -1.',
    )
    expect(sentence(createInstanceInput, { name: 'a', priority: 101 })).toBe(
      'Invalid input: priority: expected at most 100, got 101.',
    )
    expect(sentence(createInstanceInput, { name: 'a', dailyCapacity: 1.5 })).toBe(
      'Invalid input: dailyCapacity: expected a whole number, got 1.5.',
    )
    expect(sentence(reservationIdInput, { id: 'x' })).toBe('Invalid input: id: expected a UUID, got "x".')
  })

  it('names what a pattern expects', () => {
    expect(
      sentence(updateInstanceInput, { name: 'a', hours: [{ days: ['mon'], from: '24:00', to: '24:00' }] }),
    ).toContain('hours[0].from: expected a time of day, HH:MM, got "24:00"')
  })

  it('names the missing field', () => {
    expect(sentence(createInstanceInput, {})).toBe('Invalid input: name: expected a string, got nothing.')
    expect(sentence(createInstanceInput, undefined)).toBe('Invalid input: expected an object, got nothing.')
  })

  it('names unknown fields and fields deep inside', () => {
    expect(sentence(reserveInput, { contact: 'c' })).toBe('Invalid input: unknown field "contact".')
    expect(sentence(reserveInput, { exclude: ['a', 7] })).toBe(
      'Invalid input: exclude[1]: expected a string, got 7.',
    )
    expect(sentence(listInput, { status: ['open'] })).toBe(
      'Invalid input: status[0]: expected one of "connected", "connecting", "disconnected", "banned", "unknown", got "open".',
    )
  })

  it('counts what is too many, and shortens what is too long', () => {
    expect(sentence(reserveInput, { exclude: Array.from({ length: 101 }, () => 'a') })).toBe(
      'Invalid input: exclude: expected at most 100 items, got 101.',
    )
    expect(sentence(reserveInput, { strategy: 'x'.repeat(1000) }).length).toBeLessThan(200)
  })

  it('lists five problems and counts the rest', () => {
    const exclude = Array.from({ length: 9 }, () => 1)
    expect(sentence(reserveInput, { exclude })).toMatch(/exclude\[4\].*; and 4 more\.$/)
  })

  it('handles a field that every object has', () => {
    expect(sentence(updateInstanceInput, { name: 'a', paused: 'yes', constructor: 1 })).toContain(
      'unknown field "constructor"',
    )
  })
})
