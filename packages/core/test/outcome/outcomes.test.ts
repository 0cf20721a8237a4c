import fc from 'fast-check'
import pg from 'pg'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  confirmReservation,
  FleetError,
  getReservation,
  linkContact,
  type MessageEvents,
  releaseReservation,
  reportOutcomes,
  reserve,
  takeEvents,
  unlinkContact,
  waitForEvents,
} from '../../src/index.ts'
import { outcomesOf } from '../../src/outcome/event-batch.ts'
import { joinOutcomes, type KnownOutcome } from '../../src/outcome/next-outcome.ts'
import { openIntake } from '../../src/outcome/open-intake.ts'
import { applyOutcomes, linkNamed, matchWaiting } from '../../src/outcome/store-events.ts'
import { createCompleter } from '../../src/reservation/completer.ts'
import { OUTCOME_STATUSES, type OutcomeStatus } from '../../src/reservation/reservation.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const reached: [string, OutcomeStatus, number][] = []
const { fleet, sql, clock, another, url } = await testFleet({
  metrics: { outcome: (...one) => reached.push(one) },
})
const NOW = '2026-11-29T15:30:00.000Z'
const at = (seconds: number): string => new Date(Date.parse(NOW) + seconds * 1_000).toISOString()

beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(
    sql,
    'zapfleet.unmatched_outcomes, zapfleet.hourly_outcomes, zapfleet.event_coverage, zapfleet.conversations, zapfleet.messages, zapfleet.message_changes, zapfleet.webhook_endpoints',
  )
  reached.length = 0
  clock.set(NOW)
  await addInstances(sql, ['a', 'b'], { hour: 100_000, day: 100_000 })
  await fleet.engine.snapshot.refresh()
})

/** Many reserves of one contact are claimed one after the other. */
const PATIENT = { deadlineMs: 60_000 }
let count = 0
const newId = (): string => `3EB0${String(++count).padStart(18, '0')}`

/** A message that was sent and confirmed. */
async function sent(contactId = '5511987654321', messageId = newId()) {
  const { id, instanceName } = await reserve(fleet, { contactId, exclude: ['b'] }, PATIENT)
  await confirmReservation(fleet, { id, messageId })
  return { id, instanceName, messageId }
}
type Sent = Awaited<ReturnType<typeof sent>>

const report = (...events: [Sent, OutcomeStatus, seconds?: number, error?: string][]) =>
  reportOutcomes(fleet, {
    events: events.map(([{ instanceName, messageId }, status, seconds = 0, error]) => ({
      instanceName,
      messageId,
      status,
      at: new Date(at(seconds)),
      error,
    })),
  })

const outcomeOf = async ({ id }: { id: string }) => (await getReservation(fleet, { id })).outcome
const events = (more: Partial<MessageEvents>, instance = 'a'): MessageEvents => ({
  instance,
  outcomes: [],
  sends: [],
  inbound: [],
  lids: [],
  ...more,
})
async function take(...some: MessageEvents[]): Promise<void> {
  for (const one of some) takeEvents(fleet, 'global_webhook', one)
  await waitForEvents(fleet)
}
const told = (messageId: string, status: OutcomeStatus) => events({ outcomes: [{ messageId, status }] })
const handed = (messageId: string, jid: string, sentAtMs: number | null = null) =>
  events({ sends: [{ messageId, jid, sentAtMs }] })
const sums = () =>
  sql('select instance_name, sent, failed, delivered, read, prompt from zapfleet.hourly_outcomes')
const waiting = () => sql('select message_id, outcome from zapfleet.unmatched_outcomes order by 1')

