import { expect, it } from 'vitest'
import { contactHash, createContactDrops } from '../../src/contact/contact-drops.ts'
import { createPreferenceCache } from '../../src/contact/preference-cache.ts'

const ground = {
  clients: { kind: 'none', sqlType: 'text', table: '' },
  clock: () => null,
} as unknown as Parameters<typeof createPreferenceCache>[0]

it('has no entry for a contact that was dropped after the claim that returned its number began', () => {
  const drops = createContactDrops()
  const preferences = createPreferenceCache(ground, drops)
  const since = drops.count()
  drops.drop(contactHash('maria'))
  preferences.set('maria', 'a', since)
  preferences.set('ana', 'a', since)
  expect(['maria', 'ana'].map((contact) => preferences.has(contact))).toEqual([false, true])
  preferences.set('maria', 'a')
  expect(preferences.has('maria')).toBe(true)
})
