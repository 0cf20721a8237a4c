import { expect, it } from 'vitest'
import type { Instance } from '../src/connection/open-client.ts'
import { arranged } from '../src/instance-order.ts'

const connected = (name: string, more: Partial<Instance> = {}) =>
  ({ name, status: 'connected', statusReason: null, nextStep: null, duplicateOf: null, ...more }) as Instance

it('begins with numbers that need a person, also connected ones', () => {
  const fleet = [
    connected('bem'),
    connected('dupla', { duplicateOf: 'bem' }),
    connected('trocada', { statusReason: 'WRONG_PHONE', nextStep: 'log_out' }),
    connected('cai', { status: 'connecting', statusReason: 'RECONNECTING' }),
    connected('banida', { status: 'banned' }),
  ]
  expect(arranged(fleet, 'attention').map(({ name }) => name)).toEqual([
    'banida',
    'dupla',
    'trocada',
    'cai',
    'bem',
  ])
})

it('by day, a ramp that lowers the limit counts', () => {
  const fleet = [
    connected('meio', { sentToday: 50, dailyCapacity: 100 }),
    connected('rampa', {
      sentToday: 8,
      dailyCapacity: 100,
      ramp: { limitToday: 10 } as Instance['ramp'],
    }),
  ]
  expect(arranged(fleet, 'day', true).map(({ name }) => name)).toEqual(['rampa', 'meio'])
})