describe('a report', () => {
  it('moves the outcome forward only', async () => {
    const one = await sent()
    expect(await outcomeOf(one)).toBeNull()
    const reports = () => fleet.intake.figures().received.report
    const before = reports()
    expect(await report([one, 'sent', -3])).toEqual({ matched: 1, unmatched: 0 })
    expect(reports()).toBe(before + 1)
    expect(await outcomeOf(one)).toEqual({ status: 'sent', at: at(-3), error: null })
    await report([one, 'failed', -2, 'error 463'])
    expect(await outcomeOf(one)).toEqual({ status: 'failed', at: at(-2), error: 'error 463' })
    await report([one, 'read', -1])
    expect(await outcomeOf(one)).toEqual({ status: 'read', at: at(-1), error: null })
    expect(await report([one, 'delivered', 0])).toEqual({ matched: 1, unmatched: 0 })
    expect(await outcomeOf(one)).toEqual({ status: 'read', at: at(-1), error: null })
    expect(await sums()).toEqual([
      { instance_name: 'a', sent: 0, failed: 0, delivered: 0, read: 1, prompt: 1 },
    ])
    expect(reached).toEqual([
      ['a', 'sent', 1],
      ['a', 'failed', 1],
      ['a', 'read', 1],
    ])
  })

  it('of the future happened now', async () => {
    const one = await sent()
    await report([one, 'delivered', 3_600])
    expect(await outcomeOf(one)).toEqual({ status: 'delivered', at: at(0), error: null })
  })

  it.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-12:00'])('of %s is stored', async (moment) => {
    const { instanceName, messageId } = await sent()
    const event = { instanceName, messageId, status: 'read' as const, at: new Date(moment) }
    expect(await reportOutcomes(fleet, { events: [event] })).toEqual({ matched: 1, unmatched: 0 })
  })

  it('without a moment happened now', async () => {
    const one = await sent()
    const { instanceName, messageId } = one
    await reportOutcomes(fleet, { events: [{ instanceName, messageId, status: 'read' }] })
    expect(await outcomeOf(one)).toEqual({ status: 'read', at: at(0), error: null })
  })

  it('is counted as matched for each copy, and as unmatched for an unknown message or instance', async () => {
    const one = await sent()
    const other = { ...one, messageId: 'unknown' }
    const foreign = { ...one, instanceName: 'nobody' }
    expect(
      await report([one, 'read'], [one, 'read'], [one, 'sent'], [other, 'read'], [foreign, 'read']),
    ).toEqual({
      matched: 3,
      unmatched: 2,
    })
    expect(await waiting()).toEqual([{ message_id: 'unknown', outcome: 'read' }])
    expect(await report()).toEqual({ matched: 0, unmatched: 0 })
  })

  it('about the message of another instance with the same id changes nothing', async () => {
    const one = await sent()
    expect(await report([{ ...one, instanceName: 'b' }, 'read'])).toEqual({ matched: 0, unmatched: 1 })
    expect(await outcomeOf(one)).toBeNull()
  })

  it('is prompt within a minute of its reservation, by the first good news', async () => {
    const one = await sent()
    const late = await sent()
    clock.set(at(600))
    await report([one, 'delivered', 300], [late, 'delivered', 300])
    expect((await sums())[0]).toMatchObject({ delivered: 2, prompt: 0 })
    await report([one, 'sent', 59], [late, 'sent', 61])
    expect((await sums())[0]).toMatchObject({ delivered: 2, prompt: 1 })
  })
})

it('SQL joins two outcomes exactly as TypeScript does, for reservations and for waiting ones', async () => {
  const outcome = fc.record({
    status: fc.constantFrom(...OUTCOME_STATUSES),
    atMs: fc.integer({ min: 0, max: 2 }).map((seconds) => Date.parse(at(seconds - 10))),
    error: fc.option(fc.constantFrom('a', 'B', 'é')),
  })
  const pairs = fc.sample(fc.tuple(outcome, outcome), 150)
  const known = (one: (typeof pairs)[number][0]): KnownOutcome => ({
    ...one,
    error: one.status === 'failed' ? one.error : null,
    evidenceMs: one.status === 'failed' ? null : one.atMs,
  })
  const seats = await Promise.all(pairs.map(() => sent()))
  const waits = pairs.map(() => ({ instance: 'a', messageId: newId() }))
  for (const place of [0, 1] as const)
    await applyOutcomes(
      fleet,
      pairs.flatMap((pair, index) => {
        const one = known(pair[place])
        return [
          { ...one, instance: 'a', messageId: seats[index]?.messageId ?? '' },
          { ...one, instance: 'a', messageId: waits[index]?.messageId ?? '' },
        ]
      }),
    )
  const read = async (table: string): Promise<Map<string, unknown>> => {
    const rows =
      await sql(`select message_id, outcome status, extract(epoch from outcome_at)::float8 * 1000 "atMs", outcome_error error,
      extract(epoch from evidence_at)::float8 * 1000 "evidenceMs" from zapfleet.${table}`)
    return new Map(rows.map(({ message_id, ...rest }) => [String(message_id), rest]))
  }
  const [stored, stillWaiting] = [await read('reservations'), await read('unmatched_outcomes')]
  pairs.forEach(([one, other], index) => {
    const expected = joinOutcomes(known(one), known(other))
    expect(stored.get(seats[index]?.messageId ?? '')).toEqual(expected)
    expect(stillWaiting.get(waits[index]?.messageId ?? '')).toEqual(expected)
  })
})

