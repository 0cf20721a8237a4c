import { expect, it } from 'vitest'
import { recordInbound, reserve, takeEvents, waitForEvents } from '../../src/index.ts'
import { adoptedFleet } from '../support/adopted-fleet.ts'
import { addInstances } from '../support/fleet.ts'

const UUID = '0190a0b0-c0d0-7000-8000-000000000001'
const LONG = '5547988887777'
const SHORT = '554788887777'

it.each([
  { column: 'uuid primary key', clients: [UUID], id: UUID.toUpperCase(), isWritten: true },
  { column: 'text primary key', clients: [LONG, SHORT], id: `+${SHORT}`, isWritten: true },
  { column: 'bigint primary key', clients: [LONG, SHORT], id: `${SHORT}@s.whatsapp.net`, isWritten: true },
  { column: 'integer primary key', clients: ['7'], id: '7', isWritten: true },
  { column: 'text', clients: ['ana', 'ana'], id: 'ana', isWritten: true },
  { column: 'numeric primary key', clients: ['7'], id: '7', isWritten: false },
])(
  'a contact whose row of clientes has an id of type $column',
  async ({ column, clients, id, isWritten }) => {
    const { fleet, sql } = await adoptedFleet(column)
    await addInstances(sql, ['a', 'b', 'c'])
    for (const one of clients) await sql(`insert into clientes values ($1, 'a')`, [one])

    for (const instanceName of ['b', 'b', 'c']) {
      const recorded = await recordInbound(fleet, { id, instanceName })
      expect(recorded).toMatchObject({ preferredInstance: instanceName, lastInbound: { instanceName } })
      expect(await sql('select distinct instancia_preferida p from clientes')).toEqual([
        { p: isWritten ? instanceName : 'a' },
      ])
      expect(await reserve(fleet, { contactId: id })).toMatchObject({ instanceName, preference: 'kept' })
    }
    // A LID and its phone, of which neither is in clientes.
    const [lid, phone] = ['77001122334455@lid', '5511977776666@s.whatsapp.net']
    takeEvents(fleet, 'websocket', {
      instance: 'b',
      outcomes: [],
      sends: [],
      lids: [{ lid, phone }],
      inbound: [{ jids: [phone, lid], writtenAtMs: null }],
    })
    await waitForEvents(fleet)
    expect(await reserve(fleet, { contactId: lid })).toMatchObject({ instanceName: 'b', kind: 'reply' })
  },
)
