import { describe, expect, test } from 'vitest'
import { readArguments } from '../src/arguments.ts'

describe('the command line', () => {
  test('runs everything without options', () => {
    expect(readArguments([], undefined)).toEqual({
      short: false,
      only: null,
      rounds: null,
      processes: 4,
      flushMs: null,
      historyRows: 0,
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

  test('takes one flush for all, also that of the disk as it is', () => {
    expect(readArguments(['--flush-ms', '5'], undefined).flushMs).toBe(5)
    expect(readArguments(['--flush-ms', '0'], undefined).flushMs).toBe(0)
  })

  test('reports what was expected for an invalid option', () => {
    expect(() => readArguments(['--only', '17'], undefined)).toThrow(/1 to 16; it was given "17"/)
    expect(() => readArguments(['--only', '0'], undefined)).toThrow(/1 to 16; it was given "0"/)
    expect(() => readArguments(['--only', '15'], undefined)).toThrow(/needs --history/)
    expect(() => readArguments(['--history', '10'], undefined)).toThrow(
      /from 100000 to 100000000; it was given "10"/,
    )
    expect(readArguments(['--rounds', '25'], undefined).rounds).toBe(25)
    expect(() => readArguments(['--rounds', '0'], undefined)).toThrow(/from 1 to 50; it was given "0"/)
    expect(() => readArguments(['--processes', '1'], undefined)).toThrow(/from 2 to 16; it was given "1"/)
    expect(() => readArguments(['--flush-ms', '2.5'], undefined)).toThrow(/from 0 to 100; it was given "2.5"/)
    expect(() => readArguments(['--redis', 'localhost'], undefined)).toThrow(/redis:\/\/127\.0\.0\.1:6379/)
    expect(() => readArguments(['--long'], undefined)).toThrow(/--long/)
  })
})
