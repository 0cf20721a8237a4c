import { createHash } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  blockContact,
  callOf,
  confirmReservation,
  exportContact,
  type Fleet,
  forgetContact,
  getContact,
  linkContact,
  mergeContactForms,
  recordInbound,
  releaseReservation,
  reserve,
  type SendInput,
  sendMessage,
  setPreference,
  unlinkContact,
  updateInstance,
} from '../../src/index.ts'
import { stoppedClock } from '../exactness/clock.ts'
import { hireWorker } from '../exactness/crew.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'
import { dumpOf } from './dump.ts'

const { clock, fleet, sql, another, url } = await testFleet()
const other = await another()
const worker = await hireWorker(0, url, stoppedClock('2026-03-10T13:20:00Z'))
afterAll(() => worker.kill())

const LONG = '5547988887777'
const SHORT = '554788887777'
const FORMATTED = '+55 (47) 98888-7777'
const LID = '123456789012345@lid'
const CRM = 'crm-1042'
/** No dump contains one of these. */
const FORMS = [
  LONG,
  SHORT,
  '47988887777',
  '4788887777',
  '8888-7777',
  '88887777',
  '123456789012345',
  CRM,
  'STOP',
]
const BYSTANDER = '5511900000009'
const masked = (id: string): string => `${id.slice(0, 3)}***${id.slice(-2)}`
const forget = (from: Fleet, id: string) => forgetContact(from, { id }, masked)
const blocked = { code: 'CONTACT_BLOCKED' }

const counters = () =>
  sql(
    'select nome, msgs_enviadas_hora h, msgs_enviadas_dia d, ultima_msg_at m from whatsapp_instances order by nome',
  )
const foundIn = (dump: string): string[] => FORMS.filter((form) => dump.includes(form))

/** The person in every table that holds people, under each id. */
async function fill(): Promise<{ ids: string[]; bystander: string }> {
  await sql(`insert into clientes values ($1, 'a'), ('bystander', 'b')`, [SHORT])
  const ids: string[] = []
  for (const [place, contactId] of [LONG, FORMATTED, `${SHORT}@s.whatsapp.net`, LID, CRM].entries()) {
    if (contactId === LID) await linkContact(fleet, { id: LONG, alias: LID })
    if (contactId === CRM) await linkContact(fleet, { id: LID, alias: CRM })
    const idempotencyKey = place % 2 === 0 ? `msg-${contactId}-${place}` : undefined
    ids.push((await reserve(fleet, { contactId, idempotencyKey })).id)
  }
  await fillMessages()
  const { id: bystander } = await reserve(fleet, { contactId: 'bystander', idempotencyKey: 'bystander-1' })
  await reserve(fleet, { idempotencyKey: `without-contact-${SHORT}` })
  // Rows of before ids were joined, with keys as a release before this one stored them.
  await sql(
    `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at, outcome, outcome_at, outcome_error, idempotency_key, input_hash)
     select gen_random_uuid(), 'a', c, 'sticky', 'kept', now(), now(), now(), 'failed', now(), 'no account for ' || c, 'key of ' || c, $2 from unnest($1::text[]) c`,
    [[SHORT, FORMATTED, '(47) 8888-7777'], createHash('sha256').update('input').digest('base64url')],
  )
  await sql(`insert into zapfleet.contacts (id, preferred_instance) values ($1, 'a'), ($2, 'a')`, [
    SHORT,
    FORMATTED,
  ])
  await sql(`insert into zapfleet.conversations select c, 'a', now(), now() from unnest($1::text[]) c`, [
    [LONG, SHORT, FORMATTED, 'bystander'],
  ])
  await sql(
    `insert into zapfleet.prune_cursors values ('conversations', $1) on conflict (name) do update set after = excluded.after`,
    [JSON.stringify([LONG, 'a'])],
  )
  await sql(
    `insert into zapfleet.unmatched_outcomes (message_id, instance_name, outcome, outcome_at, outcome_error) values ('m', 'a', 'failed', now(), $1), ('n', 'a', 'failed', now(), '463')`,
    [`+${LONG} has no account`],
  )
  const [hash] = await sql(`select left(encode(zapfleet.contact_hash($1), 'hex'), 16) ref`, [LONG])
  await sql(
    `insert into zapfleet.audit (request_id, key_id, key_label, address, act, target, before, after) values
     ('1', 'k', 'k', '-', 'contact.setPreference', 'x', $1, $1), ('2', 'k', 'k', '-', 'contact.setPreference', $2, '{"preferredInstance": "a"}', null),
     ('3', 'k', 'k', '-', 'contact.setPreference', 'bys***er', '{"preferredInstance": "b"}', null)`,
    [{ ...hash, preferredInstance: 'a' }, masked(LONG)],
  )
  await sql(
    'update zapfleet.contacts set last_inbound_at = now(), last_inbound_instance = $2 where id = $1',
    [LONG, 'a'],
  )
  return { ids, bystander }
}

