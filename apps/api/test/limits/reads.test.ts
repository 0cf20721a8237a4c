import { describe, expect, it } from 'vitest'
import { AT_ONCE, keepReads, WAITING } from '../../src/limits/reads.ts'

const BOT = { id: 'bot', role: 'bot', label: 'a bot' } as const
const OTHER = { id: 'other', role: 'bot', label: 'another' } as const

/** A read that runs until the test ends it. */
function heldRead() {
  const started: ((answer: number) => void)[] = []
  return { started, run: () => new Promise<number>((resolve) => started.push(resolve)) }
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 1))

describe('reads of one key', () => {
  it('share one run when they are equal, which begins after the last of them arrived', async () => {
    const { started, run } = heldRead()
    const keeper = keepReads(() => {})
    const first = keeper.read(BOT, 'list', {}, run)
    const later = Array.from({ length: 50 }, () => keeper.read(BOT, 'list', {}, run))
    await turn()
    expect(started).toHaveLength(1)
    started[0]?.(1)
    expect(await first).toBe(1)
    await turn()
    expect(started).toHaveLength(2)
    const last = keeper.read(BOT, 'list', {}, run)
    started[1]?.(2)
    expect(await Promise.all(later)).toEqual(Array(50).fill(2))
    await turn()
    expect(started).toHaveLength(3)
    started[2]?.(3)
    expect(await last).toBe(3)
  })

  it('run few at once, and delay no other key', async () => {
    const { started, run } = heldRead()
    const keeper = keepReads(() => {})
    const reads = Array.from({ length: 20 }, (_, n) => keeper.read(BOT, 'get', { n }, run))
    expect(started).toHaveLength(AT_ONCE)
    const others = keeper.read(OTHER, 'get', { n: 0 }, run)
    expect(started).toHaveLength(AT_ONCE + 1)
    for (let n = 0; n < 21; n++) {
      started[n]?.(n)
      await turn()
    }
    await Promise.all([...reads, others])
    expect(started).toHaveLength(21)
  })

  it('are refused when too many wait, until a moment that clients wait for, and continue after a failure', async () => {
    let refused = 0
    const { started, run } = heldRead()
    const keeper = keepReads(() => refused++)
    const reads = Array.from({ length: AT_ONCE + WAITING }, () => keeper.read(BOT, 'get', {}, run))
    const calledAt = Date.now()
    const refusal = await keeper.read(BOT, 'get', {}, run).catch((error) => error)
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', availableAt: expect.any(Date) })
    expect(refusal.availableAt.getTime()).toBeGreaterThan(calledAt)
    expect(refused).toBe(1)
    started[0]?.(1)
    await turn()
    started[1]?.(2)
    await Promise.all(reads)
    await expect(keeper.read(BOT, 'get', {}, () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect(await keeper.read(BOT, 'get', {}, async () => 7)).toBe(7)
  })
})
