import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { contactHash, createContactDrops } from '../src/contact/contact-drops.ts'
import { createKindCache, MOST_KINDS } from '../src/contact/kind-cache.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  // The library takes an entry of the moment 0 for one without a time.
  vi.advanceTimersByTime(1)
})
afterEach(() => void vi.useRealTimers())

it('remembers the kinds of a contact at each number; a contact that was new is known', () => {
  const kinds = createKindCache()
  expect(kinds.get('maria', 'a')).toBeNull()
  kinds.set('maria', 'a', 'reply')
  kinds.set('ana', 'a', 'known')
  kinds.set('leo', 'a', 'new')
  expect(['maria', 'ana', 'leo'].map((contact) => kinds.get(contact, 'a'))).toEqual([
    'reply',
    'known',
    'known',
  ])
  expect(kinds.get('maria', 'b')).toBeNull()
  kinds.set('maria', 'b', 'new')
  expect([kinds.get('maria', 'a'), kinds.get('maria', 'b')]).toEqual(['reply', 'known'])
})

it('remembers it for five minutes, however often it is read', () => {
  const kinds = createKindCache()
  kinds.set('maria', 'a', 'known')
  for (let minute = 1; minute < 5; minute++) {
    vi.advanceTimersByTime(60_000)
    expect(kinds.get('maria', 'a')).toBe('known')
  }
  vi.advanceTimersByTime(62_000)
  expect(kinds.get('maria', 'a')).toBeNull()
})

it('remembers the last 50,000 contacts', () => {
  const kinds = createKindCache()
  for (let n = 0; n <= 50_000; n++) kinds.set(`contact-${n}`, 'a', 'known')
  expect(kinds.get('contact-0', 'a')).toBeNull()
  expect(kinds.get('contact-1', 'a')).toBe('known')
})

it('remembers a contact that is new to every instance, except those that a message is granted on, until the contact is forgotten', () => {
  const kinds = createKindCache()
  kinds.remember('ana', null, kinds.drops)
  expect(['a', 'b'].map((instance) => kinds.get('ana', instance))).toEqual(['new', 'new'])
  kinds.set('ana', 'a', 'new')
  expect(['a', 'b'].map((instance) => kinds.get('ana', instance))).toEqual(['known', 'new'])
  kinds.forget('ana')
  expect(kinds.get('ana', 'a')).toBeNull()
})

it('takes a contact for new to the instances that are in none of its conversations', () => {
  const kinds = createKindCache()
  kinds.remember('bia', { a: 'known', b: 'reply', c: 'new' }, kinds.drops)
  expect(['a', 'b', 'c', 'd'].map((instance) => kinds.get('bia', instance))).toEqual([
    'known',
    'reply',
    'new',
    'new',
  ])
})

it('does not take a contact for new while not all of its conversations are in memory', () => {
  const kinds = createKindCache()
  const some = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, 'known' as const]))
  kinds.remember('ana', some(MOST_KINDS), kinds.drops)
  expect([kinds.get('ana', 'n0'), kinds.get('ana', 'other')]).toEqual(['known', null])
  kinds.remember('bia', some(MOST_KINDS - 1), kinds.drops)
  for (const instance of ['x', 'y']) kinds.set('bia', instance, 'new')
  expect([kinds.get('bia', 'y'), kinds.get('bia', 'other')]).toEqual(['known', null])
})

it('keeps the five minutes of what was read when a message is granted', () => {
  const kinds = createKindCache()
  kinds.remember('ana', null, kinds.drops)
  vi.advanceTimersByTime(240_000)
  kinds.set('ana', 'a', 'new')
  expect([kinds.get('ana', 'a'), kinds.get('ana', 'b')]).toEqual(['known', 'new'])
  vi.advanceTimersByTime(62_000)
  expect([kinds.get('ana', 'a'), kinds.get('ana', 'b')]).toEqual([null, null])
})

it('keeps nothing that was read before the contact was dropped', () => {
  const drops = createContactDrops()
  const kinds = createKindCache(drops)
  const since = kinds.drops
  kinds.remember('ana', null, since)
  drops.drop(contactHash('ana'))
  expect(kinds.get('ana', 'a')).toBeNull()
  kinds.remember('ana', { a: 'reply' }, kinds.drops)
  kinds.set('ana', 'a', 'known', since)
  expect([kinds.get('ana', 'a'), kinds.get('ana', 'b')]).toEqual(['reply', 'new'])
})
