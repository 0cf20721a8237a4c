import pg from 'pg'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  closeFleet,
  type Fleet,
  getContact,
  mergeContactForms,
  migrate,
  openFleet,
  reserve,
  silentLog,
} from '../../src/index.ts'
import { addInstances, clearFleet, noEvolution, testFleet } from '../support/fleet.ts'
import { oldDatabase } from '../support/old-database.ts'

const { fleet, sql, url, another } = await testFleet()

const KEY = '5547988887777'
const SHORT = '554788887777'
const JID = '554788887777@s.whatsapp.net'
const UNTOUCHED = [
  '554733334444',
  '5511934567890',
  '5491123456789',
  '5215512345678',
  '12345',
  'abc-1',
  '0b9f7c1e-9a43-4b7e-9c55-1d2f3a4b5c6d',
  '120363041234567890@g.us',
  '77001122334455@lid',
  '+12',
]

const put = (id: string, preferred: string | null): Promise<unknown> =>
  sql('insert into zapfleet.contacts (id, preferred_instance) values ($1, $2)', [id, preferred])
const talk = (id: string, instance: string, sentAt: string | null, inboundAt: string | null = null) =>
  sql('insert into zapfleet.conversations values ($1, $2, $3, $4)', [id, instance, sentAt, inboundAt])
const contacts = () => sql('select id, preferred_instance from zapfleet.contacts order by id collate "C"')
const numbers = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await contacts()).map((row) => [row.id, row.preferred_instance]))
const conversations = () => sql('select * from zapfleet.conversations order by 1, 2')
/** Rows of forms are removed a day after the migration. */
const pretendDays = (days: number): Promise<unknown> =>
  sql(
    `update zapfleet.settings set value = (now() - make_interval(days => $1))::text where key = 'contact_keys_since'`,
    [days],
  )

beforeEach(async () => {
  await clearFleet(sql)
  await addInstances(sql, ['n1', 'n2', 'n3'])
  await pretendDays(0)
})

describe('two forms with two numbers', () => {
  it.each([
    ['the form', KEY, SHORT],
    ['the key', SHORT, KEY],
    ['the id of WhatsApp', KEY, JID],
  ])('get the number that talked with them last, here that of %s', async (_of, earlier, later) => {
    await put(later, 'n2')
    await put(earlier, 'n1')
    await talk(earlier, 'n1', '2026-11-01T10:00Z')
    await talk(later, 'n2', null, '2026-11-02T10:00Z')
    await mergeContactForms(fleet)
    expect(await numbers()).toEqual({ [KEY]: 'n2', [earlier]: 'n2', [later]: 'n2' })
    expect((await getContact(fleet, { id: '+55 (47) 8888-7777' })).preferredInstance).toBe('n2')
  })

  it.each([
    ['the form', KEY, SHORT],
    ['the key', SHORT, KEY],
  ])(
    'get the one that was written last where a number has not talked yet, here %s',
    async (_of, earlier, later) => {
      await put(earlier, 'n1')
      await talk(earlier, 'n1', '2026-11-02T10:00Z')
      await put(later, 'n2')
      await mergeContactForms(fleet)
      expect(await numbers()).toEqual({ [KEY]: 'n2', [SHORT]: 'n2' })
    },
  )

  it('count a conversation with another number not as one with theirs', async () => {
    await put(KEY, 'n1')
    await put(SHORT, 'n2')
    await talk(KEY, 'n1', '2026-11-02T10:00Z')
    await talk(SHORT, 'n2', '2026-11-01T10:00Z')
    await talk(SHORT, 'n3', '2026-11-03T10:00Z')
    await mergeContactForms(fleet)
    expect((await numbers())[KEY]).toBe('n1')
  })
})

it('a form alone becomes a row of the key, also a number in brackets', async () => {
  await put(SHORT, 'n1')
  await put('+55 (48) 98888-7777', 'n2')
  await put('(49) 98888-7777', 'n3')
  await mergeContactForms(fleet)
  expect(await numbers()).toMatchObject({ [KEY]: 'n1', '5548988887777': 'n2', '5549988887777': 'n3' })
})

