import { expect, it } from 'vitest'
import { resealAll } from '../../src/ground/reseal-all.ts'
import { createSealer } from '../../src/ground/seal.ts'

const OLD = 'the-secret-before-0123456789-abcdef'
const NEW = 'the-present-secret-0123456789-abcde'

it('encrypts the others anew where one text is damaged, and reports that', async () => {
  const before = createSealer(OLD)
  const sealer = createSealer(NEW, OLD)
  const damaged = before.seal('two', 'row:another')
  const rows = [
    { name: 'one', sealed: before.seal('one', 'row:one') },
    { name: 'two', sealed: damaged },
    { name: 'three', sealed: before.seal('three', 'row:three') },
    { name: 'four', sealed: null },
    { name: 'five', sealed: sealer.seal('five', 'row:five') },
  ]
  const stored = new Map<string, string>()
  const resealing = resealAll(
    sealer,
    rows,
    (name) => `row:${name}`,
    async (name, _sealed, fresh) => {
      stored.set(name, fresh)
      return { count: 1 }
    },
  )
  await expect(resealing).rejects.toMatchObject({ code: 'INVALID_STATE' })
  const present = createSealer(NEW)
  expect([...stored].map(([name, fresh]) => [name, present.open(fresh, `row:${name}`)])).toEqual([
    ['one', 'one'],
    ['three', 'three'],
  ])
})
