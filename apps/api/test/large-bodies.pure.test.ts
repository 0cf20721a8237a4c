import { expect, it } from 'vitest'
import { keepLargeBodies } from '../src/limits/large-bodies.ts'

const started = async (taken: Promise<unknown>): Promise<boolean> =>
  Promise.race([taken.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))])

it('bodies have room up to its bytes; the next one waits until enough is given back', async () => {
  const bodies = keepLargeBodies({ roomBytes: 10 })
  const first = await bodies.take(6)
  const second = await bodies.take(4)
  const third = bodies.take(8)
  const fourth = bodies.take(1)
  second()
  // Four bytes are free: the third needs eight, and the fourth does not overtake it.
  expect([await started(third), await started(fourth)]).toEqual([false, false])
  first()
  expect([await started(third), await started(fourth)]).toEqual([true, true])
})

it('room that is given back twice is given back once', async () => {
  const bodies = keepLargeBodies({ roomBytes: 10 })
  const end = await bodies.take(6)
  await bodies.take(4)
  end()
  end()
  await bodies.take(6)
  expect(await started(bodies.take(1))).toBe(false)
})

it('a body is refused where too many wait, or after its wait, and the next one takes its turn', async () => {
  const bodies = keepLargeBodies({ roomBytes: 10, waiting: 2, waitMs: 20 })
  const end = await bodies.take(8)
  const large = bodies.take(10)
  const small = bodies.take(2)
  await expect(bodies.take(1)).rejects.toMatchObject({ code: 'OVERLOADED' })
  await expect(large).rejects.toMatchObject({
    code: 'OVERLOADED',
    message: expect.stringContaining('by url'),
  })
  await small.catch(() => {})
  end()
  await bodies.take(8)
})
