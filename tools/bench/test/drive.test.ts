import { expect, test } from 'vitest'
import { costOf, drive } from '../src/load/drive.ts'
import { readPgbench } from '../src/peers/pgbench.ts'

const running = new AbortController().signal

test('every caller makes a call even without time left, and only calls of the measured part count', async () => {
  const seen: number[] = []
  const call = async (caller: number): Promise<void> => {
    seen.push(caller)
  }
  const measured = await drive(call, { callers: 3, warmUpMs: 0, measuredMs: 0, warmUpCallers: 1 }, running)
  expect(seen).toEqual([0, 0, 1, 2])
  expect(measured).toMatchObject({ calls: 3, errors: 0, firstError: null })
  expect(measured.perSecond).toBeGreaterThan(0)
})

test('failed calls are counted separately, with the message of the first', async () => {
  let calls = 0
  const call = async (): Promise<void> => {
    calls++
    if (calls > 1) throw new Error(`call ${calls}`)
  }
  const measured = await drive(call, { callers: 3, warmUpMs: 0, measuredMs: 0, warmUpCallers: 1 }, running)
  expect(measured).toMatchObject({ calls: 0, errors: 3, firstError: 'call 2', perSecond: 0, p50Ms: null })
})

test('the cost of a call is what the measured part alone used, by successful call', async () => {
  let calls = 0
  const call = async (): Promise<void> => {
    calls++
    if (calls === 4) throw new Error('refused')
  }
  const readUsage = async () => ({
    processUs: calls * 100,
    databaseUs: new Map([['7', calls * 10]]),
    walBytes: calls * 1_000,
  })
  const measured = await drive(call, { callers: 3, warmUpMs: 0, measuredMs: 0, readUsage }, running)
  expect(measured).toMatchObject({ calls: 2, errors: 1 })
  expect(measured.cost).toEqual({ processUs: 150, databaseUs: 15, walBytes: 1_500 })
})

test('processes of the database that began or ended in between do not distort the cost', () => {
  const before = {
    processUs: 0,
    databaseUs: new Map([
      ['1', 50],
      ['2', 900],
    ]),
    walBytes: 0,
  }
  const after = {
    processUs: 20,
    databaseUs: new Map([
      ['1', 60],
      ['3', 10],
    ]),
    walBytes: 40,
  }
  expect(costOf(before, after, 2)).toEqual({ processUs: 10, databaseUs: 10, walBytes: 20 })
  expect(costOf(before, { ...after, databaseUs: null }, 2)?.databaseUs).toBeNull()
  expect(costOf(before, after, 0)).toBeUndefined()
})

test('a stretch ends when it is aborted, whatever its planned duration', async () => {
  const stop = new AbortController()
  let calls = 0
  const call = async (): Promise<void> => {
    if (++calls === 10) stop.abort()
  }
  await drive(call, { callers: 1, warmUpMs: 3_600_000, measuredMs: 3_600_000 }, stop.signal)
  expect(calls).toBe(11)
})

test('the first second and the connecting of pgbench do not count', () => {
  const stdout = `number of transactions actually processed: 2500
number of failed transactions: 0 (0.000%)
latency average = 25.6 ms
initial connection time = 500.000 ms
tps = 1000.000000 (without initial connection time)`
  const stderr = 'progress: 1.0 s, 500.0 tps, lat 60.0 ms stddev 20.0\nprogress: 2.0 s, 1000.0 tps'
  expect(readPgbench(stdout, stderr)).toEqual({
    calls: 2000,
    errors: 0,
    firstError: null,
    perSecond: 1000,
    p50Ms: null,
  })
  const none = stdout.replace('2500', '0').replace('1000.000000', '0.000000')
  expect(readPgbench(none, 'progress: 2.2 s, 0.0 tps')).toBeNull()
  expect(() => readPgbench('', 'fatal: no such table')).toThrow(/no such table/)
})