it('conversations get the later of each moment', async () => {
  await talk(KEY, 'n1', '2026-11-01T10:00Z', '2026-11-05T10:00Z')
  await talk(SHORT, 'n1', '2026-11-02T10:00Z', '2026-11-03T10:00Z')
  await talk(JID, 'n1', null, '2026-11-04T10:00Z')
  await talk(SHORT, 'n2', '2026-11-02T10:00Z')
  await pretendDays(2)
  await mergeContactForms(fleet)
  const at = (day: number): Date => new Date(Date.UTC(2026, 10, day, 10))
  expect(await conversations()).toEqual([
    { contact_id: KEY, instance_name: 'n1', last_sent_at: at(2), last_inbound_at: at(5), new_at: null },
    { contact_id: KEY, instance_name: 'n2', last_sent_at: at(2), last_inbound_at: null, new_at: null },
  ])
})

it('rows of forms stay for a day, in agreement, and are removed then', async () => {
  await put(SHORT, 'n1')
  await put(JID, null)
  await talk(SHORT, 'n1', '2026-11-01T10:00Z')
  await mergeContactForms(fleet)
  expect(await numbers()).toEqual({ [KEY]: 'n1', [SHORT]: 'n1', [JID]: null })
  expect(await conversations()).toHaveLength(2)
  // A program of the release before gives the form another number.
  await sql(`update zapfleet.contacts set preferred_instance = 'n2' where id = $1`, [SHORT])
  await talk(SHORT, 'n2', '2026-11-02T10:00Z')
  await mergeContactForms(fleet)
  expect(await numbers()).toMatchObject({ [KEY]: 'n2', [SHORT]: 'n2' })
  await pretendDays(2)
  await mergeContactForms(fleet)
  expect(await numbers()).toEqual({ [KEY]: 'n2' })
  expect((await conversations()).map((row) => row.contact_id)).toEqual([KEY, KEY])
})

it.each([0, 2])('again it writes nothing, %i days after the migration', async (days) => {
  await pretendDays(days)
  for (const [n, id] of [KEY, SHORT, JID, '+554888887777', '554988887777', ...UNTOUCHED].entries()) {
    await put(id, n % 3 === 0 ? null : `n${n % 3}`)
    await talk(id, `n${(n % 2) + 1}`, '2026-11-01T10:00Z')
  }
  await sql(`insert into clientes (id, instancia_preferida) values ($1, 'n1'), ($2, 'n2'), ($3, '')`, [
    KEY,
    SHORT,
    JID,
  ])
  expect((await mergeContactForms(fleet, { pageRows: 2 })).changed).toBeGreaterThan(0)
  const look = async () => [
    await contacts(),
    await conversations(),
    await sql('select * from clientes order by id'),
  ]
  const before = await look()
  expect(await mergeContactForms(fleet)).toEqual({ changed: 0 })
  expect((await sql(`select zapfleet.merge_contact_forms('BR') written`))[0]).toEqual({ written: 0 })
  expect(await look()).toEqual(before)
})

it('ids that are their own keys keep their rows', async () => {
  await pretendDays(2)
  for (const [n, id] of UNTOUCHED.entries()) {
    await put(id, `n${(n % 3) + 1}`)
    await talk(id, 'n1', '2026-11-01T10:00Z', '2026-11-02T10:00Z')
    await sql('insert into clientes (id, instancia_preferida) values ($1, $2)', [id, `n${(n % 2) + 1}`])
  }
  const look = async () => [
    await sql('select xmin::text version, * from zapfleet.contacts order by id'),
    await sql('select xmin::text version, * from zapfleet.conversations order by 1, 2'),
    await sql('select xmin::text version, * from clientes order by id'),
  ]
  const before = await look()
  expect(await mergeContactForms(fleet)).toEqual({ changed: 0 })
  expect(await look()).toEqual(before)
})

