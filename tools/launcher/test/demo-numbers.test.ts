import { expect, test } from 'vitest'
import { DEMO_NUMBERS, demoContacts, type InstanceReading, nextSender } from '../src/demo-numbers.ts'

const number = (name: string, more: Partial<InstanceReading> = {}): InstanceReading => ({
  name,
  status: 'connected',
  sentThisHour: 0,
  hourlyCapacity: 10,
  sentToday: 0,
  dailyCapacity: 100,
  ...more,
})

test('there are six: four send, one waits for its QR code, one is banned', () => {
  expect(DEMO_NUMBERS.map((one) => one.role).sort()).toEqual([
    'banned',
    'sending',
    'sending',
    'sending',
    'sending',
    'waiting',
  ])
})

test('the number that waits has no phone number, because Evolution gives up after six codes with one; the others have one', () => {
  for (const { role, phoneNumber } of DEMO_NUMBERS) expect(phoneNumber === undefined).toBe(role === 'waiting')
})

test('its contacts have one name each, and none belongs to a number that could not be made', () => {
  const all = demoContacts(DEMO_NUMBERS, new Set(DEMO_NUMBERS.map(({ name }) => name)))
  expect(new Set(all.map(({ id }) => id)).size).toBe(58)
  expect(all.filter(({ instanceName }) => instanceName === 'campanha-01')).toHaveLength(9)
  const some = demoContacts(DEMO_NUMBERS, new Set(['vendas-01']))
  expect(new Set(some.map(({ instanceName }) => instanceName))).toEqual(new Set(['vendas-01']))
})

test('a number that a visitor made never sends, even when it is the only available one', () => {
  const readings = [number('minha-loja'), number('vendas-01', { status: 'disconnected' })]
  for (const dice of [0, 0.5, 0.99]) expect(nextSender(readings, new Set(['vendas-01']), dice)).toBeNull()
})

test('every connected number of the demo sends', () => {
  const readings = [number('a'), number('visitor'), number('b')]
  expect([0, 0.49, 0.5, 0.99].map((dice) => nextSender(readings, new Set(['a', 'b']), dice))).toEqual([
    'a',
    'a',
    'b',
    'b',
  ])
})

test('a fifth of both limits is left to visitors', () => {
  const own = new Set(['a'])
  expect(nextSender([number('a', { sentThisHour: 7 })], own, 0)).toBe('a')
  expect(nextSender([number('a', { sentThisHour: 8 })], own, 0)).toBeNull()
  expect(nextSender([number('a', { sentToday: 80 })], own, 0)).toBeNull()
})
