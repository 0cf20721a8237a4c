import { expect, it } from 'vitest'
import { numberHash, readRoute } from '../src/route.ts'

it('an address names a view, and a number by whatever name it has', () => {
  expect(readRoute('')).toEqual({ view: 'fleet', number: null })
  expect(readRoute('#/')).toEqual({ view: 'fleet', number: null })
  expect(readRoute('#/ask')).toEqual({ view: 'ask', number: null })
  for (const name of ['vendas-01', 'Loja São João', 'a/b?c#d', '100%']) {
    expect(readRoute(numberHash(name))).toEqual({ view: 'fleet', number: name })
  }
})

it('an address that somebody broke leads to a number that is not there, never to an error', () => {
  expect(readRoute('#/numbers/100%')).toEqual({ view: 'fleet', number: '100%' })
  expect(readRoute('#/nowhere')).toEqual({ view: 'fleet', number: null })
})
