import type { Evolution } from '@zapfleet/evolution'
import { expect, it, vi } from 'vitest'
import { callOf } from '../../src/ground/call.ts'
import { silentLog } from '../../src/ground/log.ts'

it('carries the id of its request in the log and to Evolution, beside the same fleet', () => {
  const info = vi.fn()
  const bound = {} as Evolution
  const forRequest = vi.fn(() => bound)
  const fleet = { log: { ...silentLog, info }, evolution: { forRequest } as unknown as Evolution }
  const call = callOf(fleet, 'r1')
  expect(call.fleet).toBe(fleet)
  call.log.info({ instance: 'a' }, 'read')
  expect(info).toHaveBeenCalledWith({ requestId: 'r1', instance: 'a' }, 'read')
  expect(forRequest).not.toHaveBeenCalled()
  expect([call.evolution, call.evolution]).toEqual([bound, bound])
  expect(forRequest).toHaveBeenCalledExactlyOnceWith('r1')
})

it('without an id uses the log and the Evolution client of the fleet', () => {
  const fleet = { log: silentLog, evolution: {} as Evolution }
  expect(callOf(fleet)).toEqual({ fleet, log: fleet.log, evolution: fleet.evolution })
})
