import { expect, it } from 'vitest'
import { fleetHash, numberHash, readRoute, WHOLE_LIST } from '../src/route.ts'

it('an address names a view, and a number with any name', () => {
  expect(readRoute('')).toEqual({ view: 'fleet', number: null, list: WHOLE_LIST })
  expect(readRoute('#/')).toEqual({ view: 'fleet', number: null, list: WHOLE_LIST })
  expect(readRoute('#/ask')).toEqual({ view: 'ask', number: null, list: WHOLE_LIST })
  expect(readRoute('#/contacts')).toEqual({ view: 'contacts', number: null, list: WHOLE_LIST })
  expect(readRoute('#/messages')).toEqual({ view: 'messages', number: null, list: WHOLE_LIST })
  expect(readRoute('#/messages/1?state=failed')).toMatchObject({ view: 'messages', number: null })
  expect(readRoute('#/alerts')).toMatchObject({ view: 'alerts', number: null })
  expect(readRoute('#/settings')).toMatchObject({ view: 'settings', number: null })
  expect(readRoute('#/settings/audit?act=key')).toMatchObject({ view: 'settings', number: null })
  expect(readRoute('#/settingsX')).toMatchObject({ view: 'fleet', number: null })
  for (const name of ['vendas-01', 'Loja São João', 'a/b?c#d', '100%']) {
    expect(readRoute(numberHash(name))).toEqual({ view: 'fleet', number: name, list: WHOLE_LIST })
  }
})

it('a broken address leads to an unknown number, never to an error', () => {
  expect(readRoute('#/numbers/100%')).toEqual({ view: 'fleet', number: '100%', list: WHOLE_LIST })
  expect(readRoute('#/nowhere')).toEqual({ view: 'fleet', number: null, list: WHOLE_LIST })
})

it('an address keeps filter, tag, server, search and order, also with a number, and ignores unknown values', () => {
  const list = {
    filter: 'banned',
    tag: 'são paulo & sul',
    server: 'eu-2',
    search: 'a&b #1',
    order: { by: 'hour', descending: true },
  } as const
  expect(readRoute(fleetHash(list))).toEqual({ view: 'fleet', number: null, list })
  expect(readRoute(numberHash('a?b', list))).toEqual({ view: 'fleet', number: 'a?b', list })
  expect(fleetHash(WHOLE_LIST)).toBe('#/')
  expect(readRoute('#/?filter=nothing&tag=&server=&sort=-nowhere').list).toEqual(WHOLE_LIST)
})
