import { expect, it, vi } from 'vitest'
import { callOf } from '../../src/ground/call.ts'
import { silentLog } from '../../src/ground/log.ts'

it('carries the id of its request in the log, beside the same fleet', () => {
  const info = vi.fn()
  const fleet = { log: { ...silentLog, info } }
  const call = callOf(fleet, 'r1')
  expect(call.fleet).toBe(fleet)
  call.log.info({ instance: 'a' }, 'read')
  expect(info).toHaveBeenCalledWith({ requestId: 'r1', instance: 'a' }, 'read')
})

it('without an id uses the log of the fleet', () => {
  const fleet = { log: silentLog }
  expect(callOf(fleet)).toEqual({ fleet, log: fleet.log, requestId: undefined })
})
