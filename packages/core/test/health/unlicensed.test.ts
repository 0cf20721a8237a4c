import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  checkInstance,
  FleetError,
  getInstance,
  hintInstance,
  instanceHistory,
  reserve,
  waitForHints,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { clearRounds, eventsOf, statuses, writesOf } from './rounds.ts'

const { simulator, evolution } = await testEvolution()
const { control } = simulator
const { fleet, sql, another } = await testFleet({ evolution })
const STATE = '/instance/connectionState'
const UNLICENSED = 'unknown EVOLUTION_UNLICENSED'

/** Connected numbers, here and on Evolution. */
const connect = async (
  names: readonly string[],
  limits: { hour?: number; day?: number } = {},
): Promise<void> => {
  await addInstances(sql, [...names], limits)
  for (const name of names) control.addInstance({ name })
  await checkAllInstances(callOf(fleet))
}
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`)
const people = numbers(24).map((name) => `person-${name}`)
const preferences = async (): Promise<Record<string, string>> => {
  const rows = (await sql('select id, preferred_instance p from zapfleet.contacts')) as unknown as {
    id: string
    p: string
  }[]
  return Object.fromEntries(rows.map(({ id, p }) => [id, p]))
}
const different = async (): Promise<string[]> => [...new Set(Object.values(await statuses(sql)))]

beforeEach(async () => {
  control.clearFaults()
  control.unlicensed(false)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearRounds(sql)
  await fleet.engine.snapshot.refresh()
})
afterEach(() => waitForHints(fleet))

describe('an Evolution whose licence is not activated', () => {
  it('makes every number unknown in one round, moves no contact, and comes back with the activation', async () => {
    await connect(numbers(40))
    control.logoutFromPhone('n3')
    control.ban('n4')
    await checkAllInstances(callOf(fleet))
    for (const contactId of people) await reserve(fleet, { contactId })
    const before = { statuses: await statuses(sql), preferences: await preferences() }
    const eventsBefore = (await eventsOf(sql)).length

    control.unlicensed(true)
    control.resetCalls()
    await checkAllInstances(callOf(fleet))
    const { n4, ...others } = await statuses(sql)
    expect(n4).toBe('banned BANNED')
    expect([...new Set(Object.values(others))]).toEqual([UNLICENSED])
    // One answer is that of the server: the other readings are not made, and none is repeated.
    const read = control.calls({ route: STATE }).map(({ path }) => path)
    expect(read.length).toBeLessThanOrEqual(20)
    expect(new Set(read).size).toBe(read.length)
    expect(control.calls({ route: '/instance/fetchInstances' })).toEqual([])
    const changes = (await eventsOf(sql)).slice(eventsBefore)
    expect(changes).toHaveLength(39)
    expect(changes.filter((line) => !line.endsWith(' unknown'))).toEqual([])
    expect(await getInstance(fleet, { name: 'n0' })).toMatchObject({
      status: 'unknown',
      statusReason: 'EVOLUTION_UNLICENSED',
      available: false,
      unavailableReason: 'UNKNOWN',
      nextStep: 'activate_licence',
      action: expect.stringMatching(/licence.*activate/),
    })
    expect((await instanceHistory(fleet, { name: 'n0' }))[0]).toMatchObject({
      from: 'connected',
      to: 'unknown',
      reason: 'EVOLUTION_UNLICENSED',
      evidence: { source: 'poll', answer: 'unlicensed' },
    })

    for (const contactId of people)
      await expect(reserve(fleet, { contactId })).rejects.toMatchObject({
        code: 'NO_CAPACITY',
        availableAt: null,
        reasons: { UNKNOWN: 39, BANNED: 1 },
      })
    expect(await preferences()).toEqual(before.preferences)

    // Further rounds find nothing new.
    const written = await writesOf(sql)
    await checkAllInstances(callOf(fleet))
    await checkAllInstances(callOf(fleet))
    expect(await writesOf(sql)).toEqual(written)

    control.unlicensed(false)
    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toEqual(before.statuses)
    for (const contactId of people)
      expect(await reserve(fleet, { contactId })).toMatchObject({
        instanceName: before.preferences[contactId],
        preference: 'kept',
      })
  })

  it.each<[string, (name: string) => Promise<unknown>]>([
    [
      'a webhook',
      async (name) => {
        hintInstance(callOf(fleet), name, 'webhook')
        await waitForHints(fleet)
      },
    ],
    ['a check', (name) => checkInstance(callOf(fleet), { name })],
  ])('changes all numbers at once where %s of one shows it, in both directions', async (_what, show) => {
    await connect(numbers(12))
    control.unlicensed(true)
    await show('n7')
    expect(await different()).toEqual([UNLICENSED])

    const written = await writesOf(sql)
    control.resetCalls()
    await show('n7')
    await show('n2')
    expect(await writesOf(sql)).toEqual(written)
    expect(control.calls({ route: STATE })).toHaveLength(2)

    control.unlicensed(false)
    await show('n7')
    expect(await different()).toEqual(['connected null'])
  })

  it('moves no contact while reserves of two processes run through its end and its activation', async () => {
    // Limits that no run reaches: resetting counters of many rows would wait for the claims, and they for it.
    await connect(numbers(10), { hour: 1_000_000, day: 1_000_000 })
    const other = await another({ evolution })
    for (const contactId of people) await reserve(fleet, { contactId })
    const before = await preferences()
    const moved: string[] = []
    let served = 0
    let refused = 0
    let isOver = false
    const runs = [fleet, other, fleet, other].map(async (process, offset) => {
      for (let at = offset; !isOver; at++) {
        const contactId = people[at % people.length] ?? ''
        try {
          const { preference } = await reserve(process, { contactId })
          served++
          if (preference !== 'kept') moved.push(`${contactId} ${preference}`)
        } catch (error) {
          if (!(error instanceof FleetError && error.code === 'NO_CAPACITY')) throw error
          refused++
          await new Promise((resolve) => setTimeout(resolve, 2))
        }
      }
    })
    try {
      for (const name of ['n1', 'n8', 'n4']) {
        for (const on of [true, false]) {
          const soFar = [served, refused]
          control.unlicensed(on)
          hintInstance(callOf(other), name, 'webhook')
          await checkInstance(callOf(fleet), { name })
          await expect
            .poll(() => (on ? refused > (soFar[1] ?? 0) : served > (soFar[0] ?? 0)), { timeout: 60_000 })
            .toBe(true)
        }
      }
    } finally {
      isOver = true
      await Promise.all(runs)
    }
    await waitForHints(other)
    expect(moved).toEqual([])
    expect(await preferences()).toEqual(before)
  })

  it("is no proxy's bare 503: that stays unreachable, after two rounds", async () => {
    await connect(['a', 'b', 'c'])
    control.fault({ kind: 'html', code: 503, match: { route: STATE } })
    await checkAllInstances(callOf(fleet))
    expect(await different()).toEqual(['connected null'])
    await checkAllInstances(callOf(fleet))
    expect(await different()).toEqual(['unknown EVOLUTION_UNREACHABLE'])
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ nextStep: null })
    // The proxy recovers, and the Evolution behind it has no licence.
    control.clearFaults()
    control.unlicensed(true)
    await checkAllInstances(callOf(fleet))
    expect(await different()).toEqual([UNLICENSED])
  })
})
