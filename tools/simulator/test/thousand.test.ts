import { describe, expect, it } from 'vitest'
import { type OpenSimulator, openSimulator, soon } from './open-simulator.ts'

const NAMES = Array.from({ length: 1000 }, (_, n) => `n${n}`)

// The test runner has a few timers of its own.
const FEW = 10

/** Timers that keep the process busy: the simulator's and the test runner's, without HTTP's own. */
const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

async function openThousand(): Promise<OpenSimulator> {
  // Real time: no timer may expire during the count.
  const simulator = await openSimulator({ timeScale: 1 })
  for (const name of NAMES) simulator.control.addInstance({ name })
  return simulator
}

/** The number of instances in each state, read one by one, twenty at a time. */
async function readStates({ call }: OpenSimulator): Promise<Record<string, number>> {
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
  it('are added and read without a timer for idle ones', async () => {
    const before = timers()
    const simulator = await openThousand()
    expect(timers()).toBeLessThan(before + FEW)
    expect(await readStates(simulator)).toEqual({ open: 1000 })
    expect(timers()).toBeLessThan(before + FEW)
  })

  it('that lost their connections reconnect by one timer for all', async () => {
    const before = timers()
    const simulator = await openThousand()
    simulator.control.whatsappOutage(true)
    expect(timers()).toBeLessThan(before + FEW)
    await soon(() => simulator.control.instances().filter((one) => one.memory === 'connecting').length).toBe(
      1000,
    )
    expect(timers()).toBeLessThan(before + FEW)
    simulator.control.whatsappOutage(false)
    expect(simulator.control.instances().every((one) => one.memory === 'open')).toBe(true)
  })

  it('have a timer each only while they show QR codes, which live 45 s', async () => {
    const before = timers()
    const { control } = await openSimulator({ timeScale: 1 })
    for (const name of NAMES) control.addInstance({ name, state: 'connecting' })
    expect(timers()).toBeGreaterThan(before + 1000 - FEW)
    for (const name of NAMES) control.scan(name)
    expect(timers()).toBeLessThan(before + FEW)
  })
})