it.each([
  ['is blocked', KEY, `state = 'blocked'`],
  ['has two forms that are two contacts', KEY, `state = 'apart'`],
  ['is an alias', SHORT, `state = '>5511988887777'`],
  ['was taken from another contact', SHORT, 'unlinked_at = now()'],
])('a contact that %s is left as it is', async (_what, id, change) => {
  await pretendDays(2)
  await put(KEY, 'n1')
  await put(SHORT, 'n2')
  await put('554888887777', 'n3')
  await talk(SHORT, 'n2', '2026-11-02T10:00Z')
  await sql(`insert into clientes (id, instancia_preferida) values ($1, 'n3'), ($2, 'n2')`, [KEY, SHORT])
  await sql(`update zapfleet.contacts set ${change} where id = $1`, [id])
  await mergeContactForms(fleet)
  expect(await numbers()).toEqual({ [KEY]: 'n1', [SHORT]: 'n2', '5548988887777': 'n3' })
  expect(await conversations()).toMatchObject([{ contact_id: SHORT }])
  expect(await sql('select id, instancia_preferida from clientes order by id')).toEqual([
    { id: SHORT, instancia_preferida: 'n2' },
    { id: KEY, instancia_preferida: 'n3' },
  ])
})

describe('rows of clientes', () => {
  const clients = async () =>
    Object.fromEntries(
      (await sql('select id, instancia_preferida from clientes')).map((row) => [
        row.id,
        row.instancia_preferida,
      ]),
    )

  it('of both forms and the side table all get the number that was written last', async () => {
    await sql(`insert into clientes (id, instancia_preferida) values ($1, 'n1'), ($2, null)`, [KEY, SHORT])
    await put(SHORT, 'n2')
    await talk(KEY, 'n1', '2026-11-01T10:00Z')
    await talk(SHORT, 'n2', '2026-11-02T10:00Z')
    await mergeContactForms(fleet)
    expect(await clients()).toEqual({ [KEY]: 'n2', [SHORT]: 'n2' })
    expect(await numbers()).toEqual({ [KEY]: 'n2', [SHORT]: 'n2' })
  })

  it('with an id of WhatsApp give their number to the key, and follow it', async () => {
    await sql(`insert into clientes (id, instancia_preferida) values ($1, 'n1')`, [JID])
    await talk(JID, 'n1', '2026-11-01T10:00Z')
    await mergeContactForms(fleet)
    expect(await numbers()).toEqual({ [KEY]: 'n1' })
    await sql(`update zapfleet.contacts set preferred_instance = 'n2'`)
    await talk(KEY, 'n2', '2026-11-02T10:00Z')
    await mergeContactForms(fleet)
    expect(await clients()).toEqual({ [JID]: 'n2' })
  })

  it('that a bot holds in a transaction are left for the next run; other contacts are not', async () => {
    await sql(
      `insert into clientes (id, instancia_preferida) values ($1, 'n1'), ($2, 'n2'), ('554888887777', 'n3'), ('5548988887777', null)`,
      [KEY, SHORT],
    )
    const bot = new pg.Client({ connectionString: url })
    await bot.connect()
    onTestFinished(() => bot.end())
    await bot.query('begin')
    await bot.query('select from clientes where id = $1 for update', [SHORT])
    await mergeContactForms(fleet)
    expect(await clients()).toEqual({
      [KEY]: 'n1',
      [SHORT]: 'n2',
      '554888887777': 'n3',
      '5548988887777': 'n3',
    })
    await bot.query('rollback')
    await mergeContactForms(fleet)
    const { [KEY]: one, [SHORT]: other } = await clients()
    expect(one).toBe(other)
  })
})