/** Messages that wait, and one that has ended: to each id of the person, to the person under an id of another system, and to another. */
async function fillMessages(): Promise<void> {
  const send = (input: Omit<SendInput, 'sendAt'>) =>
    sendMessage(callOf(fleet), { ...input, sendAt: new Date(Date.now() + 3_600_000) })
  const ended = await send({ to: LONG, text: `para ${LONG}`, idempotencyKey: `ended-${LONG}` })
  await sql(
    `update zapfleet.messages set state = 'failed', content = null, ended_at = now(), error = 'no account for ' || recipient where id = $1`,
    [ended.id],
  )
  await send({ to: FORMATTED, text: `para ${FORMATTED}`, idempotencyKey: `queued-${SHORT}` })
  await send({ to: LID, media: { kind: 'document', base64: 'aGVsbG8h', fileName: `${SHORT}.pdf` } })
  await send({ to: `${SHORT}@s.whatsapp.net`, contactId: CRM, text: 'para o contato do CRM' })
  await send({ to: LONG, contactId: 'order-77', text: 'para o pedido' })
  const copy = await send({ to: BYSTANDER, text: 'para outro', idempotencyKey: `copy-${LONG}` })
  await sql('update zapfleet.messages set error = $2 where id = $1', [copy.id, `after ${FORMATTED}`])
}

beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(
    sql,
    'zapfleet.blocks, zapfleet.unmatched_outcomes, zapfleet.audit, zapfleet.prune_cursors, zapfleet.messages, zapfleet.message_lanes, zapfleet.message_changes',
  )
  await addInstances(sql, ['a', 'b'], { hour: 100_000, day: 100_000 })
  for (const one of [fleet, other]) await one.engine.snapshot.refresh()
})

