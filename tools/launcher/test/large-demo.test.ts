import { expect, test } from 'vitest'
import { DEMO_NUMBERS } from '../src/demo-numbers.ts'
import { LARGE_DEMO_NUMBERS, SECOND_SERVER } from '../src/large-demo.ts'

const countBy = <Value>(of: (number: (typeof LARGE_DEMO_NUMBERS)[number]) => Value) => {
  const counts = new Map<Value, number>()
  for (const number of LARGE_DEMO_NUMBERS) counts.set(of(number), (counts.get(of(number)) ?? 0) + 1)
  return Object.fromEntries(counts)
}

test('there are forty, in three pools and on two servers, and those of the small demo are among them', () => {
  expect(new Set(LARGE_DEMO_NUMBERS.map(({ name }) => name)).size).toBe(40)
  expect(countBy(({ tags }) => tags?.join())).toEqual({ vendas: 17, suporte: 13, cobranca: 10 })
  expect(countBy(({ server }) => server)).toEqual({ default: 22, [SECOND_SERVER]: 18 })
  for (const small of DEMO_NUMBERS)
    expect(LARGE_DEMO_NUMBERS).toContainEqual({ ...small, tags: [expect.any(String)], server: 'default' })
})

test('they are in various states, on both servers', () => {
  expect(countBy(({ role }) => role)).toEqual({
    sending: 27,
    waiting: 3,
    banned: 2,
    paused: 2,
    draining: 2,
    'logged-out': 4,
  })
  const ofSecond = LARGE_DEMO_NUMBERS.filter(({ server }) => server === SECOND_SERVER)
  expect(new Set(ofSecond.map(({ role }) => role)).size).toBe(6)
})

test('each has a phone of its own, but those that wait for a scan', () => {
  const phones = LARGE_DEMO_NUMBERS.flatMap(({ phoneNumber }) => phoneNumber ?? [])
  expect(new Set(phones).size).toBe(37)
  for (const phone of phones) expect(phone).toMatch(/^\+55\d{11}$/)
  for (const { role, phoneNumber } of LARGE_DEMO_NUMBERS)
    expect(phoneNumber === undefined).toBe(role === 'waiting')
})
