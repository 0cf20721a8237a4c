import { type Log, silentLog } from '@zapfleet/core'
import { countTimersOf } from '@zapfleet/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { atBoundaries, byCron, cronLagMs } from '../src/timetable.ts'

let timersLeft: () => number

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-01T12:00:00.500Z') })
  timersLeft = countTimersOf('apps/scheduler/')
})
afterEach(() => {
  vi.useRealTimers()
})

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const cut = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cut)
      resolve()
    }, ms)
    signal.addEventListener('abort', cut, { once: true })
  })

describe('by cron', () => {
  it('finds midnight in the time zone of the fleet, also on the day whose midnight does not exist', async () => {
    vi.setSystemTime(new Date('2018-11-04T02:59:58.500Z'))
    // In 2018 the clocks of São Paulo went from 23:59:59 on November 3rd to 01:00 on the 4th, which is 03:00 UTC.
    const tick = vi.fn(async () => true)
    const stop = new AbortController()
    byCron('0 0 0 * * *', 'America/Sao_Paulo')(tick, stop.signal)
    expect(tick).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(tick).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(tick).toHaveBeenCalledTimes(2)
    stop.abort()
  })

  it('refuses an invalid pattern with a message', () => {
    expect(() => byCron('99 * * * *', 'America/Sao_Paulo')).toThrow('"99 * * * *" is no cron pattern')
  })

  it('computes how late a run is', () => {
    const last = new Date('2026-03-01T12:00:00.020Z')
    const late = (iso: string) => cronLagMs('*/15 * * * * *', 'America/Sao_Paulo', last, new Date(iso))
    expect(late('2026-03-01T12:00:14Z')).toBe(0)
    expect(late('2026-03-01T12:00:45.250Z')).toBe(30_250)
  })
})

describe('at boundaries of another clock', () => {
  /** A clock that is `aheadMs` before this process's, whose hours end at the same instants. */
  function hours(aheadMs: () => number) {
    return async () => {
      const atMs = Date.now() + aheadMs()
      return { at: new Date(atMs), next: new Date(Math.floor(atMs / 3_600_000 + 1) * 3_600_000) }
    }
  }

  function follow(aheadMs: () => number, outcome: () => boolean = () => true, log: Log = silentLog) {
    const ticks: string[] = []
    const stop = new AbortController()
    const tick = async () => {
      ticks.push(new Date(Date.now() + aheadMs()).toISOString())
      return outcome()
    }
    atBoundaries(hours(aheadMs), { log, pause })(tick, stop.signal)
    return { ticks, stop }
  }

  it('catches up at once and then runs at the exact boundary, however wrong the clock of the process is', async () => {
    for (const wrongMs of [0, 1_234_567, -50_000_000]) {
      vi.setSystemTime(new Date('2026-03-01T12:00:00.500Z').getTime() - wrongMs)
      const { ticks, stop } = follow(() => wrongMs)
      await vi.advanceTimersByTimeAsync(2 * 3_600_000)
      expect(ticks).toEqual([
        '2026-03-01T12:00:00.500Z',
        '2026-03-01T13:00:00.000Z',
        '2026-03-01T14:00:00.000Z',
      ])
      stop.abort()
    }
  })

  it('follows a clock that is set while it waits', async () => {
    let aheadMs = 0
    const { ticks, stop } = follow(() => aheadMs)
    await vi.advanceTimersByTimeAsync(60_000)
    aheadMs = 58 * 60_000
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ticks).toEqual(['2026-03-01T12:00:00.500Z', '2026-03-01T13:00:00.000Z'])
    stop.abort()
  })

  it('repeats a failed run each second until it succeeds', async () => {
    const outcomes = [false, false, true]
    const { ticks, stop } = follow(
      () => 0,
      () => outcomes.shift() ?? true,
    )
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ticks).toHaveLength(3)
    stop.abort()
  })

  it('continues after a clock that cannot be read, and ends when aborted', async () => {
    let away = true
    const ticks: number[] = []
    const stop = new AbortController()
    const read = hours(() => 0)
    const approach = async () => {
      if (away) throw new Error('the database is away')
      return read()
    }
    atBoundaries(approach, { log: silentLog, pause })(async () => {
      ticks.push(Date.now())
      return true
    }, stop.signal)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(ticks).toEqual([])
    away = false
    await vi.advanceTimersByTimeAsync(1_000)
    expect(ticks).toHaveLength(1)
    stop.abort()
    await vi.advanceTimersByTimeAsync(3 * 3_600_000)
    expect(ticks).toHaveLength(1)
    expect(timersLeft()).toBe(0)
  })
})
