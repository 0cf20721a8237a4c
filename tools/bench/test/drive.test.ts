import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { costOf, drive } from '../src/load/drive.ts'
import { measureCost } from '../src/load/measure-cost.ts'
import type { Measured } from '../src/measured.ts'
import { readPgbench } from '../src/peers/pgbench.ts'
import { childOf, processesOf } from '../src/read-usage.ts'

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
    databaseUs: calls * 10,
    walBytes: calls * 1_000,
  })
  const measured = await drive(call, { callers: 3, warmUpMs: 0, measuredMs: 0, readUsage }, running)
  expect(measured).toMatchObject({ calls: 2, errors: 1 })
  expect(measured.cost).toEqual({ processUs: 150, databaseUs: 15, walBytes: 1_500 })
})

test('there is no cost where no call succeeded or the time of the process cannot be read', () => {
  const before = { processUs: 5, databaseUs: 50, walBytes: 0 }
  const after = { processUs: 25, databaseUs: 70, walBytes: 40 }
  expect(costOf(before, after, 2)).toEqual({ processUs: 10, databaseUs: 10, walBytes: 20 })
  expect(costOf(before, { ...after, databaseUs: null }, 2)?.databaseUs).toBeNull()
  expect(costOf(before, { ...after, processUs: null }, 2)).toBeUndefined()
  expect(costOf(before, after, 0)).toBeUndefined()
})

test('the cost of load processes is that of the measured part, with the one call that each caller makes before it', async () => {
  const parts: number[] = []
  const run = async ({ measuredMs }: { measuredMs: number }): Promise<Measured> => {
    parts.push(measuredMs)
    return { calls: 6, errors: 0, firstError: null, perSecond: 6, p50Ms: 1 }
  }
  const readUsage = async () => ({ processUs: parts.length * 80, databaseUs: null, walBytes: 0 })
  const times = { warmUpMs: 20, measuredMs: 70 }
  const measured = await measureCost(run, times, { callers: 2, readUsage })
  expect(parts).toEqual([20, 70])
  expect(measured.cost).toEqual({ processUs: 10, databaseUs: null, walBytes: 0 })
})

test.skipIf(!existsSync('/proc/self/stat'))(
  'the processor time of a child includes what it used before it ended',
  async () => {
    const script =
      'const until = performance.now() + 200; while (performance.now() < until); process.send(1); process.once("message", () => process.exit())'
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const read = childOf(child.pid ?? 0)
    await once(child, 'message')
    const running = Number(await read())
    expect(running).toBeGreaterThan(0)
    const ended = once(child, 'exit')
    child.send('end')
    await ended
    // The time of ended children is known to a hundredth of a second, user and system time each.
    expect(Number(await read())).toBeGreaterThan(running - 20_000)
    expect(Number(await processesOf([child.pid ?? 0])())).toBe(0)
  },
)

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
