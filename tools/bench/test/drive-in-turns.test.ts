import { expect, test } from 'vitest'
import { driveInTurns, type Way } from '../src/load/drive-in-turns.ts'

const PLAN = { callers: 3, warmUpMs: 5, turns: 2, turnMs: 20, changeMs: 20 }
const running = new AbortController().signal

test('two ways take turns, and each has the calls, failures and cost of its own turns', async () => {
  const ways: Way[] = []
  let calls = 0
  const call = async (): Promise<void> => {
    const isSecond = ways.at(-1) === 1
    await new Promise(setImmediate)
    calls++
    if (isSecond) throw new Error(`call ${calls}`)
  }
  const readUsage = async () => ({ processUs: calls * 100, databaseUs: null, walBytes: calls * 7 })
  const [first, second] = await driveInTurns(
    call,
    { ...PLAN, change: (way) => ways.push(way), readUsage },
    running,
  )
  expect(ways).toEqual([0, 1, 1, 0])
  expect(first).toMatchObject({ errors: 0, firstError: null })
  expect(first.calls).toBeGreaterThan(0)
  expect(first.perSecond).toBeGreaterThan(0)
  expect(first.cost?.processUs).toBeCloseTo(100)
  expect(first.cost?.walBytes).toBeCloseTo(7)
  expect(first.cost?.databaseUs).toBeNull()
  expect(second).toMatchObject({ calls: 0, perSecond: 0, p50Ms: null, cost: undefined })
  expect(second.errors).toBeGreaterThan(0)
  expect(second.firstError).toMatch(/^call \d+$/)
})

test('without turns it only warms up, and an abort ends it with all its callers', async () => {
  const idle = { processUs: 0, databaseUs: 0, walBytes: 0 }
  let open = 0
  const call = async (): Promise<void> => {
    open++
    await new Promise(setImmediate)
    open--
  }
  const change = (): void => {}
  const drive = (turns: number, signal: AbortSignal) =>
    driveInTurns(call, { ...PLAN, turns, change, readUsage: async () => idle }, signal)
  expect(await drive(0, running)).toMatchObject([{ calls: 0 }, { calls: 0 }])
  const stop = new AbortController()
  const stopped = drive(1_000, stop.signal)
  setTimeout(() => stop.abort(), 60)
  await expect(stopped).rejects.toThrow(/abort/i)
  expect(open).toBe(0)
})
