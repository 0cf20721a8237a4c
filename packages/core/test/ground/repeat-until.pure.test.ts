import { expect, test } from 'vitest'
import { silentLog } from '../../src/ground/log.ts'
import { repeatUntil } from '../../src/ground/repeat-until.ts'

const HOUR_MS = 3_600_000
const options = { everyMs: HOUR_MS, failed: 'it failed', log: silentLog }

test('works at once, and ends while it rests', async () => {
  const ending = new AbortController()
  let turns = 0
  const ended = repeatUntil(ending.signal, options, async () => {
    turns++
    setImmediate(() => ending.abort())
  })
  await ended
  expect(turns).toBe(1)
})

test('a wake ends the rest, one during a turn makes another follow, and none is left at the end', async () => {
  const ending = new AbortController()
  const wakes = new Set<() => void>()
  const wakeAll = (): void => {
    for (const wake of wakes) wake()
  }
  let turns = 0
  const onWake = (wake: () => void) => {
    wakes.add(wake)
    return () => wakes.delete(wake)
  }
  await repeatUntil(ending.signal, { ...options, onWake }, async () => {
    turns++
    if (turns === 1) wakeAll()
    if (turns === 2) setImmediate(wakeAll)
    if (turns === 3) ending.abort()
  })
  expect(turns).toBe(3)
  expect(wakes.size).toBe(0)
})

test('the time of a rest is read after each turn, and a failed turn is followed by another', async () => {
  const ending = new AbortController()
  let turns = 0
  const read: number[] = []
  const everyMs = () => {
    read.push(turns)
    return 0
  }
  await repeatUntil(ending.signal, { ...options, everyMs }, async () => {
    turns++
    if (turns === 3) ending.abort()
    throw new Error('refused')
  })
  expect(turns).toBe(3)
  expect(read).toEqual([1, 2])
})
