import { expect, it, vi } from 'vitest'
import { openBackground } from '../../src/ground/background.ts'
import { silentLog } from '../../src/ground/log.ts'

it('logs what the work throws', async () => {
  const warn = vi.fn()
  const background = openBackground()
  const error = new Error('no')
  background.start({ ...silentLog, warn }, 'it failed', () => Promise.reject(error))
  await vi.waitFor(() => expect(warn).toHaveBeenCalledWith({ err: error }, 'it failed'))
})

it('aborts the work when it closes, waits for its end, and starts nothing afterwards', async () => {
  const warn = vi.fn()
  const log = { ...silentLog, warn }
  const background = openBackground()
  let ended = false
  background.start(log, 'it failed', async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    ended = true
    signal.throwIfAborted()
  })
  await background.close()
  expect(ended).toBe(true)
  const later = vi.fn(async () => {})
  background.start(log, 'it failed', later)
  expect(later).not.toHaveBeenCalled()
  expect(warn).not.toHaveBeenCalled()
})
