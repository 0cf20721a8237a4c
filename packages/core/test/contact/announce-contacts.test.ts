import { beforeEach, describe, expect, it, vi } from 'vitest'
import { announceContacts } from '../../src/contact/announce-contacts.ts'
import { contactHash, createContactDrops } from '../../src/contact/contact-drops.ts'
import { createKindCache } from '../../src/contact/kind-cache.ts'
import { type Fleet, reserve } from '../../src/index.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'

const { fleet, sql, another, url } = await testFleet()
const other = await another()
const pooled = `${url}${url.includes('?') ? '&' : '?'}pgbouncer=true`

const MARIA = '5547988887777'
const ANA = '5547988886666'

beforeEach(async () => {
  await clearFleet(sql)
  await addInstances(sql, ['a', 'b'], { hour: 10_000, day: 10_000 })
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

const writes = (contact: string) =>
  sql(
    `insert into zapfleet.conversations (contact_id, instance_name, last_inbound_at) values ($1, 'a', now())
     on conflict (contact_id, instance_name) do update set last_inbound_at = now()`,
    [contact],
  )
const kindIn = async (process: Fleet, contactId: string) =>
  (await reserve(process, { contactId, exclude: ['b'] })).kind

describe('a contact that is announced', () => {
  it('is read again in every process: its number', async () => {
    await reserve(other, { contactId: MARIA, exclude: ['b'] })
    await reserve(other, { contactId: ANA, exclude: ['b'] })
    for (let turn = 0; turn < 2; turn++) await kindIn(other, MARIA)
    // The process listens from its first remembered kind on, and drops everything when it begins to.
    await vi.waitFor(
      async () => {
        await reserve(other, { contactId: ANA })
        await sql(`update zapfleet.contacts set preferred_instance = 'b' where id = $1`, [MARIA])
        await announceContacts(fleet, [MARIA])
        await new Promise((resolve) => setTimeout(resolve, 50))
        expect([other.preferences.has(MARIA), other.preferences.has(ANA)]).toEqual([false, true])
      },
      { timeout: 60_000 },
    )
    expect(await reserve(other, { contactId: MARIA, fallback: 'refuse' })).toMatchObject({
      instanceName: 'b',
      preference: 'kept',
    })
  })

  it('is read again in every process: the kind of its messages', async () => {
    for (let turn = 0; turn < 3; turn++) await kindIn(other, MARIA)
    await writes(MARIA)
    await announceContacts(fleet, [MARIA])
    await vi.waitFor(async () => expect(await kindIn(other, MARIA)).toBe('reply'), { timeout: 60_000 })
  })

  it('may be one of thousands', async () => {
    const many = Array.from({ length: 9_000 }, (_, n) => `contact-${n}`)
    await kindIn(other, MARIA)
    const before = fleet.drops.count()
    await announceContacts(fleet, [...many, MARIA])
    expect([...many, MARIA].filter((contact) => !fleet.drops.isDropped(contact, before))).toEqual([])
    await vi.waitFor(
      async () => {
        const since = other.drops.count()
        await announceContacts(fleet, [...many, MARIA])
        await vi.waitFor(() =>
          expect(many.filter((contact) => !other.drops.isDropped(contact, since))).toEqual([]),
        )
      },
      { timeout: 60_000 },
    )
  })
})

it('without notifications a kind is read anew after a second', async () => {
  const deaf = await another({ directUrl: pooled })
  for (let turn = 0; turn < 3; turn++) await kindIn(deaf, MARIA)
  await writes(MARIA)
  await vi.waitFor(async () => expect(await kindIn(deaf, MARIA)).toBe('reply'), {
    timeout: 60_000,
    interval: 200,
  })
})

describe('drops', () => {
  it('are exact but for contacts of the same hash, and name no contact', () => {
    const drops = createContactDrops()
    const since = drops.count()
    const contacts = Array.from({ length: 1_000 }, (_, n) => `5547988${String(n).padStart(6, '0')}`)
    const [first = '', ...rest] = contacts
    drops.drop(contactHash(first))
    expect(contactHash(first)).toMatch(/^[A-Za-z0-9_-]{3}$/)
    expect(drops.isDropped(first, since)).toBe(true)
    expect(drops.isDropped(first, drops.count())).toBe(false)
    expect(rest.filter((contact) => drops.isDropped(contact, since)).length).toBeLessThan(5)
    expect(new Set(contacts.map(contactHash)).size).toBeGreaterThan(950)
    drops.dropAll()
    expect(contacts.every((contact) => drops.isDropped(contact, since + 1))).toBe(true)
  })

  it('ignore what is no hash', () => {
    const drops = createContactDrops()
    drops.drop(' \0é~')
    drops.drop('ab')
    expect(drops.isDropped('maria', 0)).toBe(false)
  })

  it('forbid a kind that was read before the drop and stored after it', () => {
    const drops = createContactDrops()
    const kinds = createKindCache(drops)
    const since = kinds.drops
    drops.drop(contactHash('maria'))
    kinds.set('maria', 'a', 'known', since)
    expect(kinds.get('maria', 'a')).toBeNull()
    kinds.set('maria', 'a', 'reply', kinds.drops)
    expect(kinds.get('maria', 'a')).toBe('reply')
  })
})