describe('many events', () => {
  it('ten copies of each, shuffled, through two processes, give the rows that one ordered copy gives', async () => {
    const process = await another()
    const seats = await Promise.all(Array.from({ length: 60 }, () => sent()))
    const ways: OutcomeStatus[][] = [
      [],
      ['sent'],
      ['failed'],
      ['delivered'],
      ['delivered', 'read'],
      ['failed', 'delivered'],
    ]
    const all = seats.flatMap(({ messageId }, index) =>
      (ways[index % ways.length] ?? []).map((status) => told(messageId, status)),
    )
    const copies = Array.from({ length: 10 }, () => all).flat()
    for (const one of fc.sample(fc.shuffledSubarray(copies, { minLength: copies.length }), 1)[0] ?? [])
      takeEvents(Math.random() < 0.5 ? fleet : process, 'websocket', one)
    await Promise.all([waitForEvents(fleet), waitForEvents(process)])
    const rows = async () =>
      (await sql('select outcome, count(*)::int n from zapfleet.reservations group by 1 order by 1')).map(
        (row) => [row.outcome, row.n],
      )
    const expected = [
      ['delivered', 20],
      ['failed', 10],
      ['read', 10],
      ['sent', 10],
      [null, 10],
    ]
    expect(await rows()).toEqual(expected)
    expect(await sums()).toEqual([
      { instance_name: 'a', sent: 10, failed: 10, delivered: 20, read: 10, prompt: 40 },
    ])
    // Twenty minutes later the first copies come again.
    clock.set(at(1_200))
    await take(...all)
    expect(await rows()).toEqual(expected)
    expect((await sums())[0]).toMatchObject({ prompt: 40 })
    expect(
      await sql('select count(*)::int n from zapfleet.reservations where outcome_at > $1', [NOW]),
    ).toEqual([{ n: 0 }])
  })

  it('wait while the database is away, and are dropped where it refuses them', async () => {
    const one = await sent()
    const answers = [new FleetError('DATABASE_UNAVAILABLE', 'away'), new FleetError('UNEXPECTED', 'refused')]
    const sql: typeof fleet.sql = {
      ...fleet.sql,
      run: (statement, values) => {
        const answer = statement.name.includes('store_outcomes') ? answers.shift() : undefined
        return answer ? Promise.reject(answer) : fleet.sql.run(statement, values)
      },
    }
    const intake = openIntake({ ...fleet, sql }, fleet.engine.snapshot)
    intake.take('websocket', told(one.messageId, 'sent'))
    await vi.waitFor(() => expect(answers).toHaveLength(1), { timeout: 60_000 })
    expect(await outcomeOf(one)).toBeNull()
    await intake.idle()
    expect([answers.length, intake.figures().dropped]).toEqual([0, 1])
    intake.take('websocket', told(one.messageId, 'read'))
    await intake.close()
    expect(await outcomeOf(one)).toMatchObject({ status: 'read' })
    intake.take('websocket', told(one.messageId, 'read'))
    expect(intake.figures()).toMatchObject({ dropped: 2, received: { websocket: 3 } })
  })

  it('of instances that are not ours leave nothing behind', async () => {
    await take(
      events(
        {
          outcomes: [{ messageId: 'x', status: 'read' }],
          inbound: [{ jids: ['5511987654321@s.whatsapp.net'], writtenAtMs: null }],
        },
        'foreign',
      ),
    )
    expect(await waiting()).toEqual([])
    expect(await sql('select from zapfleet.conversations')).toEqual([])
    expect(await sql('select from zapfleet.event_coverage')).toEqual([])
  })
})

