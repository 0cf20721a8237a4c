import { expect, it } from 'vitest'
import { singleFlight, singleFlights } from '../../src/ground/single-flight.ts'

it('shares the result of a run with the calls that arrive during it, and then runs again', async () => {
  const flight = singleFlight<number>()
  let runs = 0
  const work = async (): Promise<number> => ++runs
  const [one, other] = [flight.run(work), flight.run(work)]
  expect(flight.current()).not.toBeNull()
  expect(await Promise.all([one, other])).toEqual([1, 1])
  expect(flight.current()).toBeNull()
  expect(await flight.run(work)).toBe(2)
})

it('shares an error with the calls of its run only', async () => {
  const flight = singleFlight<number>()
  const fails = flight.run(() => Promise.reject(new Error('no')))
  await expect(flight.run(async () => 1)).rejects.toThrow('no')
  await expect(fails).rejects.toThrow('no')
  expect(await flight.run(async () => 2)).toBe(2)
})

it('shares runs of one key, and not of two', async () => {
  const flights = singleFlights<string>()
  const runs: string[] = []
  const run = (key: string): Promise<string> =>
    flights.run(key, async () => {
      runs.push(key)
      return key
    })
  const all = Promise.all([run('a'), run('b'), run('a')])
  expect(flights.keys()).toEqual(new Set(['a', 'b']))
  expect(await all).toEqual(['a', 'b', 'a'])
  expect(flights.keys().size).toBe(0)
  expect(runs).toEqual(['a', 'b'])
  await run('a')
  expect(runs).toEqual(['a', 'b', 'a'])
})
