import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createKindCache } from '../src/contact/kind-cache.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  // The library takes an entry of the moment 0 for one without a time.
  vi.advanceTimersByTime(1)
})
afterEach(() => void vi.useRealTimers())

it('remembers the kind of a contact at one number; a contact that was new is known', () => {
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
  expect([kinds.get('maria', 'a'), kinds.get('maria', 'b')]).toEqual([null, 'known'])
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

it('remembers a contact that is new to every instance, until a message is granted or the contact is forgotten', () => {
  const kinds = createKindCache()
  kinds.remember('ana', null, 'new', kinds.drops)
  kinds.remember('bia', 'a', 'known', kinds.drops)
  expect(['a', 'b'].map((instance) => kinds.get('ana', instance))).toEqual(['new', 'new'])
  expect(['a', 'b'].map((instance) => kinds.get('bia', instance))).toEqual(['known', null])
  kinds.set('ana', 'a', 'new')
  expect(['a', 'b'].map((instance) => kinds.get('ana', instance))).toEqual(['known', null])
  kinds.forget('bia')
  expect(kinds.get('bia', 'a')).toBeNull()
})
