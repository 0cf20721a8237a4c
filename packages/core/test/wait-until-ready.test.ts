import { expect, it } from 'vitest'
import { type Attempt, waitUntilReady } from '../src/fleet/wait-until-ready.ts'
import { type Log, silentLog } from '../src/index.ts'

function listening(): { log: Log; reasons: unknown[] } {
  const reasons: unknown[] = []
  return {
    reasons,
    log: { ...silentLog, warn: (details) => void reasons.push((details as { reason?: unknown }).reason) },
  }
}

function pausing(): { pause: (ms: number) => Promise<void>; pauses: number[] } {
  const pauses: number[] = []
  return { pauses, pause: async (ms) => void pauses.push(ms) }
}

/** Fails with these reasons, one after the other, then succeeds. */
function after(reasons: string[]): Attempt<string> {
  const left = [...reasons]
  return async () => {
    const reason = left.shift()
    return reason === undefined ? { ready: true, result: 'here' } : { ready: false, reason }
  }
}

it('tries again with doubling pauses, and logs each new reason once', async () => {
  const { log, reasons } = listening()
  const { pause, pauses } = pausing()
  const attempt = after(['away', 'away', 'not migrated', 'away', 'away', 'away', 'away'])
  expect(await waitUntilReady(attempt, { log, pause, signal: new AbortController().signal })).toBe('here')
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
  expect(reasons).toEqual(['away', 'not migrated', 'away'])
})

it('ends at once where waiting cannot help, or when aborted', async () => {
  const { log } = listening()
  const { pause, pauses } = pausing()
  const never = async () => {
    throw new Error('another time zone')
  }
  await expect(waitUntilReady(never, { log, pause, signal: new AbortController().signal })).rejects.toThrow(
    'time zone',
  )
  await expect(waitUntilReady(after([]), { log, pause, signal: AbortSignal.abort() })).rejects.toThrow()
  expect(pauses).toEqual([])
})