describe('forget', () => {
  it.each([LONG, FORMATTED, LID, CRM])(
    'removes a person, called with %s, and leaves counters and others',
    async (id) => {
      const { bystander } = await fill()
      expect(foundIn(await dumpOf(sql))).not.toEqual([])
      const [before, rows] = [
        await counters(),
        await sql('select count(*)::int n from zapfleet.reservations'),
      ]
      expect(await forget(other, id)).toEqual({ forgotten: true })
      // The table clientes is the bot's: its id stays.
      expect(await sql('select id, instancia_preferida p from clientes order by id')).toEqual([
        { id: SHORT, p: null },
        { id: 'bystander', p: 'b' },
      ])
      await sql('delete from clientes where id = $1', [SHORT])
      expect(foundIn(await dumpOf(sql))).toEqual([])
      expect(await counters()).toEqual(before)
      expect(await sql('select count(*)::int n from zapfleet.reservations')).toEqual(rows)
      expect(await sql('select target from zapfleet.audit order by request_id')).toEqual([
        { target: null },
        { target: null },
        { target: 'bys***er' },
      ])
      expect(
        await sql('select contact_id c from zapfleet.reservations where contact_id is not null'),
      ).toEqual([{ c: 'bystander' }])
      expect(
        await sql('select recipient r, idempotency_key k, error e, state s from zapfleet.messages'),
      ).toEqual([{ r: BYSTANDER, k: null, e: null, s: 'queued' }])
      expect(await sql('select contact_id c from zapfleet.message_lanes order by 1')).toEqual([
        { c: BYSTANDER },
      ])
      expect(await sql('select 1 from zapfleet.message_changes')).toHaveLength(1)
      expect(await sql('select contact_id c from zapfleet.conversations')).toEqual([{ c: 'bystander' }])
      expect(
        await sql(`select outcome_error e from zapfleet.unmatched_outcomes order by message_id`),
      ).toEqual([{ e: null }, { e: '463' }])
      // Of those that remain, one is of the bystander, and one of a reservation without a contact.
      expect(await sql('select reservation_id::text id from zapfleet.idempotency_keys')).toHaveLength(2)
      expect(await reserve(other, { contactId: 'bystander', idempotencyKey: 'bystander-1' })).toMatchObject({
        id: bystander,
      })
    },
  )

  it('makes a later reserve one of a new contact', async () => {
    await setPreference(fleet, { id: LONG, instanceName: 'a' })
    await reserve(other, { contactId: LONG })
    await forget(fleet, LONG)
    expect(await getContact(other, { id: LONG })).toMatchObject({ preferredInstance: null, aliases: [] })
    expect(await reserve(other, { contactId: LONG, strategy: 'sticky' })).toMatchObject({
      preference: 'assigned',
      kind: 'new',
    })
  })

  it('makes a later reserve with a key of before a new one', async () => {
    const input = { contactId: LONG, idempotencyKey: 'order-1' }
    const { id } = await reserve(fleet, input)
    await forget(fleet, LONG)
    expect((await reserve(other, input)).id).not.toBe(id)
  })

  it('leaves reservations that can be completed', async () => {
    const [first = '', second = ''] = (await fill()).ids
    await forget(fleet, LONG)
    expect(await confirmReservation(other, { id: first })).toMatchObject({
      state: 'confirmed',
      contactId: null,
    })
    const [before] = await sql('select sum(msgs_enviadas_hora)::int n from whatsapp_instances')
    expect(await releaseReservation(other, { id: second })).toMatchObject({
      state: 'released',
      contactId: null,
    })
    expect(await sql('select sum(msgs_enviadas_hora)::int n from whatsapp_instances')).toEqual([
      { n: Number(before?.n) - 1 },
    ])
  })

  it('of a contact that is not stored, and again, is no error', async () => {
    for (const id of ['abc-1', LONG, LONG]) expect(await forget(fleet, id)).toEqual({ forgotten: true })
  })

  it('leaves a block, which holds for each id', async () => {
    await fill()
    await blockContact(fleet, { id: LID, reason: 'STOP' })
    await forget(other, CRM)
    await sql('delete from clientes')
    expect(foundIn(await dumpOf(sql))).toEqual([])
    for (const process of [fleet, other])
      for (const contactId of [LONG, SHORT, FORMATTED, LID, CRM])
        await expect(reserve(process, { contactId })).rejects.toMatchObject(blocked)
    expect(foundIn(await dumpOf(sql))).toEqual([])
  })

  it('leaves a block also when the person writes again', async () => {
    await fill()
    await blockContact(fleet, { id: LONG })
    await forget(other, LONG)
    const written = await recordInbound(fleet, { id: SHORT, instanceName: 'b' })
    expect(written).toMatchObject({ blocked: true, lastInbound: { instanceName: 'b' } })
    for (const process of [fleet, other])
      await expect(reserve(process, { contactId: LONG })).rejects.toMatchObject(blocked)
    await forget(fleet, LONG)
    await sql('delete from clientes')
    expect(foundIn(await dumpOf(sql))).toEqual([])
    await expect(reserve(other, { contactId: LONG })).rejects.toMatchObject(blocked)
  })

  it('leaves a block also where older tables are restored beside its hashes', async () => {
    await fill()
    const tables = ['contacts', 'conversations', 'reservations']
    for (const table of tables) await sql(`create table public.old_${table} as table zapfleet.${table}`)
    await blockContact(fleet, { id: LONG })
    await forget(fleet, LONG)
    for (const table of tables) {
      await sql(`delete from zapfleet.${table}`)
      await sql(`insert into zapfleet.${table} table public.old_${table}`)
      await sql(`drop table public.old_${table}`)
    }
    const restored = await another()
    for (const contactId of [LONG, SHORT, FORMATTED, LID, CRM])
      await expect(reserve(restored, { contactId })).rejects.toMatchObject(blocked)
    await setPreference(restored, { id: LONG, instanceName: 'b' })
    await expect(reserve(restored, { contactId: LONG })).rejects.toMatchObject(blocked)
  })

  it('ends when it is called again after it was interrupted at any statement', async () => {
    const interrupted = (after: number): Fleet => {
      let left = after
      const run: Fleet['sql']['run'] = (...call) => {
        if (left-- <= 0) throw new Error('interrupted')
        return fleet.sql.run(...call)
      }
      return { ...fleet, sql: { ...fleet.sql, run } }
    }
    let isDone = false
    for (let after = 1; !isDone; after++) {
      await clearFleet(sql)
      await emptyTables(
        sql,
        'zapfleet.unmatched_outcomes, zapfleet.audit, zapfleet.prune_cursors, zapfleet.messages, zapfleet.message_lanes, zapfleet.message_changes',
      )
      await addInstances(sql, ['a', 'b'], { hour: 1000, day: 1000 })
      await fleet.engine.snapshot.refresh()
      await fill()
      await sql('delete from clientes where id = $1', [SHORT])
      isDone = await forget(interrupted(after), LONG).then(
        () => true,
        () => false,
      )
      await forget(fleet, LONG)
      expect([after, foundIn(await dumpOf(sql))]).toEqual([after, []])
    }
  })

  it('keeps the counters while another process reserves for the person, and leaves nothing after the last call', async () => {
    await sql('update whatsapp_instances set msgs_enviadas_hora = 0, msgs_enviadas_dia = 0')
    await linkContact(fleet, { id: LONG, alias: CRM })
    let isOver = false
    const reserving = (async () => {
      let granted = 0
      while (!isOver) {
        const events = await worker.reserve(
          [LONG, SHORT, CRM, 'bystander'].map((contactId) => ({ contactId })),
        )
        for (const { ended } of events) {
          expect(ended).toMatchObject({ ok: true })
          granted++
        }
      }
      return granted
    })()
    for (let round = 0; round < 10; round++) await forget(fleet, LONG)
    isOver = true
    const granted = await reserving
    await forget(fleet, LONG)
    await forget(fleet, CRM)
    const [sent] = await sql('select sum(msgs_enviadas_dia)::int n from whatsapp_instances')
    expect(sent).toEqual({ n: granted })
    expect(await sql('select count(*)::int n from zapfleet.reservations')).toEqual([{ n: granted }])
    expect(foundIn(await dumpOf(sql))).toEqual([])
  })

  it('reads the ids again when an operator links one while it runs', async () => {
    await reserve(fleet, { contactId: CRM, idempotencyKey: `m-${CRM}` })
    await sql('truncate zapfleet.reservations')
    let isLinked = false
    const run: Fleet['sql']['run'] = async (statement, values) => {
      if (statement.name.includes('forget_contact') && !isLinked) {
        isLinked = true
        await linkContact(other, { id: LONG, alias: CRM })
        await reserve(other, { contactId: CRM })
      }
      return fleet.sql.run(statement, values)
    }
    await setPreference(fleet, { id: LONG, instanceName: 'a' })
    await forget({ ...fleet, sql: { ...fleet.sql, run } }, LONG)
    expect(isLinked).toBe(true)
    expect(foundIn(await dumpOf(sql))).toEqual([])
  })

  it('of one of two forms that are apart leaves the other, and of both leaves nothing', async () => {
    for (const contactId of [LONG, SHORT]) await reserve(fleet, { contactId, exclude: ['b'] })
    await unlinkContact(fleet, { id: LONG, alias: SHORT })
    await setPreference(fleet, { id: LONG, instanceName: 'b' })
    await blockContact(fleet, { id: LONG })
    await forget(other, LONG)
    expect(await sql('select contact_as c from zapfleet.reservations where contact_id is not null')).toEqual([
      { c: SHORT },
    ])
    expect(await reserve(other, { contactId: SHORT })).toMatchObject({
      instanceName: 'a',
      preference: 'kept',
    })
    await expect(reserve(other, { contactId: LONG })).rejects.toMatchObject(blocked)
    await forget(other, SHORT)
    expect(foundIn(await dumpOf(sql))).toEqual([])
    await expect(reserve(other, { contactId: LONG })).rejects.toMatchObject(blocked)
  })

  it('clears the acts on a number from before its two forms became two contacts', async () => {
    await fill()
    await sql('truncate zapfleet.reservations, zapfleet.conversations')
    await unlinkContact(fleet, { id: LONG, alias: SHORT })
    const acts = (await exportContact(other, { id: SHORT })).audit
    expect(acts).toMatchObject([{ act: 'contact.setPreference', target: 'x' }])
    await forget(fleet, SHORT)
    expect(await sql(`select target, before, after from zapfleet.audit where request_id = '1'`)).toEqual([
      { target: null, before: null, after: null },
    ])
  })

  it('clears the number of formatted ids in clientes, which no later merge stores again', async () => {
    const written = '(47) 98888-7777'
    await sql(`insert into clientes values ($1, null), ('(47) 98888-7778', 'b')`, [written])
    await reserve(fleet, { contactId: written, exclude: ['b'], idempotencyKey: 'wpp/47/98888-7777' })
    await reserve(fleet, { contactId: written, exclude: ['b'], idempotencyKey: 'to 8888 7777' })
    expect((await exportContact(other, { id: LONG })).clients).toEqual([
      { id: written, preferredInstance: 'a' },
    ])
    await forget(other, LONG)
    await mergeContactForms(fleet)
    expect(await sql('select id, instancia_preferida p from clientes order by id')).toEqual([
      { id: written, p: null },
      { id: '(47) 98888-7778', p: 'b' },
    ])
    expect(await sql('select id from zapfleet.contacts')).toEqual([{ id: '5547988887778' }])
    expect(await sql('select 1 from zapfleet.idempotency_keys')).toEqual([])
    expect(await getContact(other, { id: written })).toMatchObject({ preferredInstance: null })
  })

  it('goes through a table of many slices', async () => {
    await sql(
      `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at)
       select gen_random_uuid(), 'a', case n % 1000 when 0 then $1 else 'other-' || n end, 'sticky', 'kept', now(), now(), now() from generate_series(1, 12000) n`,
      [LONG],
    )
    expect((await exportContact(fleet, { id: SHORT })).reservations).toHaveLength(12)
    await forget(fleet, LONG)
    expect(await sql('select count(*)::int n from zapfleet.reservations where contact_id is null')).toEqual([
      { n: 12 },
    ])
  })
})

