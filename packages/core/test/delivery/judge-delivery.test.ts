import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createBaselines } from '../../src/delivery/baselines.ts'
import {
  callOf,
  confirmReservation,
  type Fleet,
  getInstance,
  instanceHistory,
  judgeDelivery,
  releaseReservation,
  reportOutcomes,
  reserve,
  setRestriction,
  takeEvents,
  waitForEvents,
} from '../../src/index.ts'
import { registerInstance } from '../../src/provisioning/register-instance.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'
import { type SentMessage, storeBaseline, storeCoverage, storeMessages } from './sent-messages.ts'

const { fleet: one, another, sql, clock } = await testFleet()
const other = await another()
const PATIENT = { deadlineMs: 30_000 }
const T0 = Date.parse('2026-03-10T13:30:00Z')

/** Seconds after T0. */
const at = (seconds: number): Date => new Date(T0 + seconds * 1_000)
const setTime = (seconds: number): void => {
  clock.at = at(seconds)
}
const judge = (names: string[] | null = null, fleet: Fleet = one) => judgeDelivery(callOf(fleet), names)
const stateOf = async (name: string) => (await getInstance(one, { name })).delivery.state
const isRestricted = async (name: string) => (await getInstance(one, { name })).restriction !== null
const reasons = async (name: string) => (await instanceHistory(one, { name })).map((change) => change.reason)

beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(
    sql,
    'zapfleet.events, zapfleet.hourly_sends, zapfleet.hourly_outcomes, zapfleet.event_coverage',
  )
  for (const fleet of [one, other]) {
    fleet.delivery.probedAt.clear()
    Object.assign(fleet.delivery, { baselines: createBaselines() })
  }
  setTime(0)
})

