import { beforeEach, describe, expect, it } from 'vitest'
import { apartKey } from '../../src/contact/contact-ids.ts'
import {
  blockContact,
  getContact,
  linkContact,
  releaseReservation,
  reserve,
  setPreference,
  unblockContact,
  unlinkContact,
} from '../../src/index.ts'
import { keepMessages } from '../../src/outcome/keep-messages.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, another } = await testFleet()
const other = await another()

const LONG = '5547988887777'
const SHORT = '554788887777'
const LID = '123456789012345@lid'
const CRM = 'crm-1042'

const talked = (contact: string, instance: string) =>
  sql(`insert into zapfleet.conversations values ($1, $2, now(), null)`, [contact, instance])
const wrote = (contact: string, instance: string, at: string) =>
  sql(
    `insert into zapfleet.contacts (id, last_inbound_instance, last_inbound_at) values ($1, $2, $3)
     on conflict (id) do update set last_inbound_instance = $2, last_inbound_at = $3`,
    [contact, instance, at],
  )

beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(sql, 'zapfleet.blocks, zapfleet.conversations_filled')
  await addInstances(sql, ['a', 'b', 'c'], { hour: 1000, day: 1000 })
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

describe('a link', () => {
  it('makes two ids one contact, in every process, cached or not', async () => {
    await setPreference(fleet, { id: LONG, instanceName: 'b' })
    // Both are cached; messages that were given back are no conversations.
    for (const contactId of [LID, CRM])
      await releaseReservation(other, { id: (await reserve(other, { contactId })).id })
    await linkContact(fleet, { id: SHORT, alias: LID })
    expect(await linkContact(fleet, { id: LID, alias: CRM })).toEqual({
      id: LID,
      preferredInstance: 'b',
      aliases: [LONG, CRM],
      lastInbound: null,
      blocked: false,
    })
    for (const contactId of [LONG, SHORT, LID, `123456789012345:7@lid`, CRM])
      expect(await reserve(other, { contactId })).toMatchObject({
        contactId,
        instanceName: 'b',
        preference: 'kept',
      })
    expect(await getContact(other, { id: LONG })).toMatchObject({ aliases: [LID, CRM] })
    await setPreference(other, { id: CRM, instanceName: 'c' })
    expect(await reserve(fleet, { contactId: SHORT })).toMatchObject({ instanceName: 'c' })
  })

  it('gives the contact what it does not have, and loses nothing', async () => {
    await setPreference(fleet, { id: LID, instanceName: 'b' })
    await talked(LID, 'b')
    await wrote(LID, 'b', '2026-03-02T00:00:00Z')
    expect(await linkContact(fleet, { id: LONG, alias: LID })).toMatchObject({
      preferredInstance: 'b',
      lastInbound: { instanceName: 'b', at: '2026-03-02T00:00:00.000Z' },
    })
    expect(await sql('select contact_id c from zapfleet.conversations')).toEqual([{ c: LONG }])
    await setPreference(fleet, { id: CRM, instanceName: 'c' })
    await wrote(CRM, 'c', '2026-03-01T00:00:00Z')
    expect(await linkContact(fleet, { id: LONG, alias: CRM })).toMatchObject({
      preferredInstance: 'b',
      lastInbound: { instanceName: 'b' },
    })
  })

  it('keeps the number of the id under which the person wrote last', async () => {
    await setPreference(fleet, { id: LONG, instanceName: 'a' })
    await setPreference(fleet, { id: LID, instanceName: 'b' })
    await wrote(LID, 'b', '2026-03-02T00:00:00Z')
    await sql(`insert into zapfleet.pool_contacts values ($1, 'x', 'a', null), ($2, 'x', 'b', now())`, [
      LONG,
      LID,
    ])
    expect(await linkContact(fleet, { id: LONG, alias: LID })).toMatchObject({
      preferredInstance: 'b',
      lastInbound: { instanceName: 'b' },
    })
    expect(await sql('select contact_id c, preferred_instance p from zapfleet.pool_contacts')).toEqual([
      { c: LONG, p: 'b' },
    ])
  })

  it('moves the number of a client of the bot to the client or the row of the contact', async () => {
    await sql(`insert into clientes values ($1, 'b'), ($2, null), ($3, 'c')`, [LID, SHORT, CRM])
    expect(await linkContact(fleet, { id: LONG, alias: LID })).toMatchObject({ preferredInstance: 'b' })
    expect(await linkContact(fleet, { id: 'web-7', alias: CRM })).toMatchObject({ preferredInstance: 'c' })
    expect(await sql('select id, instancia_preferida p from clientes order by id')).toEqual([
      { id: LID, p: null },
      { id: SHORT, p: 'b' },
      { id: CRM, p: null },
    ])
  })

  it('holds the block of either for both', async () => {
    await blockContact(fleet, { id: LID, reason: 'STOP' })
    expect(await linkContact(fleet, { id: LONG, alias: LID })).toMatchObject({ blocked: true })
    await linkContact(fleet, { id: LONG, alias: CRM })
    for (const contactId of [LONG, LID, CRM])
      await expect(reserve(other, { contactId })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
    // The hashes alone refuse each of the ids.
    await sql('truncate zapfleet.contacts')
    for (const contactId of [SHORT, LID, CRM])
      await expect(reserve(other, { contactId })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
  })

  it('is ended for all its ids by unblock', async () => {
    await linkContact(fleet, { id: LONG, alias: LID })
    await blockContact(other, { id: LID })
    await unblockContact(fleet, { id: LID })
    for (const contactId of [LONG, LID])
      expect(await reserve(other, { contactId })).toMatchObject({ contactId })
    expect(await sql('select * from zapfleet.blocks')).toEqual([])
  })

  it('that exists changes nothing', async () => {
    await linkContact(fleet, { id: LONG, alias: LID })
    await talked(LONG, 'a')
    const rows = () => sql('select * from zapfleet.contacts order by id')
    const before = await rows()
    await linkContact(other, { id: SHORT, alias: LID })
    expect(await rows()).toEqual(before)
  })

  it('of two contacts that both have conversations is refused', async () => {
    await talked(LONG, 'a')
    await talked(LID, 'b')
    await expect(linkContact(fleet, { id: LONG, alias: LID })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await sql('select contact_id c from zapfleet.conversations order by 1')).toEqual([
      { c: LID },
      { c: LONG },
    ])
  })

  it('of two contacts that were both sent to just now is refused too', async () => {
    for (const contactId of [LONG, LID]) await reserve(fleet, { contactId })
    await expect(linkContact(fleet, { id: LONG, alias: LID })).rejects.toMatchObject({ code: 'CONFLICT' })
    await reserve(fleet, { contactId: 'x' })
    expect(await linkContact(fleet, { id: LONG, alias: 'y' })).toMatchObject({ aliases: ['y'] })
  })

  it('gives the contact conversations of which the scheduler reads the reservations later', async () => {
    await reserve(fleet, { contactId: LID })
    await linkContact(fleet, { id: LONG, alias: LID })
    await keepMessages(fleet)
    expect(await sql('select contact_id c from zapfleet.conversations')).toEqual([{ c: LONG }])
  })

  it.each([
    ['to itself', LONG, SHORT, 'INVALID_INPUT', 'by rule'],
    ['of a group', '120363025246125486@g.us', LONG, 'INVALID_INPUT', 'group'],
    ['to a group', LONG, '120363025246125486@g.us', 'INVALID_INPUT', 'group'],
    ['back', LID, LONG, 'CONFLICT', 'alias'],
    ['of an alias of another contact', 'x', LID, 'CONFLICT', 'another contact'],
    ['of a contact with aliases', 'x', LONG, 'CONFLICT', 'aliases of its own'],
  ])('%s is refused', async (_what, id, alias, code, words) => {
    await linkContact(fleet, { id: LONG, alias: LID })
    await expect(linkContact(fleet, { id, alias })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    })
  })

  it('made in both directions at once is one link', async () => {
    for (let round = 0; round < 20; round++) {
      const [x, y] = [`x${round}`, `y${round}`]
      const links = Promise.allSettled([
        linkContact(fleet, { id: x, alias: y }),
        linkContact(other, { id: y, alias: x }),
      ])
      const reserves = Promise.all(
        [fleet, other].map((process) => reserve(process, { contactId: y }, { deadlineMs: 60_000 })),
      )
      const ends = (await links).map((end) => (end.status === 'fulfilled' ? 'linked' : end.reason.code))
      expect(ends.sort()).toEqual(['CONFLICT', 'linked'])
      await reserves
      const served = [await reserve(fleet, { contactId: x }), await reserve(other, { contactId: y })]
      expect(new Set(served.map(({ instanceName }) => instanceName)).size).toBe(1)
    }
  })
})

describe('an unlink', () => {
  it('makes an alias a contact of its own', async () => {
    await setPreference(fleet, { id: LONG, instanceName: 'b' })
    await linkContact(fleet, { id: LONG, alias: LID })
    await reserve(other, { contactId: LID })
    expect(await unlinkContact(fleet, { id: SHORT, alias: LID })).toMatchObject({
      preferredInstance: 'b',
      aliases: [],
    })
    expect(await getContact(other, { id: LID })).toMatchObject({ preferredInstance: null, aliases: [] })
    expect(await sql('select unlinked_at is not null u from zapfleet.contacts where id = $1', [LID])).toEqual(
      [{ u: true }],
    )
    await expect(unlinkContact(fleet, { id: SHORT, alias: LID })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await linkContact(fleet, { id: LONG, alias: LID })
    expect(await reserve(other, { contactId: LID })).toMatchObject({ instanceName: 'b' })
  })

  it('keeps a block for both', async () => {
    await linkContact(fleet, { id: LONG, alias: LID })
    await blockContact(fleet, { id: LONG, reason: 'STOP' })
    await unlinkContact(fleet, { id: LONG, alias: LID })
    await unblockContact(fleet, { id: LONG })
    await expect(reserve(other, { contactId: LID })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
    expect(await reserve(other, { contactId: LONG })).toMatchObject({ contactId: LONG })
  })

  it.each([
    ['the form that was written last', [LONG, SHORT], SHORT, LONG],
    ['the long form, where no reservation is left', [], LONG, SHORT],
  ])('of the two forms gives what is stored to %s', async (_what, written, heir, rest) => {
    for (const contactId of written) await reserve(fleet, { contactId })
    await setPreference(fleet, { id: LONG, instanceName: 'b' })
    await talked(LONG, 'b')
    await wrote(LONG, 'b', '2026-03-02T00:00:00Z')
    await linkContact(fleet, { id: LONG, alias: LID })
    await reserve(other, { contactId: LID })
    const rows = { aliases: [], preferredInstance: null, lastInbound: null, blocked: false }
    expect(await unlinkContact(fleet, { id: `+${LONG}`, alias: SHORT })).toMatchObject({ id: `+${LONG}` })
    expect(await getContact(other, { id: heir })).toEqual({
      id: heir,
      preferredInstance: 'b',
      aliases: [LID],
      lastInbound: { instanceName: 'b', at: '2026-03-02T00:00:00.000Z' },
      blocked: false,
    })
    expect(await getContact(other, { id: rest })).toEqual({ ...rows, id: rest })
    expect(await getContact(other, { id: LID })).toMatchObject({ preferredInstance: 'b', aliases: [heir] })
    expect(await sql('select contact_id c from zapfleet.conversations')).toEqual([{ c: `=${heir}` }])
    await setPreference(fleet, { id: rest, instanceName: 'c' })
    for (const process of [fleet, other]) {
      expect(await reserve(process, { contactId: `${heir}@s.whatsapp.net` })).toMatchObject({
        instanceName: 'b',
      })
      expect(await reserve(process, { contactId: rest })).toMatchObject({ instanceName: 'c' })
    }
    await expect(unlinkContact(fleet, { id: LONG, alias: SHORT })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('of the two forms gives each what the scheduler reads later', async () => {
    for (const contactId of [LONG, `${SHORT}@s.whatsapp.net`]) await reserve(fleet, { contactId })
    await unlinkContact(fleet, { id: LONG, alias: SHORT })
    await keepMessages(fleet)
    expect(await sql('select contact_id c from zapfleet.conversations order by 1')).toEqual([
      { c: `=${SHORT}` },
      { c: `=${LONG}` },
    ])
  })

  it('of the two forms leaves each its own row of the bot', async () => {
    await sql(`insert into clientes values ($1, 'b'), ($2, 'b')`, [LONG, SHORT])
    await unlinkContact(fleet, { id: LONG, alias: SHORT })
    expect(await sql('select id, instancia_preferida p from clientes order by id')).toEqual([
      { id: SHORT, p: null },
      { id: LONG, p: 'b' },
    ])
    await setPreference(fleet, { id: SHORT, instanceName: 'c' })
    expect(await reserve(other, { contactId: SHORT })).toMatchObject({ instanceName: 'c' })
    expect(await reserve(other, { contactId: LONG })).toMatchObject({ instanceName: 'b' })
  })

  it('of the two forms makes them two to an idempotency key, also one of before', async () => {
    const before = await reserve(fleet, { contactId: LONG, idempotencyKey: 'before' })
    await unlinkContact(fleet, { id: LONG, alias: SHORT })
    const after = await reserve(fleet, { contactId: `+${SHORT}`, idempotencyKey: 'after' })
    const repeat = (contactId: string, idempotencyKey: string) =>
      reserve(other, { contactId, idempotencyKey })
    expect(await repeat(LONG, 'before')).toMatchObject({ id: before.id })
    expect(await repeat(SHORT, 'after')).toMatchObject({ id: after.id, contactId: SHORT })
    await expect(repeat(SHORT, 'before')).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(repeat(LONG, 'after')).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('of the two forms keeps a block for both, each ended alone', async () => {
    await blockContact(fleet, { id: LONG })
    await unlinkContact(fleet, { id: LONG, alias: SHORT })
    for (const contactId of [LONG, SHORT])
      await expect(reserve(other, { contactId })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
    await unblockContact(fleet, { id: SHORT })
    expect(await reserve(other, { contactId: SHORT })).toMatchObject({ contactId: SHORT })
    await expect(reserve(other, { contactId: LONG })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
    // Where a restored table does not hold that they are apart, the block of one holds for the number.
    await sql('truncate zapfleet.contacts')
    await expect(reserve(other, { contactId: LONG })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
  })

  it.each([
    ['two contacts', LONG, 'x', 'NOT_FOUND'],
    ['one spelling', LONG, `+${LONG}`, 'NOT_FOUND'],
    ['the contact from its alias', LID, LONG, 'NOT_FOUND'],
    ['the forms of an alias', SHORT, LONG, 'CONFLICT'],
  ])('of %s is refused', async (_what, id, alias, code) => {
    const contact = code === 'CONFLICT' ? 'main' : LONG
    await linkContact(fleet, { id: contact, alias: contact === LONG ? LID : LONG })
    await expect(unlinkContact(fleet, { id, alias })).rejects.toMatchObject({ code })
  })
})

describe('the form of an id whose forms are apart', () => {
  it.each([
    [LONG, LONG],
    [SHORT, SHORT],
    [`${SHORT}:12@s.whatsapp.net`, SHORT],
    [`+${LONG}`, LONG],
    ['(047) 8888-7777', SHORT],
    ['(47) 98888-7777', LONG],
    [LID, LONG],
  ])('of %s is %s', (id, form) => expect(apartKey(LONG, id)).toBe(`=${form}`))

  it('does not take the end of an area code for the ninth digit', () => {
    expect(apartKey('5519988887777', '(19) 8888-7777')).toBe('=551988887777')
    expect(apartKey('5519988887777', '(19) 98888-7777')).toBe('=5519988887777')
  })
})
