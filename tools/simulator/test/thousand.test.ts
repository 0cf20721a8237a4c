import { describe, expect, it } from 'vitest'
import { type Door, openDoor, soon } from './door.ts'

const NAMES = Array.from({ length: 1000 }, (_, n) => `n${n}`)

// The test runner has a few timers of its own, which come and go.
const FEW = 10

/** Timers that keep the process busy: the simulator's and the test runner's, none of HTTP's own. */
const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

async function openThousand(): Promise<Door> {
  // Time as it is: nothing that waits may end unseen.
  const door = await openDoor({ timeScale: 1 })
  for (const name of NAMES) door.control.addInstance({ name })
  return door
}

/** How many instances are in each state, read one by one, twenty at a time. */
async function readStates({ call }: Door): Promise<Record<string, number>> {
  const states: Record<string, number> = {}
  const left = [...NAMES]
  const reader = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const { state } = (await call('GET', `/instance/connectionState/${name}`)).body.instance
      states[state] = (states[state] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: 20 }, reader))
  return states
}

describe('a thousand instances', () => {
  it('are added and read without a timer for the idle ones', async () => {
    const before = timers()
    const door = await openThousand()
    expect(timers()).toBeLessThan(before + FEW)
    expect(await readStates(door)).toEqual({ open: 1000 })
    expect(timers()).toBeLessThan(before + FEW)
  })

  it('that lost their lines reconnect by one timer for all of them', async () => {
    const before = timers()
    const door = await openThousand()
    door.control.whatsappOutage(true)
    expect(timers()).toBeLessThan(before + FEW)
    await soon(() => door.control.instances().filter((one) => one.memory === 'connecting').length).toBe(1000)
    expect(timers()).toBeLessThan(before + FEW)
    door.control.whatsappOutage(false)
    expect(door.control.instances().every((one) => one.memory === 'open')).toBe(true)
  })

  it('have a timer each only while they show QR codes, whose life is 45 s', async () => {
    const before = timers()
    const { control } = await openDoor({ timeScale: 1 })
    for (const name of NAMES) control.addInstance({ name, state: 'connecting' })
    expect(timers()).toBeGreaterThan(before + 1000 - FEW)
    for (const name of NAMES) control.scan(name)
    expect(timers()).toBeLessThan(before + FEW)
  })
})