describe('seats that are given back with cause line_down', () => {
  const refuse = async (
    contactId: string,
    cause: 'line_down' | 'refused' | 'not_on_whatsapp' = 'line_down',
  ) => {
    const { id } = await reserve(one, { contactId, exclude: ['b'] }, PATIENT)
    await releaseReservation(one, { id, cause })
  }

  it('take the number out of rotation with the third person, before the release is answered', async () => {
    await addInstances(sql, ['a', 'b'])
    for (const contact of ['x', 'y']) await refuse(contact)
    expect(await stateOf('a')).toBe('unproven')
    await refuse('z')
    expect(one.engine.snapshot.pools.all.get('a')?.isFailing).toBe(true)
    expect(await getInstance(one, { name: 'a' })).toMatchObject({
      delivery: { state: 'failing', reason: 'SENDS_REFUSED' },
      available: false,
      unavailableReason: 'NOT_DELIVERING',
    })
    expect((await instanceHistory(one, { name: 'a' }))[0]).toMatchObject({
      reason: 'NOT_DELIVERING',
      from: 'connected',
      to: 'connected',
      evidence: { source: 'sends', refused: 3, people: 3 },
    })
    expect((await reserve(other, { contactId: 'new' }, PATIENT)).instanceName).toBe('b')
  })

  it('change nothing for one person, for other causes, and where a message was sent in between', async () => {
    await addInstances(sql, ['a', 'b'])
    for (let n = 0; n < 4; n++) await refuse('x')
    for (const contact of ['p', 'q', 'r']) await refuse(contact, 'refused')
    await refuse('s', 'not_on_whatsapp')
    for (const contact of ['t', 'u']) await refuse(contact)
    expect(await stateOf('a')).toBe('unproven')
    expect(await reasons('a')).toEqual([])
  })

  it('count on the present connection only', async () => {
    await addInstances(sql, ['a'])
    const seats = ['x', 'y', 'z'].map((contact) => refused('a', contact, -10))
    await storeMessages(sql, seats)
    await sql(`update whatsapp_instances set conectada_em = $1`, [at(-5).toISOString()])
    await judge(['a'])
    expect(await stateOf('a')).toBe('unproven')
  })

  it('count on the present connection only by their reservation, also where they are given back after it opened', async () => {
    await addInstances(sql, ['a'])
    const seats = ['x', 'y', 'z'].map((contactId) => reserve(one, { contactId }, PATIENT))
    const ids = (await Promise.all(seats)).map(({ id }) => id)
    await sql(`update whatsapp_instances set conectada_em = $1`, [at(30).toISOString()])
    setTime(60)
    for (const id of ids) await releaseReservation(one, { id, cause: 'line_down' })
    expect(await stateOf('a')).toBe('unproven')
  })

  it('are no refusals where the message was reported as delivered all the same', async () => {
    await addInstances(sql, ['a'])
    await storeMessages(
      sql,
      ['x', 'y', 'z'].map((contact) => ({
        ...refused('a', contact, -10),
        outcome: 'delivered',
        reportedAt: at(-9),
      })),
    )
    await judge(['a'])
    expect(await stateOf('a')).not.toBe('failing')
  })

  const refused = (instance: string, contact: string, seconds: number): SentMessage => ({
    instance,
    contact,
    at: at(seconds),
    cause: 'line_down',
  })

  it('are judged once by two processes', async () => {
    await addInstances(sql, ['a'])
    await storeMessages(
      sql,
      ['x', 'y', 'z'].map((contact) => refused('a', contact, -1)),
    )
    await Promise.all([judge(['a']), judge(['a'], other), judge(['a']), judge(['a'], other)])
    expect(await stateOf('a')).toBe('failing')
    expect(await reasons('a')).toEqual(['NOT_DELIVERING'])
  })

  it('take a number that a probe brought back out again with one more, and a sent message brings it back', async () => {
    await addInstances(sql, ['a'])
    await storeMessages(
      sql,
      ['x', 'y', 'z'].map((contact) => refused('a', contact, -1)),
    )
    await judge()
    expect(await stateOf('a')).toBe('unproven')
    await judge(['a'])
    expect(await stateOf('a')).toBe('failing')
    setTime(70)
    one.delivery.probedAt.set('a', at(69))
    await judge()
    expect(await stateOf('a')).toBe('unproven')
    setTime(80)
    await storeMessages(sql, [refused('a', 'v', 79)])
    await judge(['a'])
    expect(await stateOf('a')).toBe('failing')
    await storeMessages(sql, [{ instance: 'a', contact: 'w', at: at(80) }])
    await judge()
    expect(await stateOf('a')).toBe('unproven')
    expect(await reasons('a')).toEqual(['DELIVERING', 'NOT_DELIVERING', 'DELIVERING', 'NOT_DELIVERING'])
  })
})

