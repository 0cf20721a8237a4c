import { expect, test } from 'vitest'

const { readIdleShare, testWorkers } = (await import(
  new URL('../tools/scripts/test-workers.mjs', import.meta.url).href
)) as { readIdleShare(): Promise<number>; testWorkers(cores: number, idleShare: number): number }

test.each([
  [1, 1, 4],
  [2, 1, 8],
  [2, 0.6, 8],
  [2, 0.59, 4],
  [2, 0, 4],
  [4, 1, 16],
  [32, 1, 16],
  [32, 0, 16],
  [0, 1, 4],
])('%i cores, of whose time %f is idle, run %i files at once', (cores, idle, workers) => {
  expect(testWorkers(cores, idle)).toBe(workers)
})

test('the idle share of this machine is between 0 and 1', async () => {
  const share = await readIdleShare()
  expect(share).toBeGreaterThanOrEqual(0)
  expect(share).toBeLessThanOrEqual(1)
})