describe('a message without its reservation', () => {
  it('waits for its confirm', async () => {
    const { id } = await reserve(fleet, { contactId: '5511987654321', exclude: ['b'] })
    const messageId = newId()
    await take(told(messageId, 'delivered'), told(messageId, 'sent'))
    expect(await waiting()).toEqual([{ message_id: messageId, outcome: 'delivered' }])
    expect(await confirmReservation(fleet, { id, messageId })).toMatchObject({
      messageId,
      state: 'confirmed',
    })
    await waitForEvents(fleet)
    expect(await outcomeOf({ id })).toMatchObject({ status: 'delivered' })
    expect(await waiting()).toEqual([])
    expect((await sums())[0]).toMatchObject({ delivered: 1, sent: 0 })
  })

  it('is found by the sweep, whichever process linked it', async () => {
    const { id } = await reserve(fleet, { exclude: ['b'] })
    await take(told('m', 'read'))
    await sql(`update zapfleet.reservations set message_id = 'm' where id = $1`, [id])
    expect(await matchWaiting(fleet, null)).toBe(1)
    expect(await outcomeOf({ id })).toMatchObject({ status: 'read' })
    expect(await matchWaiting(fleet, null)).toBe(0)
  })
})

describe('the event of a send', () => {
  const seat = (contactId: string) => reserve(fleet, { contactId, exclude: ['b'] }, PATIENT)
  const messageOf = async ({ id }: { id: string }) => (await getReservation(fleet, { id })).messageId

  it.each([
    '5547988887777',
    '554788887777',
    '+5547988887777',
    '+55 (47) 98888-7777',
    '554788887777@s.whatsapp.net',
  ])('links the reservation of the same person, written as %s', async (contact) => {
    const one = await seat(contact)
    const messageId = newId()
    await take(told(messageId, 'delivered'), handed(messageId, '554788887777@s.whatsapp.net'))
    expect(await messageOf(one)).toBe(messageId)
    expect(await outcomeOf(one)).toMatchObject({ status: 'delivered' })
    // The confirm that names nothing keeps it.
    expect(await confirmReservation(fleet, { id: one.id })).toMatchObject({ messageId })
  })

  it('links by the moment of the send where the event comes nine minutes later', async () => {
    // The id of a reservation has the moment by the clock of the process that reserves.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 9 * 60_000 })
    const [one] = await Promise.all([seat('5547988887777')]).finally(() => vi.useRealTimers())
    clock.set(at(9 * 60))
    const messageId = newId()
    await take(handed(messageId, '554788887777@s.whatsapp.net', Date.parse(at(1))))
    await take(told(messageId, 'delivered'))
    expect(await messageOf(one)).toBe(messageId)
    expect(await outcomeOf(one)).toMatchObject({ status: 'delivered' })
  })

  it('links several newest to newest, each once, also when each event comes ten times through two processes', async () => {
    const process = await another()
    const seats = []
    for (let n = 0; n < 4; n++) seats.push(await seat('5511987654321'))
    const ids = seats.map(newId)
    for (let copy = 0; copy < 10; copy++)
      for (const [n, messageId] of ids.entries())
        takeEvents(
          n % 2 === copy % 2 ? fleet : process,
          'websocket',
          handed(messageId, '5511987654321@s.whatsapp.net'),
        )
    await Promise.all([waitForEvents(fleet), waitForEvents(process)])
    const linked = await Promise.all(seats.map(messageOf))
    expect(linked.slice().sort()).toEqual(ids.slice().sort())
  })

  it('leaves alone reservations of others, released ones, and those without a phone', async () => {
    const others = [await seat('5511987650000'), await seat('ana'), await reserve(fleet, { exclude: ['b'] })]
    const released = await seat('5511987654321')
    await releaseReservation(fleet, { id: released.id })
    await take(handed(newId(), '5511987654321@s.whatsapp.net'))
    for (const one of [...others, released]) expect(await messageOf(one)).toBeNull()
  })

  it('links a person without a phone by the LID', async () => {
    const one = await seat('77001122334455@lid')
    await take(handed('m', '77001122334455@lid'))
    expect(await messageOf(one)).toBe('m')
  })

  it('links a contact under another of its ids: an alias, or a form that is a contact of its own', async () => {
    const jid = '5547988887777@s.whatsapp.net'
    const lid = '77001122334455@lid'
    await linkContact(fleet, { id: 'crm-1', alias: '5547988887777' })
    await linkContact(fleet, { id: '5511987654321', alias: lid })
    await unlinkContact(fleet, { id: '5521987654321', alias: '552187654321' })
    const sends = [
      ['crm-1', jid],
      ['+554788887777', jid],
      [lid, lid],
      [lid, '5511987654321@s.whatsapp.net'],
      ['5511987654321', '5511987654321@s.whatsapp.net'],
      ['552187654321', '552187654321@s.whatsapp.net'],
    ] as const
    for (const [contactId, to] of sends) {
      const one = await seat(contactId)
      const messageId = newId()
      await take(handed(messageId, to))
      expect([contactId, to, await messageOf(one)]).toEqual([contactId, to, messageId])
    }
  })

  it('is corrected by the confirms: two messages of one person change places, with outcomes and counts', async () => {
    const [one, two] = [await seat('5511987654321'), await seat('5511987654321')]
    const [first, second] = [newId(), newId()]
    const jid = '5511987654321@s.whatsapp.net'
    await take(handed(first, jid), handed(second, jid), told(first, 'read'), told(second, 'failed'))
    expect([await messageOf(one), await messageOf(two)]).toEqual([first, second])
    expect(await confirmReservation(fleet, { id: one.id, messageId: second })).toMatchObject({
      messageId: second,
      outcome: null,
    })
    await waitForEvents(fleet)
    expect([await messageOf(one), await messageOf(two)]).toEqual([second, first])
    expect(await outcomeOf(one)).toMatchObject({ status: 'failed' })
    expect(await outcomeOf(two)).toMatchObject({ status: 'read' })
    await confirmReservation(fleet, { id: two.id, messageId: first })
    await waitForEvents(fleet)
    expect([await messageOf(one), await messageOf(two)]).toEqual([second, first])
    expect((await sums())[0]).toMatchObject({ read: 1, failed: 1, prompt: 1 })
  })

  it('keeps the outcome of a message that two confirms name, and counts it once', async () => {
    const [one, two] = [await seat('5511987654321'), await seat('5511987650000')]
    const messageId = newId()
    await confirmReservation(fleet, { id: one.id, messageId })
    await reportOutcomes(fleet, {
      events: [{ instanceName: 'a', messageId, status: 'delivered' }],
    })
    await waitForEvents(fleet)
    // As two confirms leave it whose messages are stored together.
    await sql('update zapfleet.reservations set message_id = $1 where id = $2', [messageId, two.id])
    await linkNamed(
      fleet,
      [one, two].map(({ id }) => ({ reservationId: id, messageId })),
    )
    expect([await messageOf(one), await messageOf(two)]).toEqual([null, messageId])
    expect(await outcomeOf(one)).toBeNull()
    expect(await outcomeOf(two)).toMatchObject({ status: 'delivered' })
    expect((await sums())[0]).toMatchObject({ delivered: 1, prompt: 1 })
  })

  it('is followed by messages and webhooks where a confirm gives an outcome to another reservation', async () => {
    await sql(`insert into zapfleet.webhook_endpoints (name, id, url, events, sealed_secret, created_at, event_id, change_xid, change_seq)
      values ('e', gen_random_uuid(), 'http://127.0.0.1/', '{outcome}', 'x', now(), 0, 0, 0)`)
    const [one, two] = [await seat('5511987654321'), await seat('5511987654321')]
    await sql(
      `insert into zapfleet.messages (id, recipient, contact_id, content_bytes, options, state, created_at, due_at, valid_until, reservation_id)
       values (gen_random_uuid(), '5511987654321', '5511987654321', 1, '{}', 'sent', now(), now(), now(), $1)`,
      [one.id],
    )
    const messageId = newId()
    await take(handed(messageId, '5511987654321@s.whatsapp.net'), told(messageId, 'failed'))
    expect(await messageOf(two)).toBe(messageId)
    await confirmReservation(fleet, { id: one.id, messageId })
    await waitForEvents(fleet)
    expect(await outcomeOf(one)).toMatchObject({ status: 'failed' })
    expect(await outcomeOf(two)).toBeNull()
    expect(await sql('select state from zapfleet.messages')).toEqual([{ state: 'failed' }])
    expect(
      await sql(`select state from zapfleet.message_changes where reservation_id = $1`, [one.id]),
    ).toEqual([{ state: 'failed' }])
    expect((await sums())[0]).toMatchObject({ failed: 1 })
  })

  /** A confirm of a process that ends before it stores the message that was named. */
  const confirmAlone = (id: string, messageId: string) =>
    createCompleter(fleet, fleet.engine.snapshot.pools, 'confirmed').complete(id, null, messageId)

  it('is corrected where a process links the message while a confirm names it', async () => {
    const [one, two] = [await seat('5511987654321'), await seat('5511987654321')]
    const messageId = newId()
    const linking = new pg.Client(url)
    await linking.connect()
    await linking.query('begin')
    await linking.query('select zapfleet.link_messages($1::uuid[], $2::text[])', [[two.id], [messageId]])
    await confirmAlone(one.id, messageId)
    let isDone = false
    const naming = linkNamed(fleet, [{ reservationId: one.id, messageId }]).then(() => {
      isDone = true
    })
    await vi.waitFor(
      async () => {
        const waiting = await sql(`select from pg_locks l join pg_database d on d.oid = l.database
          where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`)
        expect(isDone || waiting.length > 0).toBe(true)
      },
      { timeout: 60_000 },
    )
    await linking.query('commit')
    await linking.end()
    await naming
    expect([await messageOf(one), await messageOf(two)]).toEqual([messageId, null])
  })

  it('is corrected by the outcome where a process ended before it stored what a confirm named', async () => {
    const [one, two] = [await seat('5511987654321'), await seat('5511987654321')]
    const messageId = newId()
    await take(handed(messageId, '5511987654321@s.whatsapp.net'))
    await confirmAlone(one.id, messageId)
    await take(told(messageId, 'delivered'))
    expect([await messageOf(one), await messageOf(two)]).toEqual([messageId, null])
    expect([(await outcomeOf(one))?.status, await outcomeOf(two)]).toEqual(['delivered', null])
    expect((await sums())[0]).toMatchObject({ delivered: 1, prompt: 1 })
  })

  it('gives an inferred message back when the confirm names one that nothing else has', async () => {
    const [one, two] = [await seat('5511987654321'), await seat('5511987650000')]
    const [wrong, right] = [newId(), newId()]
    await take(handed(wrong, '5511987654321@s.whatsapp.net'), told(wrong, 'delivered'))
    await confirmReservation(fleet, { id: one.id, messageId: right })
    await waitForEvents(fleet)
    expect(await messageOf(one)).toBe(right)
    expect(await outcomeOf(one)).toBeNull()
    expect((await sums())[0]).toMatchObject({ delivered: 0, prompt: 0 })
    await confirmReservation(fleet, { id: two.id, messageId: wrong })
    await waitForEvents(fleet)
    expect(await outcomeOf(two)).toMatchObject({ status: 'delivered' })
    expect((await sums())[0]).toMatchObject({ delivered: 1, prompt: 1 })
  })
})