describe('silence', () => {
  const EVERY_S = 10
  /** Six messages a minute of each number, to ten people in turn. */
  async function sendTo(names: readonly string[], second: number): Promise<void> {
    await storeMessages(
      sql,
      names.map((instance) => ({ instance, contact: `person-${(second / EVERY_S) % 10}`, at: at(second) })),
    )
  }
  /** Reports that are due by now, `afterS` after the message. */
  async function report(name: string, afterS: number, second: number, which = 'true'): Promise<void> {
    await sql(
      `update zapfleet.reservations set outcome = 'delivered', outcome_at = reserved_at + $2 * interval '1 second', evidence_at = reserved_at + $2 * interval '1 second'
       where instance_name = $1 and outcome is null and reserved_at <= $3::timestamptz - $2 * interval '1 second' and ${which}`,
      [name, afterS, at(second).toISOString()],
    )
  }

  it('takes a number out within 110 s and 11 seats, a late number beside it stays, and one report brings it back', async () => {
    await addInstances(sql, ['dead', 'late'])
    for (const name of ['dead', 'late']) await storeBaseline(sql, name, 0.95, at(0))
    let seats = 0
    let outAt: number | null = null
    for (let second = -120; second <= 300; second += 5) {
      setTime(second)
      if (second % EVERY_S === 0) {
        const names = outAt === null ? ['dead', 'late'] : ['late']
        await sendTo(names, second)
        if (outAt === null && second >= 0) seats++
      }
      if (second < 0) await report('dead', 1, second)
      await report('late', 45, second)
      for (const name of ['dead', 'late']) await storeCoverage(sql, name, at(second - (second % 30)))
      await judge()
      if (outAt === null && (await stateOf('dead')) === 'failing') outAt = second
    }
    expect(outAt).toBeGreaterThan(60)
    expect(outAt).toBeLessThanOrEqual(110)
    expect(seats).toBeLessThanOrEqual(11)
    expect(await stateOf('late')).toBe('ok')
    expect((await instanceHistory(one, { name: 'dead' }))[0]).toMatchObject({
      reason: 'NOT_DELIVERING',
      evidence: {
        source: 'receipts',
        usualPercent: 95,
        silent: expect.any(Number),
        people: expect.any(Number),
      },
    })
    await sql(
      `update zapfleet.reservations set outcome = 'delivered', evidence_at = $1 where id = (select id from zapfleet.reservations where instance_name = 'dead' and evidence_at is null order by reserved_at desc limit 1)`,
      [at(304).toISOString()],
    )
    setTime(305)
    await judge()
    expect(await stateOf('dead')).toBe('ok')
    expect(await reasons('dead')).toEqual(['DELIVERING', 'NOT_DELIVERING'])
  })

  const sixTo = (instance: string, contact: (place: number) => string, isLinked = true) =>
    storeMessages(
      sql,
      [0, 1, 2, 3, 4, 5].map((place) => ({
        instance,
        contact: contact(place),
        at: at(place),
        isLinked,
      })),
    )

  it('is that of messages to people whose id is known: a group has no receipts, and no event is linked without an id', async () => {
    await addInstances(sql, ['people', 'groups', 'unlinked'])
    for (const name of ['people', 'groups', 'unlinked']) await storeBaseline(sql, name, 0.95, at(0))
    await sixTo('people', (place) => `person-${place}`)
    await sixTo('groups', (place) => `12036304123456789${place}@g.us`)
    await sixTo('unlinked', (place) => `client-${place}`, false)
    setTime(90)
    for (const name of ['people', 'groups', 'unlinked']) await storeCoverage(sql, name, at(88))
    await judge()
    expect(await Promise.all(['people', 'groups', 'unlinked'].map(stateOf))).toEqual(['failing', 'ok', 'ok'])
  })

  it.each(['websocket', 'global_webhook'])(
    'is judged by events of its own server alone (%s)',
    async (source) => {
      await addInstances(sql, ['here', 'there'])
      await sql(`update whatsapp_instances set servidor = 'south' where nome = 'there'`)
      for (const name of ['here', 'there']) await storeBaseline(sql, name, 0.95, at(0))
      await emptyTables(sql, 'zapfleet.event_coverage')
      await storeCoverage(sql, 'here', at(-5), source)
      await storeCoverage(sql, 'there', at(88), source)
      await sixTo('here', (place) => `person-${place}`)
      setTime(90)
      await judge()
      expect(await stateOf('here')).toBe('ok')
      await storeCoverage(sql, 'here', at(88), source)
      await judge()
      expect(await stateOf('here')).toBe('failing')
    },
  )

  it.each([
    ['websocket', 'failing'],
    ['global_webhook', 'ok'],
  ])('with events of another number of its server by the %s is %s', async (source, state) => {
    await addInstances(sql, ['a', 'b'])
    for (const name of ['a', 'b']) await storeBaseline(sql, name, 0.95, at(0))
    await emptyTables(sql, 'zapfleet.event_coverage')
    await storeCoverage(sql, 'a', at(-5), source)
    await storeCoverage(sql, 'b', at(88), source)
    await sixTo('a', (place) => `person-${place}`)
    setTime(90)
    await judge()
    expect(await stateOf('a')).toBe(state)
  })

  it('leaves a number that loses a fifth of its reports, and one whose reports come 45 s late, over 10,000 messages', async () => {
    await addInstances(sql, ['lossy', 'late'])
    await storeBaseline(sql, 'lossy', 0.8, at(0))
    await storeBaseline(sql, 'late', 0.95, at(0))
    for (let minute = 0; minute * 6 < 5_000; minute++) {
      const now = minute * 60
      setTime(now)
      await storeMessages(
        sql,
        Array.from({ length: 6 }, (_, n) => n * EVERY_S).flatMap((second) =>
          ['lossy', 'late'].map((instance) => ({
            instance,
            contact: `person-${second}`,
            at: at(now - 50 + second),
          })),
        ),
      )
      await report(
        'lossy',
        1,
        now,
        `contact_id <> 'person-${((minute * 7) % 60) - ((minute * 7) % 10)}' and random() < 0.96`,
      )
      await report('late', 45, now)
      if (minute % 60 === 0)
        await sql(
          `delete from zapfleet.reservations where reserved_at < $1::timestamptz - interval '1 hour'`,
          [at(now).toISOString()],
        )
      for (const name of ['lossy', 'late']) await storeCoverage(sql, name, at(now))
      await judge()
    }
    for (const name of ['lossy', 'late']) {
      expect(await reasons(name)).toEqual([])
      expect(await stateOf(name)).toBe('ok')
    }
  })

  it.each([
    ['a number whose events stopped', { eventsAt: -200 }],
    ['a number that connected 70 s ago', { connectedAt: -70 }],
    ['messages to new contacts', { kind: 'new' as const }],
    ['a number without a baseline', { share: null }],
  ])(
    'proves nothing of %s',
    async (_, {
      eventsAt = 0,
      connectedAt = -9_999,
      kind = 'known',
      share = 0.95,
    }: {
      eventsAt?: number
      connectedAt?: number
      kind?: 'known' | 'new'
      share?: number | null
    }) => {
      await addInstances(sql, ['a', 'b'])
      await sql(`update whatsapp_instances set conectada_em = $1 where nome = 'a'`, [
        at(connectedAt).toISOString(),
      ])
      for (const name of ['a', 'b']) await storeBaseline(sql, name, 0.95, at(0))
      if (share === null) await sql(`delete from zapfleet.hourly_sends where instance_name = 'a'`)
      if (share === null) await sql(`delete from zapfleet.hourly_outcomes where instance_name = 'a'`)
      await storeCoverage(sql, 'a', at(eventsAt))
      // The other number shows that the same messages prove it where nothing is special.
      await storeMessages(
        sql,
        Array.from({ length: 8 }, (_, n) => n).flatMap((n) => [
          { instance: 'a', contact: `person-${n}`, at: at(-160 + n * 10), kind },
          { instance: 'b', contact: `person-${n}`, at: at(-160 + n * 10) },
        ]),
      )
      await judge()
      expect([(await stateOf('a')) === 'failing', await stateOf('b')]).toEqual([false, 'failing'])
    },
  )
})

