import { beforeEach, expect, it } from 'vitest'
import { createInventory, type Inventory } from '../../src/health/inventory.ts'
import { testEvolution } from '../support/evolution.ts'

const { simulator, evolution } = await testEvolution()
const { control } = simulator
const readInventory = (inventory: Inventory, names: string[], options?: { waitMs: number }) =>
  inventory.read(evolution, names, options)
const calls = (): number => control.calls({ route: '/instance/fetchInstances' }).length

beforeEach(() => {
  control.clearFaults()
  control.inventoryCost(0)
  for (const { name } of control.instances()) control.removeInstance(name)
  control.resetCalls()
})

it('makes one call at a time; calls during one share the next, which starts after it', async () => {
  for (const name of ['a', 'b', 'c']) control.addInstance({ name })
  control.inventoryCost(300)
  const here = createInventory()
  const first = readInventory(here, ['a'])
  await expect.poll(calls).toBe(1)
  control.removeInstance('b')
  const later = Promise.all([
    readInventory(here, ['a']),
    readInventory(here, ['b']),
    readInventory(here, ['c']),
  ])
  expect([...(await first).keys()]).toEqual(['a'])
  const [one, two, three] = await later
  expect([one.has('a'), two.has('b'), three.has('c')]).toEqual([true, false, true])
  expect(calls()).toBe(2)
})

it('reads one row for one name, and nothing for none', async () => {
  control.addInstance({ name: 'a' })
  control.addInstance({ name: 'b' })
  expect([...(await readInventory(createInventory(), ['a'])).keys()]).toEqual(['a'])
  expect((await readInventory(createInventory(), ['gone'])).size).toBe(0)
  control.resetCalls()
  expect((await readInventory(createInventory(), [])).size).toBe(0)
  expect(calls()).toBe(0)
})

it('passes the error of a failed call to each caller, and continues with the next', async () => {
  control.addInstance({ name: 'a' })
  control.inventoryCost(100)
  control.fault({ kind: 'status', code: 500, match: { route: '/instance/fetchInstances' }, times: 1 })
  const here = createInventory()
  const first = readInventory(here, ['a'])
  const second = readInventory(here, ['a'])
  await expect(first).rejects.toMatchObject({ code: 'EVOLUTION_REFUSED' })
  expect((await second).has('a')).toBe(true)
})

it("ends a caller's wait at its time limit, while the call continues for the others", async () => {
  control.addInstance({ name: 'a' })
  control.inventoryCost(500)
  const here = createInventory()
  const patient = readInventory(here, ['a'])
  await expect(readInventory(here, ['a'], { waitMs: 50 })).rejects.toMatchObject({
    code: 'EVOLUTION_UNREACHABLE',
  })
  expect((await patient).has('a')).toBe(true)
})