describe('a confirm', () => {
  it('stores the message, also when it is repeated with it', async () => {
    const { id } = await reserve(fleet, {})
    expect(await confirmReservation(fleet, { id })).toMatchObject({ messageId: null, outcome: null })
    expect(await confirmReservation(fleet, { id, messageId: 'm' })).toMatchObject({ messageId: 'm' })
    expect(await confirmReservation(fleet, { id })).toMatchObject({ messageId: 'm' })
    expect(await getReservation(fleet, { id })).toMatchObject({ messageId: 'm', state: 'confirmed' })
  })

  it('by another key stores nothing', async () => {
    const { id } = await reserve(fleet, {}, { owner: 'one' })
    await confirmReservation(fleet, { id }, 'one')
    await expect(confirmReservation(fleet, { id, messageId: 'm' }, 'two')).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    expect(await getReservation(fleet, { id })).toMatchObject({ messageId: null })
  })
})

it('reading a reservation that does not exist is NOT_FOUND', async () => {
  await expect(getReservation(fleet, { id: '00000000-0000-7000-8000-000000000000' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await expect(getReservation(fleet, { id: 'x' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

describe('what people wrote', () => {
  const wrote = (jids: string[], writtenAtMs: number | null) => events({ inbound: [{ jids, writtenAtMs }] })
  const conversations = async () =>
    (
      await sql(
        'select contact_id, last_inbound_at from zapfleet.conversations order by contact_id collate "C"',
      )
    ).map((row) => [row.contact_id, (row.last_inbound_at as unknown as Date | null)?.toISOString()])

  it('is stored for the contact, forward only, never in the future', async () => {
    const jids = ['554788887777@s.whatsapp.net', '9554788887777@lid']
    await take(wrote(jids, Date.parse(at(-120))), wrote(jids, Date.parse(at(-150))))
    const one = (iso: string) => [['5547988887777', iso]]
    expect(await conversations()).toEqual(one(at(-120)))
    await take(wrote(jids, Date.parse(at(-130))))
    expect(await conversations()).toEqual(one(at(-120)))
    await take(wrote(jids, Date.parse(at(500))))
    expect(await conversations()).toEqual(one(at(0)))
  })

  it.each([
    ['525512345678@s.whatsapp.net', '5215512345678'],
    ['541123456789@s.whatsapp.net', '5491123456789'],
  ])('as %s is stored for %s, too, where the fleet writes the contact so', async (jid, written) => {
    await take(wrote([jid], Date.parse(at(-3_600))))
    const key = jid.replace(/@.*/, '')
    expect(await conversations()).toEqual([[key, at(-3_600)]])
    await reserve(fleet, { contactId: written, exclude: ['b'] })
    await take(wrote([jid], null))
    const both = [key, written].sort()
    expect(await conversations()).toEqual(both.map((contact) => [contact, at(0)]))
  })

  it('is stored for the LID where no phone was sent', async () => {
    await take(wrote(['77001122334455@lid'], null))
    expect(await conversations()).toEqual([['77001122334455@lid', at(0)]])
  })
})

it('the coverage of an instance and source is written at most every 30 seconds', async () => {
  const read = async () => {
    const [row] = await sql(
      `select source, last_at, first_at from zapfleet.event_coverage where instance_name = 'a'`,
    )
    return row as unknown as { source: string; first_at: Date; last_at: Date }
  }
  const first = await another()
  takeEvents(first, 'global_webhook', told('m', 'read'))
  await waitForEvents(first)
  expect(await read()).toEqual({ source: 'global_webhook', first_at: new Date(NOW), last_at: new Date(NOW) })
  const process = await another()
  for (const seconds of [20, 40]) {
    clock.set(at(seconds))
    takeEvents(process, 'global_webhook', told('m', 'read'))
    await waitForEvents(process)
    expect((await read()).last_at).toEqual(new Date(NOW))
  }
  const third = await another()
  takeEvents(third, 'global_webhook', told('m', 'read'))
  await waitForEvents(third)
  expect(await read()).toMatchObject({ first_at: new Date(NOW), last_at: new Date(at(40)) })
})

it('combines the entries of a report about one message', () => {
  const one = { instance: 'a', messageId: 'm', error: null }
  expect(
    outcomesOf([
      { ...one, status: 'read', atMs: 9 },
      { ...one, status: 'sent', atMs: 3 },
      { ...one, instance: 'b', status: 'sent', atMs: 3 },
    ]),
  ).toEqual([
    { instance: 'a', messageId: 'm', status: 'read', atMs: 9, error: null, evidenceMs: 3 },
    { instance: 'b', messageId: 'm', status: 'sent', atMs: 3, error: null, evidenceMs: 3 },
  ])
})