describe('export', () => {
  it('holds everything of the person, under every id, and nothing of others', async () => {
    const [first] = (await fill()).ids
    await blockContact(fleet, { id: LONG, reason: 'STOP' })
    const found = await exportContact(other, { id: SHORT })
    expect(found).toMatchObject({
      id: SHORT,
      ids: [
        { id: LONG, isAlias: false },
        { id: LID, isAlias: true },
        { id: CRM, isAlias: true },
      ],
      contact: {
        preferredInstance: 'a',
        blocked: true,
        blockedAt: expect.any(String),
        blockedReason: 'STOP',
        unlinkedAt: null,
        lastInbound: { instanceName: 'a', at: expect.any(String) },
      },
      clients: [{ id: SHORT, preferredInstance: 'a' }],
      audit: [{ act: 'contact.setPreference', target: 'x', after: { preferredInstance: 'a' } }],
    })
    expect(found.conversations).toHaveLength(3)
    expect(found.reservations.map(({ contactId }) => contactId).sort()).toEqual(
      [LONG, FORMATTED, `${SHORT}@s.whatsapp.net`, LID, CRM, SHORT, FORMATTED, '(47) 8888-7777'].sort(),
    )
    expect(found.reservations.find(({ id }) => id === first)).toEqual({
      id: first,
      contactId: LONG,
      instanceName: 'a',
      pool: null,
      strategy: 'sticky',
      preference: 'kept',
      state: 'reserved',
      kind: 'new',
      reservedAt: expect.stringMatching(/Z$/),
      notBefore: null,
      completedAt: null,
      releaseCause: null,
      messageId: null,
      outcome: null,
      idempotencyKey: null,
    })
    expect(JSON.stringify(found)).not.toContain('bystander')
    expect(found.messages.map(({ to, contactId, state, text }) => [to, contactId, state, text])).toEqual([
      [LONG, LONG, 'failed', null],
      [FORMATTED, FORMATTED, 'queued', `para ${FORMATTED}`],
      [LID, LID, 'queued', null],
      [`${SHORT}@s.whatsapp.net`, CRM, 'queued', 'para o contato do CRM'],
      [LONG, 'order-77', 'queued', 'para o pedido'],
    ])
    expect(found.messages.map(({ media }) => media)).toEqual([
      null,
      null,
      {
        kind: 'document',
        fileName: `${SHORT}.pdf`,
        isStored: true,
        url: null,
        mimeType: null,
        caption: null,
      },
      null,
      null,
    ])
    expect(found.messages[0]).toMatchObject({
      error: `no account for ${LONG}`,
      idempotencyKey: `ended-${LONG}`,
      createdAt: expect.stringMatching(/Z$/),
      endedAt: expect.stringMatching(/Z$/),
    })
  })

  it('has the slot of a message, and when a number counted the person as a new contact', async () => {
    // No turn lies behind the end of the hour.
    clock.set('2026-03-10T12:30:00Z')
    onTestFinished(() => {
      clock.at = null
    })
    await addInstances(sql, ['slow'])
    await updateInstance(callOf(fleet), { name: 'slow', minGapMs: 60_000, newContactsPerDay: 5 })
    await setPreference(fleet, { id: 'paced', instanceName: 'slow' })
    await reserve(fleet, { contactId: 'paced' })
    await reserve(fleet, { contactId: 'paced', maxWaitMs: 120_000 })
    await sql(`insert into zapfleet.conversations (contact_id, instance_name, new_at)
      values ('paced', 'slow', '2026-03-10T12:00:00Z'), ('paced', 'a', '-infinity')`)
    const { reservations, conversations } = await exportContact(fleet, { id: 'paced' })
    expect(reservations.map(({ notBefore }) => notBefore)).toEqual([null, expect.stringMatching(/Z$/)])
    expect(conversations.map(({ newContactAt }) => newContactAt)).toEqual([null, '2026-03-10T12:00:00.000Z'])
  })

  it('of a contact that is not stored is empty', async () => {
    expect(await exportContact(fleet, { id: 'abc-1' })).toEqual({
      id: 'abc-1',
      exportedAt: expect.any(String),
      ids: [{ id: 'abc-1', isAlias: false }],
      contact: {
        preferredInstance: null,
        blocked: false,
        blockedAt: null,
        blockedReason: null,
        unlinkedAt: null,
        lastInbound: null,
      },
      clients: [],
      pools: [],
      conversations: [],
      reservations: [],
      messages: [],
      audit: [],
    })
  })
})
