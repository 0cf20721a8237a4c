import { expect, it, vi } from 'vitest'
import { DatabaseError } from '../../src/ground/database-error.ts'
import { repeatUndone } from '../../src/ground/repeat-undone.ts'

const deadlock = new DatabaseError({ code: '40P01' })

it('repeats a statement that a deadlock undid', async () => {
  const run = vi
    .fn()
    .mockRejectedValueOnce(deadlock)
    .mockRejectedValueOnce(deadlock)
    .mockResolvedValue('done')
  expect(await repeatUndone(run)).toBe('done')
  expect(run).toHaveBeenCalledTimes(3)
})

it('throws the error of the fourth attempt', async () => {
  const run = vi.fn().mockRejectedValue(deadlock)
  await expect(repeatUndone(run)).rejects.toBe(deadlock)
  expect(run).toHaveBeenCalledTimes(4)
})

it.each([
  new DatabaseError({ code: 'ECONNRESET' }),
  new DatabaseError({ code: '23505' }),
  new Error('no row'),
])('throws every other error at once: %s', async (error) => {
  const run = vi.fn().mockRejectedValue(error)
  await expect(repeatUndone(run)).rejects.toBe(error)
  expect(run).toHaveBeenCalledTimes(1)
})
