import pg from 'pg'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  explain,
  getContact,
  type MessageEvents,
  recordInbound,
  reserve,
  setPreference,
  takeEvents,
  waitForEvents,
} from '../../src/index.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, another, url, clock } = await testFleet()
const other = await another()

const NOW = '2026-11-29T15:30:00.000Z'
const at = (seconds: number): Date => new Date(Date.parse(NOW) + seconds * 1_000)
const MARIA = '5547988887777'
const JID = '554788887777@s.whatsapp.net'
const PERSONS = [MARIA, 'abc-1', 'd290f1ee-6c54-4b01-90e6-d79a9a3b3a31', '7']

beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(sql, 'zapfleet.blocks, zapfleet.event_coverage')
  clock.set(NOW)
  await addInstances(sql, ['vendas-01', 'vendas-02', 'vendas-03'], { hour: 1_000, day: 1_000 })
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

const wrote = (instance: string, seconds: number | null, jids = [JID]): MessageEvents => ({
  instance,
  outcomes: [],
  sends: [],
  lids: jids.length > 1 ? [{ phone: jids[0] ?? '', lid: jids[1] ?? '' }] : [],
  inbound: [{ jids, writtenAtMs: seconds === null ? null : at(seconds).getTime() }],
})
async function take(...some: MessageEvents[]): Promise<void> {
  for (const one of some) takeEvents(fleet, 'websocket', one)
  await waitForEvents(fleet)
}
const numberOf = async (id = MARIA) => (await getContact(other, { id })).preferredInstance
const conversations = async () =>
  (
    await sql(
      'select contact_id c, instance_name i, last_inbound_at a, last_sent_at s from zapfleet.conversations order by 1, 2',
    )
  ).map((row) => [row.c, row.i, (row.a as unknown as Date | null)?.toISOString() ?? null])
const contactRow = async (id = MARIA) =>
  (
    await sql(
      'select state, preferred_instance number, last_inbound_at at, last_inbound_instance instance from zapfleet.contacts where id = $1',
      [id],
    )
  )[0]
const keep = (id: string, instanceName: string) => setPreference(fleet, { id, instanceName })