it.each(['a report of the bot', 'an event'] as const)(
  '%s brings a failing number back without a round of the leader',
  async (how) => {
    await addInstances(sql, ['a'])
    const { id } = await reserve(one, { contactId: 'x' }, PATIENT)
    await confirmReservation(one, { id, messageId: `3EB0 ${how}` })
    await waitForEvents(one)
    await sql(
      `update whatsapp_instances set entrega = 'failing', entrega_motivo = 'NO_RECEIPTS', entrega_desde = $1`,
      [at(-60).toISOString()],
    )
    await one.engine.snapshot.refresh()
    setTime(2)
    const event = { instanceName: 'a', messageId: `3EB0 ${how}`, status: 'delivered' as const }
    if (how === 'an event')
      takeEvents(one, 'websocket', { instance: 'a', outcomes: [event], sends: [], inbound: [], lids: [] })
    else await reportOutcomes(one, { events: [event] })
    await vi.waitFor(async () => expect(await stateOf('a')).toBe('ok'), { timeout: 60_000, interval: 20 })
    expect(await reasons('a')).toEqual(['DELIVERING'])
  },
)

describe('a restriction', () => {
  const failed = (contact: string, seconds: number): SentMessage => ({
    instance: 'a',
    contact,
    at: at(seconds - 1),
    kind: 'new',
    outcome: 'failed',
    reportedAt: at(seconds),
  })
  const reached: SentMessage = {
    instance: 'a',
    contact: 'old',
    at: at(-60),
    outcome: 'delivered',
    reportedAt: at(-59),
  }

  beforeEach(async () => {
    await addInstances(sql, ['a'])
    await storeCoverage(sql, 'a', at(0))
  })

  it('begins with three failures to new contacts while a known one was reached, and ends with a new one who was', async () => {
    await storeMessages(sql, [reached, failed('x', -500), failed('y', -300)])
    await judge()
    expect(await isRestricted('a')).toBe(false)
    await storeMessages(sql, [failed('z', -10)])
    await judge()
    expect(await getInstance(one, { name: 'a' })).toMatchObject({
      restriction: { since: at(0).toISOString(), until: null, source: 'inferred' },
      available: true,
    })
    expect(one.engine.snapshot.pools.all.get('a')?.isRestricted).toBe(true)
    setTime(60)
    await storeMessages(sql, [
      { instance: 'a', contact: 'probe', at: at(30), kind: 'new', outcome: 'delivered', reportedAt: at(31) },
    ])
    await judge()
    expect(await isRestricted('a')).toBe(false)
    expect(await instanceHistory(one, { name: 'a' })).toMatchObject([
      { reason: 'UNRESTRICTED', evidence: { source: 'receipts' } },
      { reason: 'RESTRICTED', evidence: { source: 'receipts', failed: 3, reached: 1 } },
    ])
  })

  it('keeps new contacts away and its own people with it: 300 new ones of 1,000 go elsewhere', async () => {
    await addInstances(sql, ['b'], { hour: 1_000, day: 1_000 })
    await sql(`update whatsapp_instances set capacidade_hora = 1000, capacidade_dia = 1000`)
    await storeMessages(sql, [reached, failed('x', -20), failed('y', -15), failed('z', -10)])
    const own = Array.from({ length: 700 }, (_, n) => `own-${n}`)
    await sql(`insert into zapfleet.contacts (id, preferred_instance) select unnest($1::text[]), 'a'`, [own])
    await judge()
    const people = Array.from({ length: 1_000 }, (_, n) => (n % 10 < 3 ? `stranger-${n}` : own[n % 700]))
    const served = await Promise.all(
      people.map(async (contactId = '') => ({
        isNew: contactId.startsWith('stranger'),
        by: (await reserve(one, { contactId }, PATIENT)).instanceName,
      })),
    )
    expect(served.filter(({ isNew }) => isNew).map(({ by }) => by)).toEqual(Array(300).fill('b'))
    expect(served.filter(({ isNew }) => !isNew).map(({ by }) => by)).toEqual(Array(700).fill('a'))
  })

  it('ends when its probe is delivered, and stays with the next probe six hours later when it fails', async () => {
    const HOURS = 3_600
    await storeMessages(sql, [reached, failed('x', -20), failed('y', -15), failed('z', -10)])
    await judge()
    const reserveFor = (contactId: string) => reserve(one, { contactId }, PATIENT)
    const probe = async (contactId: string) => {
      const { id, instanceName, kind } = await reserveFor(contactId)
      expect([instanceName, kind]).toEqual(['a', 'new'])
      await confirmReservation(one, { id, messageId: `3EB0 ${contactId}` })
    }
    const report = async (contactId: string, status: 'failed' | 'delivered') => {
      await reportOutcomes(one, { events: [{ instanceName: 'a', messageId: `3EB0 ${contactId}`, status }] })
      await judge()
    }
    // A message to a contact of its own proves nothing, however long ago the last one was.
    await sql(`insert into zapfleet.contacts (id, preferred_instance) values ('own', 'a')`)
    setTime(6 * HOURS - 1)
    await probe('own')
    await report('own', 'delivered')
    await expect(reserveFor('early')).rejects.toMatchObject({ reasons: { RESTRICTED: 1 } })

    setTime(6 * HOURS)
    await judge()
    expect(await isRestricted('a')).toBe(true)
    await probe('first')
    await report('first', 'failed')
    await expect(reserveFor('late')).rejects.toMatchObject({ reasons: { RESTRICTED: 1 }, availableAt: null })
    setTime(12 * HOURS - 1)
    await judge()
    await expect(reserveFor('late')).rejects.toMatchObject({ reasons: { RESTRICTED: 1 } })

    // No report either: the next one in six hours.
    setTime(12 * HOURS)
    await probe('second')
    setTime(18 * HOURS)
    await judge()
    expect(await isRestricted('a')).toBe(true)
    await probe('third')
    setTime(18 * HOURS + 1)
    await report('third', 'delivered')
    expect(await isRestricted('a')).toBe(false)
    expect(await instanceHistory(one, { name: 'a' })).toMatchObject([
      { reason: 'UNRESTRICTED', evidence: { source: 'receipts' } },
      { reason: 'RESTRICTED', evidence: { source: 'receipts', failed: 3, reached: 1 } },
    ])
    for (const contactId of ['p', 'q', 'r']) expect((await reserveFor(contactId)).instanceName).toBe('a')
  })

  it('gives one of 64 new contacts in two processes to the number as its probe, and the rest to others', async () => {
    await storeMessages(sql, [reached, failed('x', -20), failed('y', -15), failed('z', -10)])
    await judge()
    await addInstances(sql, ['b'], { hour: 1_000, day: 1_000 })
    const wave = async (prefix: string): Promise<string[]> => {
      await Promise.all([one, other].map((fleet) => fleet.engine.snapshot.refresh()))
      const reservations = await Promise.all(
        Array.from({ length: 64 }, (_, n) =>
          reserve(n % 2 === 0 ? one : other, { contactId: `${prefix}-${n}` }, PATIENT),
        ),
      )
      const probes = reservations.filter(({ instanceName }) => instanceName === 'a')
      for (const { id } of probes) await confirmReservation(one, { id, messageId: `3EB0 ${prefix}` })
      expect(probes.every(({ kind, preference }) => kind === 'new' && preference === 'assigned')).toBe(true)
      return reservations.map(({ instanceName }) => instanceName).sort()
    }
    const report = async (prefix: string, status: 'failed' | 'delivered') => {
      await reportOutcomes(one, { events: [{ instanceName: 'a', messageId: `3EB0 ${prefix}`, status }] })
      await judge()
    }
    const onlyProbe = ['a', ...Array(63).fill('b')]
    const none = Array(64).fill('b')
    expect(await wave('early')).toEqual(none)
    setTime(6 * 3_600)
    expect(await wave('fails')).toEqual(onlyProbe)
    await report('fails', 'failed')
    expect(await isRestricted('a')).toBe(true)
    setTime(12 * 3_600 - 1)
    expect(await wave('between')).toEqual(none)
    setTime(12 * 3_600)
    expect(await wave('arrives')).toEqual(onlyProbe)
    await report('arrives', 'delivered')
    expect(await isRestricted('a')).toBe(false)
    // It is as free as the other: it has fewer messages.
    expect((await wave('after')).filter((name) => name === 'a').length).toBeGreaterThan(1)
  })

  it('of an operator gets no probe, and neither does an inferred one that an operator took over', async () => {
    await storeMessages(sql, [reached, failed('x', -20), failed('y', -15), failed('z', -10)])
    await judge()
    await setRestriction(callOf(one), { name: 'a', until: null })
    setTime(7 * 3_600)
    await judge()
    await expect(reserve(one, { contactId: 'new' }, PATIENT)).rejects.toMatchObject({
      reasons: { RESTRICTED: 1 },
    })
  })

  it('does not begin with one failure among twenty, nor with failures further apart than ten minutes', async () => {
    const fine = Array.from({ length: 19 }, (_, n) => ({
      ...failed(`new-${n}`, -100),
      outcome: 'delivered' as const,
    }))
    await storeMessages(sql, [reached, failed('x', -50), ...fine])
    await judge()
    expect(await isRestricted('a')).toBe(false)
    await sql('truncate zapfleet.reservations')
    await storeMessages(sql, [reached, failed('x', -601), failed('y', -300), failed('z', -10)])
    await judge()
    expect(await isRestricted('a')).toBe(false)
  })

  it('that an operator lifts does not begin again by the same failures', async () => {
    await storeMessages(sql, [reached, failed('x', -20), failed('y', -15), failed('z', -10)])
    await judge()
    const lifted = await setRestriction(callOf(one), { name: 'a', restricted: false })
    expect(lifted.restriction).toBeNull()
    await judge()
    expect(await isRestricted('a')).toBe(false)
    setTime(20)
    await storeMessages(sql, [
      { ...reached, at: at(5), reportedAt: at(6) },
      ...['p', 'q', 'r'].map((contact) => failed(contact, 10)),
    ])
    await judge()
    expect(await isRestricted('a')).toBe(true)
    expect(await reasons('a')).toEqual(['RESTRICTED', 'UNRESTRICTED', 'RESTRICTED'])
  })

  it('of an operator holds until its end, and the history has both', async () => {
    const call = callOf(one)
    const until = at(100).toISOString()
    expect((await setRestriction(call, { name: 'a', until })).restriction).toEqual({
      since: at(0).toISOString(),
      until,
      source: 'operator',
    })
    // Repeated, it changes nothing.
    await setRestriction(call, { name: 'a', until })
    setTime(99)
    await judge()
    expect(await isRestricted('a')).toBe(true)
    setTime(100)
    expect(await isRestricted('a')).toBe(false)
    await judge()
    expect(await instanceHistory(one, { name: 'a' })).toMatchObject([
      { reason: 'UNRESTRICTED', evidence: { source: 'time' } },
      { reason: 'RESTRICTED', evidence: { source: 'admin', until: '2026-03-10T13:31:40Z' } },
    ])
    await expect(setRestriction(call, { name: 'a', until: at(50).toISOString() })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    await expect(setRestriction(call, { name: 'nobody', until: null })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

it('the baseline of a number that was removed is dropped, and read again for a new number of its name', async () => {
  await addInstances(sql, ['a', 'b'])
  for (const name of ['a', 'b']) await storeBaseline(sql, name, 0.95, at(0))
  await judge()
  const { baselines } = one.delivery
  expect(['a', 'b'].map((name) => baselines.get(name).share)).toEqual([0.95, 0.95])
  await sql(`update whatsapp_instances set removida_em = $1 where nome = 'a'`, [at(0).toISOString()])
  await judge()
  expect(['a', 'b'].map((name) => baselines.get(name).share)).toEqual([null, 0.95])
  expect(baselines.missing(['a', 'b'])).toEqual(['a'])
})

it('a number is unproven after it was removed and registered again, until a message that it sent since is delivered', async () => {
  await addInstances(sql, ['a'])
  await storeBaseline(sql, 'a', 0.95, at(0))
  await storeMessages(sql, [
    { instance: 'a', contact: 'ana', at: at(-60), outcome: 'delivered', reportedAt: at(-59) },
  ])
  await judge()
  expect(await stateOf('a')).toBe('ok')
  await sql(`update whatsapp_instances set removida_em = $1`, [at(1).toISOString()])
  setTime(2)
  expect(await registerInstance(one, { name: 'a' })).toBe('returned')
  await sql(`update whatsapp_instances set status = 'connected'`)
  await storeCoverage(sql, 'a', at(60))
  setTime(61)
  await judge()
  expect(await stateOf('a')).toBe('unproven')
  await storeMessages(sql, [
    { instance: 'a', contact: 'bia', at: at(62), outcome: 'delivered', reportedAt: at(63) },
  ])
  setTime(64)
  await judge()
  expect(await stateOf('a')).toBe('ok')
})

it('a fleet without evidence stays unproven, and no row is written', async () => {
  await addInstances(sql, ['a', 'b'])
  await storeMessages(
    sql,
    Array.from({ length: 50 }, (_, n) => ({ instance: 'a', contact: `person-${n}`, at: at(-300 + n) })),
  )
  const rows = () => sql('select xmin::text, entrega, entrega_desde from whatsapp_instances order by nome')
  const before = await rows()
  expect(await judge()).toEqual([])
  expect(await judge(['a', 'b'])).toEqual([])
  expect(await rows()).toEqual(before)
  expect((await getInstance(one, { name: 'a' })).delivery).toEqual({
    state: 'unproven',
    since: null,
    reason: null,
  })
})
