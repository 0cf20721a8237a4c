import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FleetError } from '../src/ground/fleet-error.ts'
import type { PendingReserve } from '../src/reservation/pending-reserve.ts'
import type { Reservation } from '../src/reservation/reservation.ts'
import { reserveQueue } from '../src/reservation/reserve-queue.ts'

const NEVER_WAITS = () => false

describe('the queue of reserves', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const answers: string[] = []
  beforeEach(() => answers.splice(0))

  function reserve(id: string, deadlineInMs: number): PendingReserve {
    return {
      id,
      contact: null,
      pool: null,
      idempotencyKey: null,
      goesAlone: false,
      place: 0,
      isAnswered: false,
      deadlineMs: performance.now() + deadlineInMs,
      resolve: () => answers.push(`${id} granted`),
      reject: (error: Error) => answers.push(`${id} ${(error as FleetError).code}`),
    } as unknown as PendingReserve
  }

  it('refuses each one that has no answer at its deadline, whichever were answered before', () => {
    const queue = reserveQueue(10)
    const all = ['a', 'b', 'c', 'd', 'e'].map((id, at) => reserve(id, at < 3 ? 100 : 300))
    for (const one of all) queue.add(one)
    queue.takeBatch(10, NEVER_WAITS)
    const [a, b, , , e] = all as [
      PendingReserve,
      PendingReserve,
      PendingReserve,
      PendingReserve,
      PendingReserve,
    ]
    queue.resolve(b, {} as Reservation)
    queue.reject(e, new FleetError('CONFLICT', 'another input'))
    expect(answers).toEqual(['b granted', 'e CONFLICT'])
    vi.advanceTimersByTime(200)
    expect(answers.slice(2).toSorted()).toEqual(['a OVERLOADED', 'c OVERLOADED'])
    queue.resolve(a, {} as Reservation)
    queue.resolve(b, {} as Reservation)
    vi.advanceTimersByTime(200)
    expect(answers.slice(4)).toEqual(['d OVERLOADED'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('refuses one that was never added, and forgets none of the others', () => {
    const queue = reserveQueue(10)
    for (const id of ['a', 'b']) queue.add(reserve(id, 100))
    queue.reject(reserve('late', 100), new FleetError('OVERLOADED', 'stopping'))
    vi.advanceTimersByTime(1_000)
    expect(answers.toSorted()).toEqual(['a OVERLOADED', 'b OVERLOADED', 'late OVERLOADED'])
  })

  it('refuses at once what does not fit, and answers it only once', () => {
    const queue = reserveQueue(1)
    const [first, second] = [reserve('a', 100), reserve('b', 100)]
    queue.add(first)
    queue.add(second)
    expect(answers).toEqual(['b OVERLOADED'])
    queue.reject(second, new FleetError('OVERLOADED', 'again'))
    queue.rejectAll(new FleetError('DATABASE_UNAVAILABLE', 'gone'))
    vi.advanceTimersByTime(1_000)
    expect(answers).toEqual(['b OVERLOADED', 'a DATABASE_UNAVAILABLE'])
  })
})