describe('a person who writes to another of our numbers', () => {
  it('is served by that one from then on', async () => {
    await keep(MARIA, 'vendas-01')
    expect(await reserve(other, { contactId: MARIA })).toMatchObject({ instanceName: 'vendas-01' })
    await take(wrote('vendas-03', -10))
    for (const process of [fleet, other])
      for (const contactId of [MARIA, JID, '+55 (47) 8888-7777'])
        expect(await reserve(process, { contactId })).toMatchObject({
          instanceName: 'vendas-03',
          preference: 'kept',
          kind: 'reply',
        })
    expect(await explain(other, { contactId: MARIA })).toMatchObject({ chosen: 'vendas-03' })
  })

  it('waits for that one where it is full and the caller refuses another', async () => {
    await sql(`update whatsapp_instances set capacidade_hora = 0 where nome = 'vendas-03'`)
    await keep(MARIA, 'vendas-01')
    await reserve(other, { contactId: MARIA })
    await take(wrote('vendas-03', -10))
    await sql(
      `update whatsapp_instances set capacidade_hora = 1, msgs_enviadas_hora = 1, janela_hora = date_trunc('hour', $1::timestamptz),
       msgs_enviadas_dia = 1, janela_dia = date_trunc('day', $1::timestamptz, 'America/Sao_Paulo') where nome = 'vendas-03'`,
      [NOW],
    )
    for (const process of [fleet, other]) {
      await process.engine.snapshot.refresh()
      await expect(reserve(process, { contactId: MARIA, fallback: 'refuse' })).rejects.toMatchObject({
        code: 'NO_CAPACITY',
        availableAt: new Date('2026-11-29T16:00:00.000Z'),
        reasons: { HOURLY_LIMIT: 1 },
      })
    }
  })

  it('is refused by the number that another process gave it, though the number before is full', async () => {
    const deaf = await another({ directUrl: `${url}${url.includes('?') ? '&' : '?'}pgbouncer=true` })
    await keep(MARIA, 'vendas-01')
    await reserve(deaf, { contactId: MARIA })
    await take(wrote('vendas-03', -10))
    await sql(`update whatsapp_instances set status = 'disconnected' where nome = 'vendas-01'`)
    expect(await reserve(deaf, { contactId: MARIA, fallback: 'refuse' })).toMatchObject({
      instanceName: 'vendas-03',
    })
  })

  it('does not move by an older message, which is stored for its own conversation', async () => {
    await take(wrote('vendas-01', -100))
    await take(wrote('vendas-02', -500))
    await take(wrote('vendas-03', -100))
    expect(await numberOf()).toBe('vendas-01')
    expect(await conversations()).toEqual([
      [MARIA, 'vendas-01', at(-100).toISOString()],
      [MARIA, 'vendas-02', at(-500).toISOString()],
      [MARIA, 'vendas-03', at(-100).toISOString()],
    ])
    expect(await contactRow()).toMatchObject({ at: at(-100), instance: 'vendas-01' })
  })

  it('moves by the newest message of one batch, in any order', async () => {
    await take(wrote('vendas-01', -30), wrote('vendas-03', -10), wrote('vendas-02', -20))
    expect(await numberOf()).toBe('vendas-03')
    await take(wrote('vendas-02', -5, ['5547988887777@s.whatsapp.net']), wrote('vendas-01', -6))
    expect(await numberOf()).toBe('vendas-02')
    expect(await contactRow()).toMatchObject({ at: at(-5), instance: 'vendas-02' })
  })

  it('moves after a claim gave it another number', async () => {
    await take(wrote('vendas-01', -100))
    await keep(MARIA, 'vendas-02')
    await take(wrote('vendas-01', -90))
    expect(await numberOf()).toBe('vendas-01')
  })

  it('wrote at the moment where the clock of Evolution is ahead', async () => {
    await take(wrote('vendas-01', 3_600))
    expect(await contactRow()).toMatchObject({ at: at(0) })
    clock.set(at(10).toISOString())
    await take(wrote('vendas-02', 5))
    expect(await numberOf()).toBe('vendas-02')
  })

  it('does not move to a number that is removed or unknown', async () => {
    await keep(MARIA, 'vendas-01')
    await sql(`update whatsapp_instances set removida_em = now() where nome = 'vendas-03'`)
    await take(wrote('vendas-03', -10), wrote('elsewhere', -5))
    expect(await numberOf()).toBe('vendas-01')
    expect(await conversations()).toEqual([])
  })

  it('stays blocked', async () => {
    await keep(MARIA, 'vendas-01')
    await sql(`update zapfleet.contacts set state = 'blocked'`)
    await take(wrote('vendas-03', -10))
    expect(await contactRow()).toMatchObject({ state: 'blocked', number: 'vendas-03', at: at(-10) })
    await expect(reserve(other, { contactId: MARIA })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
  })

  it('stays blocked where only the hash of the contact is left', async () => {
    await sql(`insert into zapfleet.blocks select zapfleet.contact_hash($1), now()`, [MARIA])
    await take(wrote('vendas-03', -10))
    await expect(reserve(other, { contactId: MARIA })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
    expect(await contactRow()).toMatchObject({ state: 'blocked' })
  })

  it('is found under the other id of the contact, and under the form that an operator kept apart', async () => {
    await sql(`insert into zapfleet.contacts (id, state) values ($1, '>ana')`, [MARIA])
    await take(wrote('vendas-02', -10))
    expect(await numberOf('ana')).toBe('vendas-02')
    expect(await conversations()).toEqual([['ana', 'vendas-02', at(-10).toISOString()]])
    await sql(`truncate zapfleet.contacts`)
    await sql(`insert into zapfleet.contacts (id, state) values ($1, 'apart')`, [MARIA])
    await take(wrote('vendas-03', -5))
    expect(await numberOf('554788887777')).toBe('vendas-03')
    expect(await numberOf(MARIA)).toBeNull()
  })
})

describe('a message to the number that the contact has', () => {
  it('is stored without a write in clientes, and twice within a minute once for the conversation', async () => {
    await sql(`insert into clientes (id, instancia_preferida) values ($1, 'vendas-01')`, [MARIA])
    await take(wrote('vendas-01', -100))
    const written = async () => ({
      clients: await sql('select ctid::text, xmax::text from clientes'),
      conversations: await sql('select ctid::text, xmax::text from zapfleet.conversations'),
    })
    const before = await written()
    await take(wrote('vendas-01', -50), wrote('vendas-01', -45))
    expect(await written()).toEqual(before)
    expect(await contactRow()).toMatchObject({ at: at(-45), instance: 'vendas-01', number: null })
    await take(wrote('vendas-01', -30))
    expect(await conversations()).toEqual([[MARIA, 'vendas-01', at(-30).toISOString()]])
  })

  it('changes nothing when it is repeated, and takes no lock', async () => {
    await take(wrote('vendas-01', -100))
    const rows = () => sql('select ctid::text, xmax::text from zapfleet.contacts')
    const before = await rows()
    await take(wrote('vendas-01', -100), wrote('vendas-01', -200))
    expect(await rows()).toEqual(before)
  })

  it('of a contact in another process is a reply at once', async () => {
    const kind = async () => (await reserve(other, { contactId: MARIA })).kind
    await keep(MARIA, 'vendas-01')
    await kind()
    for (let turn = 0; turn < 3; turn++) expect(await kind()).toBe('known')
    await take(wrote('vendas-01', -1))
    await vi.waitFor(async () => expect(await kind()).toBe('reply'), 60_000)
  })
})

describe('a contact in clientes', () => {
  it('has its number there, in all of its rows', async () => {
    await sql(`insert into clientes (id, instancia_preferida) values ($1, 'vendas-01'), ($2, 'vendas-01')`, [
      MARIA,
      '554788887777',
    ])
    await take(wrote('vendas-03', -10))
    expect(await sql('select distinct instancia_preferida p from clientes')).toEqual([{ p: 'vendas-03' }])
    expect(await contactRow()).toMatchObject({ number: null, at: at(-10) })
    expect(await reserve(other, { contactId: MARIA })).toMatchObject({ instanceName: 'vendas-03' })
  })

  it('waits while a program holds its row, and holds up no other', async () => {
    await sql(`insert into clientes (id, instancia_preferida) values ($1, 'vendas-01')`, [MARIA])
    const holder = new pg.Client({ connectionString: url })
    await holder.connect()
    await holder.query('begin')
    await holder.query('select from clientes where id = $1 for update', [MARIA])
    for (const one of [wrote('vendas-03', -10), wrote('vendas-02', -10, ['5511977776666@s.whatsapp.net'])])
      takeEvents(fleet, 'websocket', one)
    await vi.waitFor(async () => expect(await numberOf('5511977776666')).toBe('vendas-02'), 60_000)
    expect(await numberOf()).toBe('vendas-01')
    const recording = recordInbound(other, { id: MARIA, instanceName: 'vendas-03', at: at(-8) })
    await holder.query('commit')
    await holder.end()
    await waitForEvents(fleet)
    expect(await recording).toMatchObject({ id: MARIA, preferredInstance: 'vendas-03' })
    expect(await sql('select instancia_preferida p from clientes')).toEqual([{ p: 'vendas-03' }])
  })
})

describe('a LID', () => {
  // Each test has its own: a process remembers those that it has linked.
  let LID = ''
  let both: string[] = []
  let count = 0
  beforeEach(() => {
    LID = `7700112233440${count++}@lid`
    both = [JID, LID]
  })

  it('is another id of the contact of its phone', async () => {
    await take(wrote('vendas-02', -10, both))
    for (const contactId of [LID, MARIA, JID, LID.replace('@', ':3@')])
      expect(await reserve(other, { contactId })).toMatchObject({ instanceName: 'vendas-02', kind: 'reply' })
    expect(await contactRow(LID)).toMatchObject({ state: `>${MARIA}`, number: null })
    expect(await conversations()).toEqual([[MARIA, 'vendas-02', at(-10).toISOString()]])
    await take(wrote('vendas-03', -5, [LID]))
    expect(await numberOf(MARIA)).toBe('vendas-03')
  })

  it('is not stored where the event is of an instance of others, or of one that was removed', async () => {
    await sql(`update whatsapp_instances set removida_em = now() where nome = 'vendas-03'`)
    await take(wrote('elsewhere', -20, both), wrote('vendas-03', -20, both))
    expect(await sql('select id from zapfleet.contacts')).toEqual([])
    await take(wrote('elsewhere', -10, both), wrote('vendas-02', -10, both), wrote('elsewhere', -9, both))
    expect(await contactRow(LID)).toMatchObject({ state: `>${MARIA}` })
    expect(await numberOf(LID)).toBe('vendas-02')
  })

  it('gives its contact what it had', async () => {
    await reserve(fleet, { contactId: LID, exclude: ['vendas-01', 'vendas-03'] })
    await take(wrote('vendas-02', -100, [LID]))
    await sql(
      `update zapfleet.contacts set state = 'blocked', blocked_at = now(), blocked_reason = 'wrote STOP' where id = $1`,
      [LID],
    )
    expect(await numberOf(LID)).toBe('vendas-02')
    await take({ ...wrote('vendas-02', null, both), inbound: [] })
    expect(await contactRow(MARIA)).toMatchObject({
      state: 'blocked',
      number: 'vendas-02',
      at: at(-100),
      instance: 'vendas-02',
    })
    expect(await contactRow(LID)).toEqual({ state: `>${MARIA}`, number: null, at: null, instance: null })
    expect(await conversations()).toEqual([[MARIA, 'vendas-02', at(-100).toISOString()]])
    for (const contactId of [LID, MARIA])
      await expect(reserve(other, { contactId })).rejects.toMatchObject({ code: 'CONTACT_BLOCKED' })
  })

  it('keeps its number where the person wrote under it last, and the contact has another', async () => {
    await keep(MARIA, 'vendas-01')
    await take(wrote('vendas-02', -90, [LID]))
    await take({ ...wrote('vendas-02', -90, both), inbound: [] })
    expect(await contactRow(LID)).toMatchObject({ state: `>${MARIA}`, number: null })
    expect(await getContact(other, { id: MARIA })).toMatchObject({
      preferredInstance: 'vendas-02',
      lastInbound: { instanceName: 'vendas-02' },
    })
    expect(await reserve(other, { contactId: MARIA })).toMatchObject({ instanceName: 'vendas-02' })
  })

  it('leaves the number of the phone as it is', async () => {
    await keep(MARIA, 'vendas-01')
    await keep(LID, 'vendas-02')
    await take({ ...wrote('vendas-02', null, both), inbound: [] })
    expect(await numberOf(LID)).toBe('vendas-01')
    expect(await numberOf(MARIA)).toBe('vendas-01')
  })

  it('stays a contact of its own where both have conversations; the log names no number', async () => {
    const lines: string[] = []
    const write = (details: object, message: string) => void lines.push(JSON.stringify({ details, message }))
    const process = await another({ log: { ...fleet.log, warn: write } })
    await take(wrote('vendas-01', -100), wrote('vendas-02', -90, [LID]))
    for (let turn = 0; turn < 3; turn++) {
      takeEvents(process, 'websocket', wrote('vendas-03', -10 + turn, both))
      await waitForEvents(process)
    }
    expect(lines.filter((line) => line.includes('conversations'))).toHaveLength(1)
    expect(lines.join()).not.toMatch(/\d{5}/)
    expect(await contactRow(LID)).toMatchObject({ state: null })
    for (const id of [MARIA, LID]) expect(await numberOf(id)).toBe('vendas-03')
  })

  it('stays a contact of its own where an operator unlinked it', async () => {
    await sql(
      `insert into zapfleet.contacts (id, unlinked_at, preferred_instance) values ($1, now(), 'vendas-01')`,
      [LID],
    )
    await take(wrote('vendas-02', -10, both))
    expect(await contactRow(LID)).toMatchObject({ state: null, number: 'vendas-02' })
    expect(await numberOf(MARIA)).toBe('vendas-02')
  })

  it('follows a phone that is an id of another contact', async () => {
    await sql(`insert into zapfleet.contacts (id, state) values ($1, '>ana')`, [MARIA])
    await take(wrote('vendas-02', -10, both))
    expect(await contactRow(LID)).toMatchObject({ state: '>ana' })
    expect(await numberOf(LID)).toBe('vendas-02')
  })

  it('stays the contact of a phone that an operator made an id of it, and a contact of its own with other ids', async () => {
    await sql(`insert into zapfleet.contacts (id, state) values ($1, $2)`, [MARIA, `>${LID}`])
    await take(wrote('vendas-02', -10, both))
    expect(await contactRow(LID)).toMatchObject({ state: null, number: 'vendas-02' })
    expect(await numberOf(MARIA)).toBe('vendas-02')
    await sql(`update zapfleet.contacts set id = 'ana' where id = $1`, [MARIA])
    LID = LID.replace('7700', '7701')
    await sql(`insert into zapfleet.contacts (id, state) values ('bia', $1)`, [`>${LID}`])
    await take(wrote('vendas-03', -5, [JID, LID]))
    expect(await contactRow(LID)).toBeUndefined()
    expect(await numberOf(MARIA)).toBe('vendas-03')
  })

  it('costs no statement when it is remembered', async () => {
    const names: string[] = []
    const watched = await another()
    const run = watched.sql.run
    watched.sql.run = (statement, values) => {
      names.push(statement.name)
      return run(statement, values)
    }
    for (let turn = 0; turn < 4; turn++) {
      takeEvents(watched, 'websocket', wrote('vendas-02', -100 + turn, both))
      await waitForEvents(watched)
    }
    // The notification of the first one arrives later and may cost one more.
    expect(names.filter((name) => name.includes('link_lids')).length).toBeLessThanOrEqual(2)
    expect(names.filter((name) => name.includes('store_inbounds'))).toHaveLength(4)
  })
})

describe('recordInbound', () => {
  it.each(PERSONS)('gives %s the number that it wrote to', async (id) => {
    await keep(id, 'vendas-01')
    const recorded = await recordInbound(fleet, { id: ` ${id}`, instanceName: 'vendas-03', at: at(-5) })
    expect(recorded).toMatchObject({ id: ` ${id}`, preferredInstance: 'vendas-03' })
    expect(await reserve(other, { contactId: id })).toMatchObject({
      instanceName: 'vendas-03',
      kind: 'reply',
    })
  })

  it('refuses an unknown instance and a moment in the future', async () => {
    await expect(recordInbound(fleet, { id: MARIA, instanceName: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await sql(`update whatsapp_instances set removida_em = now() where nome = 'vendas-03'`)
    await expect(recordInbound(fleet, { id: MARIA, instanceName: 'vendas-03' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(
      recordInbound(fleet, { id: MARIA, instanceName: 'vendas-01', at: at(301) }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/five minutes after .*got /),
    })
    await recordInbound(fleet, { id: MARIA, instanceName: 'vendas-01', at: at(299) })
    expect(await contactRow()).toMatchObject({ at: at(0) })
  })

  it('changes nothing when it is repeated', async () => {
    for (const call of [{ at: at(-60) }, { messageId: 'A' }]) {
      const record = () => recordInbound(fleet, { id: MARIA, instanceName: 'vendas-01', ...call })
      await record()
      const before = [await contactRow(), await conversations()]
      clock.set(at(120).toISOString())
      await record()
      expect([await contactRow(), await conversations()]).toEqual(before)
    }
    await recordInbound(fleet, { id: MARIA, instanceName: 'vendas-01', messageId: 'B' })
    expect(await contactRow()).toMatchObject({ at: at(120) })
  })

  it.each(['120363041234567890@g.us', 'status@broadcast', '120363041234567890@newsletter'])(
    'leaves the number of %s as it is',
    async (id) => {
      await keep(id, 'vendas-01')
      expect(await recordInbound(fleet, { id, instanceName: 'vendas-03' })).toMatchObject({
        preferredInstance: 'vendas-01',
      })
      expect(await conversations()).toEqual([])
    },
  )
})