describe('a database of the release before', () => {
  it.each(['text', 'varchar(40)', 'bigint', 'uuid', 'integer'])(
    'with clientes.id of type %s is merged by the migration',
    async (type) => {
      const { url, query } = await oldDatabase(
        '20261129013000_people',
        `create table clientes (id ${type} primary key, instancia_preferida varchar(50))`,
      )
      const isPhone = !['uuid', 'integer'].includes(type)
      const [one, other] = isPhone
        ? [KEY, SHORT]
        : type === 'uuid'
          ? [UNTOUCHED[6], UNTOUCHED[6]?.replace('0b', '1b')]
          : [17, 18]
      await query('insert into clientes values ($1, $2), ($3, null)', [one, 'n1', other])
      await query(
        `insert into zapfleet.contacts values ('${SHORT}', 'n2'), ('554888887777', 'n3'), ('(49) 98888-7777', 'n1'), ('abc', 'n1')`,
      )
      await query(
        `insert into zapfleet.conversations values ('${SHORT}', 'n2', '2026-11-02T10:00Z', null), ('${KEY}', 'n1', '2026-11-01T10:00Z', null)`,
      )
      await migrate({ url, timeZone: 'America/Sao_Paulo' })
      const rows = async (table: string, column: string) =>
        Object.fromEntries(
          (await query(`select id::text id, ${column} n from ${table}`)).map((row) => [row.id, row.n]),
        )
      expect(await rows('clientes', 'instancia_preferida')).toEqual(
        isPhone ? { [KEY]: 'n2', [SHORT]: 'n2' } : { [String(one)]: 'n1', [String(other)]: null },
      )
      // The country is not known to the migration, so brackets wait; the rows of forms stay for old processes.
      const merged = {
        [KEY]: 'n2',
        [SHORT]: 'n2',
        '5548988887777': 'n3',
        '554888887777': 'n3',
        '(49) 98888-7777': 'n1',
        abc: 'n1',
      }
      expect(await rows('zapfleet.contacts', 'preferred_instance')).toEqual(merged)
      expect(
        await query(
          `select instance_name from zapfleet.conversations where contact_id = '${KEY}' order by 1`,
        ),
      ).toEqual([{ instance_name: 'n1' }, { instance_name: 'n2' }])
      const opened = await openFleet({
        databaseUrl: url,
        timeZone: 'America/Sao_Paulo',
        evolution: noEvolution,
        log: silentLog,
      })
      onTestFinished(() => closeFleet(opened))
      await query(`update zapfleet.settings set value = '2026-01-01' where key = 'contact_keys_since'`)
      await mergeContactForms(opened)
      expect(await rows('zapfleet.contacts', 'preferred_instance')).toEqual({
        [KEY]: 'n2',
        '5548988887777': 'n3',
        '5549988887777': 'n1',
        abc: 'n1',
      })
      expect(await mergeContactForms(opened)).toEqual({ changed: 0 })
    },
  )
})

it('reserves in two processes, old writers and merges at once end with one number for each person', async () => {
  await sql('update whatsapp_instances set capacidade_hora = 100000, capacidade_dia = 100000')
  const fleets: Fleet[] = [fleet, await another()]
  for (const one of fleets) await one.engine.snapshot.refresh()
  const people = Array.from({ length: 30 }, (_, n) => String(88_880_000 + n))
  const forms = people.flatMap((digits) => [`55479${digits}`, `5547${digits}`, `+55 47 9${digits}`])
  await sql(
    `insert into clientes (id, instancia_preferida) select '5547' || n, case when n % 3 = 0 then 'n1' end from generate_series(88880000, 88880009) n`,
  )
  await pretendDays(2)
  let isDone = false
  const merges = (async () => {
    let runs = 0
    for (; !isDone || runs < 3; runs++) await mergeContactForms(fleets[runs % 2] as Fleet, { pageRows: 7 })
  })()
  /** As a process of the release before: it writes rows under the form itself. */
  const oldWrites = (async () => {
    for (let n = 0; n < 150; n++)
      await sql(
        `insert into zapfleet.contacts (id, preferred_instance) values ($1, $2) on conflict (id) do update set preferred_instance = excluded.preferred_instance`,
        [`5547${people[n % people.length]}`, `n${(n % 3) + 1}`],
      )
  })()
  const reserves = fleets.map(async (one, at) => {
    for (let round = 0; round < 6; round++)
      await Promise.all(
        forms.map((contactId, n) =>
          reserve(
            one,
            { contactId, exclude: (n + round + at) % 4 === 0 ? [`n${(n % 3) + 1}`] : [] },
            { deadlineMs: 60_000 },
          ),
        ),
      )
  })
  await Promise.all([...reserves, oldWrites])
  isDone = true
  await merges
  await mergeContactForms(fleet)

  const rows = await sql(
    `select zapfleet.contact_key(id) key, array_agg(distinct preferred) numbers from (
       select id, preferred_instance preferred from zapfleet.contacts union all select id, instancia_preferida from clientes) x group by 1 order by 1`,
  )
  expect(rows.map((row) => row.key)).toEqual(people.map((digits) => `55479${digits}`))
  for (const row of rows) expect(row.numbers).toHaveLength(1)
  expect((await contacts()).every((row) => String(row.id).length === 13)).toBe(true)
  for (const one of fleets)
    for (const [n, digits] of people.entries()) {
      const { instanceName } = await reserve(one, { contactId: `5547${digits}` })
      expect([instanceName]).toEqual(rows[n]?.numbers)
    }
})
