import { describe, expect, test } from 'vitest'
import { readArguments } from '../src/arguments.ts'

describe('the command line', () => {
  test('runs everything without options', () => {
    expect(readArguments([], undefined)).toEqual({
      short: false,
      only: null,
      redisUrl: null,
      jsonFile: null,
      help: false,
    })
  })

  test('accepts several goals, a file and the separator that pnpm passes through', () => {
    const read = readArguments(
      ['--', '--short', '--only', '1', '--only', '12', '--json', 'x.json'],
      undefined,
    )
    expect(read).toMatchObject({ short: true, only: [1, 12], jsonFile: 'x.json' })
  })

  test('prefers the Redis of the option to that of the environment, and reads an empty one as none', () => {
    expect(readArguments(['--redis', 'redis://a:1'], 'redis://b:2').redisUrl).toBe('redis://a:1')
    expect(readArguments([], 'redis://b:2').redisUrl).toBe('redis://b:2')
    expect(readArguments([], '').redisUrl).toBeNull()
  })

  test('reports what was expected for an invalid option', () => {
    expect(() => readArguments(['--only', '14'], undefined)).toThrow(/1 to 13; it was given "14"/)
    expect(() => readArguments(['--redis', 'localhost'], undefined)).toThrow(/redis:\/\/127\.0\.0\.1:6379/)
    expect(() => readArguments(['--long'], undefined)).toThrow(/--long/)
  })
})
