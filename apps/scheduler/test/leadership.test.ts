import { type LeaseAnswer, silentLog } from '@zapfleet/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LEASE_MS, seekLeadership, TRY_EVERY_MS } from '../src/leadership.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const passed = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

const ours: LeaseAnswer = { held: true, holder: 'us', expiresInMs: LEASE_MS }
const theirs = (expiresInMs: number): LeaseAnswer => ({ held: false, holder: 'them', expiresInMs })

/** Requests the lease with answers that the test gives; `story` is the result, with the seconds. */
function seek(hold: () => Promise<LeaseAnswer>) {
  const startedAtMs = performance.now()
  const story: string[] = []
  const record = (word: string) => () => {
    story.push(`${word} at ${(performance.now() - startedAtMs) / 1_000} s`)
  }
  const tries: number[] = []
  const release = vi.fn(async () => {})
  const leadership = seekLeadership({
    hold: () => {
      tries.push((performance.now() - startedAtMs) / 1_000)
      return hold()
    },
    release,
    onGained: record('gained'),
    onLost: record('lost'),
    log: silentLog,
  })
  return { leadership, story, tries, release }
}

it('leads as long as it renews, each 5 s, and releases the lease once when it stops', async () => {
  const { leadership, story, tries, release } = seek(async () => ours)
  await passed(21_000)
  expect(story).toEqual(['gained at 0 s'])
  expect(tries).toEqual([0, 5, 10, 15, 20])
  expect(leadership.leading()).toBe(true)
  await leadership.stop()
  await leadership.stop()
  expect(release).toHaveBeenCalledTimes(1)
  expect(leadership.leading()).toBe(false)
  await passed(60_000)
  expect(tries).toHaveLength(5)
  expect(story).toEqual(['gained at 0 s'])
})

it('stops leading long before another can take its lease when renewals fail or hang, and leads again when they succeed', async () => {
  for (const broken of [() => Promise.reject(new Error('away')), () => new Promise<never>(() => {})]) {
    let answer: () => Promise<LeaseAnswer> = async () => ours
    const { leadership, story } = seek(() => answer())
    await passed(6_000)
    answer = broken
    await passed(30_000)
    // The last renewal was sent at 5 s; the lease itself ends at 25 s.
    expect(story).toEqual(['gained at 0 s', 'lost at 15 s'])
    expect(leadership.leading()).toBe(false)
    void leadership.stop()
  }

  let answer: () => Promise<LeaseAnswer> = async () => {
    throw new Error('away')
  }
  const { leadership, story } = seek(() => answer())
  await passed(7_000)
  answer = async () => ours
  await passed(7_000)
  expect(story).toEqual(['gained at 10 s'])
  await leadership.stop()
})

it('does not start to lead on an answer that took 10 s', async () => {
  const { leadership, story } = seek(() => new Promise((resolve) => setTimeout(() => resolve(ours), 10_000)))
  await passed(60_000)
  expect(story).toEqual([])
  void leadership.stop()
})

it('waits while another leads, and tries again at the very end of the other’s lease', async () => {
  const endsAtMs = performance.now() + 12_400
  const { leadership, story, tries } = seek(async () => {
    const leftMs = endsAtMs - performance.now()
    return leftMs > 0 ? theirs(leftMs) : ours
  })
  await passed(20_000)
  expect(tries.slice(0, 4)).toEqual([0, TRY_EVERY_MS / 1_000, 10, 12.45])
  expect(story).toEqual(['gained at 12.45 s'])
  await leadership.stop()
})

it('stops leading at once when another leads', async () => {
  let answer: LeaseAnswer = ours
  const { leadership, story } = seek(async () => answer)
  await passed(1_000)
  answer = theirs(LEASE_MS)
  await passed(4_000)
  expect(story).toEqual(['gained at 0 s', 'lost at 5 s'])
  await leadership.stop()
})

it('releases a lease whose answer is still in flight when it stops', async () => {
  const { leadership, story, release } = seek(
    () => new Promise((resolve) => setTimeout(() => resolve(ours), 300)),
  )
  const stopped = leadership.stop()
  await passed(299)
  expect(release).not.toHaveBeenCalled()
  await passed(1)
  await stopped
  expect(release).toHaveBeenCalledTimes(1)
  expect(story).toEqual([])
})
