import { expect, it } from 'vitest'
import {
  blockContact,
  exportContact,
  forgetContact,
  getContact,
  linkContact,
  reserve,
  setPreference,
  unlinkContact,
} from '../../src/index.ts'
import { adoptedFleet } from '../support/adopted-fleet.ts'

const LONG = '5547988887777'
const SHORT = '554788887777'
const [FIRST, SECOND] = ['0190a0b0-c0d0-7000-8000-00000000000a', '0190a0b0-c0d0-7000-8000-00000000000b']

/** `used`: whether contacts are looked up in clientes by such ids. */
const TABLES = [
  { column: 'uuid primary key', clients: [FIRST, SECOND], used: true },
  { column: 'varchar(60) primary key', clients: [LONG, 'crm-1042'], used: true },
  { column: 'bigint primary key', clients: [SHORT, '77'], used: true },
  { column: 'numeric primary key', clients: [SHORT, '77'], used: false },
]

it.each(TABLES)(
  'links, blocks, exports and forgets clients whose id is $column',
  async ({ column, clients: [id = '', alias = ''], used }) => {
    const { fleet, sql } = await adoptedFleet(column)
    await sql(
      `insert into public.whatsapp_instances (nome, status) values ('a', 'connected'), ('b', 'connected')`,
    )
    await sql('insert into public.clientes values ($1, null), ($2, $3)', [id, alias, 'b'])
    const rows = async () =>
      await sql(
        'select id::text, instancia_preferida p from public.clientes order by length(id::text) desc, 1',
      )

    await setPreference(fleet, { id: alias, instanceName: 'b' })
    expect(await linkContact(fleet, { id, alias })).toMatchObject({
      preferredInstance: 'b',
      aliases: [alias],
    })
    expect(await rows()).toEqual([
      { id, p: used ? 'b' : null },
      { id: alias, p: used ? null : 'b' },
    ])
    expect(await reserve(fleet, { contactId: alias })).toMatchObject({
      instanceName: 'b',
      preference: 'kept',
    })
    const found = await exportContact(fleet, { id: alias })
    expect(found.clients).toHaveLength(used ? 2 : 0)
    expect(found.reservations).toMatchObject([{ contactId: alias }])
    await blockContact(fleet, { id: alias })
    expect(await forgetContact(fleet, { id: alias }, (one) => one)).toEqual({ forgotten: true })
    expect(await rows()).toEqual([
      { id, p: null },
      { id: alias, p: used ? null : 'b' },
    ])
    for (const contactId of [id, alias])
      await expect(reserve(fleet, { contactId })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
    expect((await exportContact(fleet, { id })).reservations).toEqual([])
  },
)

it('takes the two forms of a number apart where the ids of clientes are bigint', async () => {
  const { fleet, sql } = await adoptedFleet('bigint primary key')
  await sql(
    `insert into public.whatsapp_instances (nome, status) values ('a', 'connected'), ('b', 'connected')`,
  )
  await sql('insert into public.clientes values ($1, null), ($2, null)', [LONG, SHORT])
  await setPreference(fleet, { id: SHORT, instanceName: 'a' })
  await unlinkContact(fleet, { id: LONG, alias: SHORT })
  await setPreference(fleet, { id: SHORT, instanceName: 'b' })
  expect(await sql('select id::text, instancia_preferida p from public.clientes order by id')).toEqual([
    { id: SHORT, p: 'b' },
    { id: LONG, p: 'a' },
  ])
  await forgetContact(fleet, { id: SHORT }, (one) => one)
  expect(await getContact(fleet, { id: SHORT })).toMatchObject({ preferredInstance: null })
  expect(await getContact(fleet, { id: LONG })).toMatchObject({ preferredInstance: 'a' })
})
