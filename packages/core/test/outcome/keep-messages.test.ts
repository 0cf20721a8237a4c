import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  callOf,
  confirmReservation,
  type Fleet,
  getReservation,
  linkContact,
  prune,
  releaseReservation,
  reportOutcomes,
  reserve,
  watchAlerts,
  watchOutcomes,
} from '../../src/index.ts'
import { keepMessages, pruneMessages } from '../../src/outcome/keep-messages.ts'
import { registerInstance } from '../../src/provisioning/register-instance.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

const { fleet, sql, clock, another } = await testFleet()
const NOW = '2026-11-29T15:30:00.000Z'
const at = (hours: number): string => new Date(Date.parse(NOW) + hours * 3_600_000).toISOString()

beforeEach(async () => {
  await clearFleet(sql)
  await emptyTables(
    sql,
    'zapfleet.unmatched_outcomes, zapfleet.hourly_outcomes, zapfleet.event_coverage, zapfleet.conversations, zapfleet.conversations_filled, zapfleet.prune_cursors',
  )
  clock.set(NOW)
  await addInstances(sql, ['a'], { hour: 100_000, day: 100_000 })
  await fleet.engine.snapshot.refresh()
})

const seat = (contactId?: string) =>
  reserve(fleet, contactId === undefined ? {} : { contactId }, { deadlineMs: 60_000 })
/** One whose reservation was made ten minutes ago, by its id: no run reads it a second time. */
async function earlySeat(contactId: string) {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 600_000 })
  return seat(contactId).finally(() => vi.useRealTimers())
}
async function conversations(): Promise<Record<string, string | null>> {
  const rows = (await sql('select contact_id, last_sent_at from zapfleet.conversations')) as unknown as {
    contact_id: string
    last_sent_at: Date | null
  }[]
  return Object.fromEntries(rows.map((row) => [row.contact_id, row.last_sent_at?.toISOString() ?? null]))
}

describe('whom the numbers sent to', () => {
  it('is stored from all reservations that exist, in slices', async () => {
    for (let n = 0; n < 25; n++) await seat(`c${n}`)
    await seat()
    await keepMessages(fleet, { sliceRows: 4 })
    expect(Object.keys(await conversations())).toHaveLength(25)
    expect(new Set(Object.values(await conversations()))).toEqual(new Set([NOW]))
  })

  it('continues after what is stored, and reads what is new', async () => {
    await seat('ana')
    await keepMessages(fleet)
    await seat('bia')
    await keepMessages(fleet)
    expect(Object.keys(await conversations()).sort()).toEqual(['ana', 'bia'])
  })

  it('is stored also after a run by a clock that was ahead, and where such a run stored its time', async () => {
    await seat('ana')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 })
    await keepMessages(fleet).finally(() => vi.useRealTimers())
    await seat('bia')
    await keepMessages(fleet)
    expect(Object.keys(await conversations()).sort()).toEqual(['ana', 'bia'])
    await sql(`update zapfleet.conversations_filled set until = now() + interval '1 hour'`)
    await seat('cleo')
    await keepMessages(fleet)
    expect(Object.keys(await conversations()).sort()).toEqual(['ana', 'bia', 'cleo'])
    expect(await sql('select until <= now() past from zapfleet.conversations_filled')).toEqual([
      { past: true },
    ])
  })

  it.each([
    ['another phone', 'new', '+5511922220000'],
    ['a phone that is not known', 'new', undefined],
    ['its own phone', 'known', '+5511911110000'],
  ])('is, when a removed number returns with %s, %s to it', async (_, kind, phoneNumber) => {
    const other = await another()
    await addInstances(sql, ['b'], { hour: 100, day: 100 })
    await sql(`update whatsapp_instances set numero_telefone = '(11) 91111-0000' where nome = 'a'`)
    const kindOf = async (contactId: string): Promise<string | null> => {
      const seat = await reserve(other, { contactId, exclude: ['b'] }, { deadlineMs: 60_000 })
      await releaseReservation(other, { id: seat.id })
      return seat.kind
    }
    await sql(
      `insert into zapfleet.conversations (contact_id, instance_name, last_sent_at, last_inbound_at) values ('ana', 'a', $1, $1), ('bia', 'a', $1, null), ('bia', 'b', $1, null)`,
      [at(-48)],
    )
    expect(await kindOf('ana')).toBe('known')
    await sql(`update whatsapp_instances set removida_em = $1 where nome = 'a'`, [NOW])
    const input = phoneNumber === undefined ? { name: 'a' } : { name: 'a', phoneNumber }
    expect(await registerInstance(fleet, input)).toBe('returned')
    await sql(`update whatsapp_instances set status = 'connected' where nome = 'a'`)
    await other.engine.snapshot.refresh()
    await expect.poll(() => kindOf('ana'), { timeout: 60_000 }).toBe(kind)
    expect(await kindOf('bia')).toBe(kind)
    expect(await sql(`select last_sent_at from zapfleet.conversations where instance_name = 'b'`)).toEqual([
      { last_sent_at: new Date(at(-48)) },
    ])
  })

  it('costs one statement where nothing was sent and no outcome waits', async () => {
    await earlySeat('ana')
    await keepMessages(fleet)
    const statements = vi.fn()
    const counting: typeof fleet = {
      ...fleet,
      sql: {
        ...fleet.sql,
        run: (one, values) => {
          statements('a statement of its own')
          return fleet.sql.run(one, values)
        },
        readTogether: (one, values) => {
          statements('read')
          return fleet.sql.readTogether(one, values)
        },
      },
    }
    expect(await keepMessages(counting)).toEqual({ changed: 0 })
    expect(statements.mock.calls).toEqual([['read']])
  })

  it('costs no write for a contact who stays, until twenty hours have passed', async () => {
    await seat('ana')
    const written = async () => (await keepMessages(fleet)).changed
    expect(await written()).toBe(1)
    for (const hours of [1, 19.9]) {
      clock.set(at(hours))
      await seat('ana')
      const before = await sql('select ctid::text, xmax::text from zapfleet.conversations')
      expect(await written()).toBe(0)
      expect(await sql('select ctid::text, xmax::text from zapfleet.conversations')).toEqual(before)
    }
    clock.set(at(20.1))
    await seat('ana')
    expect(await written()).toBe(1)
    expect(await conversations()).toEqual({ ana: at(20.1) })
  })

  it('is no contact whose message was given back or failed', async () => {
    const released = await seat('clara')
    const failed = await seat('dora')
    await keepMessages(fleet)
    expect(await conversations()).toEqual({ clara: NOW, dora: NOW })
    await releaseReservation(fleet, { id: released.id })
    await confirmReservation(fleet, { id: failed.id, messageId: 'm' })
    await reportOutcomes(fleet, { events: [{ instanceName: 'a', messageId: 'm', status: 'failed' }] })
    await keepMessages(fleet)
    await pruneMessages(fleet)
    expect(await conversations()).toEqual({})
    // Another message reached her.
    await seat('dora')
    await keepMessages(fleet)
    expect(await conversations()).toEqual({ dora: NOW })
  })

  it('is no contact whose message failed long ago by a late report, unless it was delivered all the same', async () => {
    for (const contactId of ['fay', 'gil']) {
      const { id } = await earlySeat(contactId)
      await confirmReservation(fleet, { id, messageId: contactId })
    }
    await keepMessages(fleet)
    clock.set(at(0.3))
    const report = (messageId: string, status: 'failed' | 'delivered') =>
      reportOutcomes(fleet, { events: [{ instanceName: 'a', messageId, status }] })
    await report('fay', 'failed')
    await report('gil', 'failed')
    await keepMessages(fleet)
    expect(Object.values(await conversations()).filter((sentAt) => sentAt !== null)).toEqual([])
    await report('gil', 'delivered')
    await keepMessages(fleet)
    await pruneMessages(fleet)
    expect(await conversations()).toEqual({ gil: NOW })
  })

  it('is no contact whose first message was given back long after it was reserved', async () => {
    const first = await earlySeat('ida')
    await keepMessages(fleet)
    clock.set(at(0.3))
    await releaseReservation(fleet, { id: first.id })
    expect(await conversations()).toEqual({ ida: null })
  })

  it.each(['given back', 'reported as failed'])(
    'is no contact whose first message was %s, at once and in every process',
    async (how) => {
      const other = await another()
      await other.engine.snapshot.refresh()
      const kindIn = async (process: Fleet): Promise<string | null> => {
        const { id, kind } = await reserve(process, { contactId: 'joy' }, { deadlineMs: 60_000 })
        await releaseReservation(process, { id })
        return kind
      }
      const first = await seat('joy')
      expect(first.kind).toBe('new')
      await keepMessages(fleet)
      for (const process of [fleet, other]) expect(await kindIn(process)).toBe('known')
      if (how === 'given back') await releaseReservation(fleet, { id: first.id, cause: 'not_tried' })
      else {
        await confirmReservation(fleet, { id: first.id, messageId: 'm' })
        await reportOutcomes(fleet, { events: [{ instanceName: 'a', messageId: 'm', status: 'failed' }] })
      }
      expect(await kindIn(fleet)).toBe('new')
      await vi.waitFor(async () => expect(await kindIn(other)).toBe('new'), { timeout: 60_000 })
    },
  )

  describe('with several messages', () => {
    const kindOf = async (contactId: string) => (await seat(contactId)).kind
    const report = (messageId: string, status: 'failed' | 'delivered') =>
      reportOutcomes(fleet, { events: [{ instanceName: 'a', messageId, status }] })
    /** No run reads again what was reserved so far. */
    const later = async (hours: number) => {
      await sql(`update zapfleet.conversations_filled set until = now() + interval '1 hour'`)
      clock.set(at(hours))
    }
    async function confirmed(contactId: string, messageId: string) {
      const one = await seat(contactId)
      await confirmReservation(fleet, { id: one.id, messageId })
      return one
    }

    it.each(['given back', 'reported as failed'])(
      'stays known where the first was %s late and a later one reached it',
      async (how) => {
        const first = how === 'given back' ? await seat('ana') : await confirmed('ana', 'm1')
        await keepMessages(fleet)
        clock.set(at(0.1))
        await confirmed('ana', 'm2')
        await report('m2', 'delivered')
        await keepMessages(fleet)
        await later(0.3)
        if (how === 'given back') await releaseReservation(fleet, { id: first.id })
        else await report('m1', 'failed')
        expect(await conversations()).toEqual({ ana: at(0.1) })
        expect(await kindOf('ana')).toBe('known')
      },
    )

    it.each(['failed', 'was given back'])('is new where one after the other %s', async (how) => {
      const first = await confirmed('ana', 'm1')
      clock.set(at(0.003))
      const second = how === 'failed' ? await confirmed('ana', 'm2') : await seat('ana')
      expect([first.kind, second.kind]).toEqual(['new', 'known'])
      await report('m1', 'failed')
      await keepMessages(fleet)
      await later(0.3)
      if (how === 'failed') await report('m2', 'failed')
      else await releaseReservation(fleet, { id: second.id })
      expect(await conversations()).toEqual({ ana: null })
      expect(await kindOf('ana')).toBe('new')
    })

    it('stays known where the number began with it long ago', async () => {
      await sql(
        `insert into zapfleet.conversations (contact_id, instance_name, last_sent_at) values ('ana', 'a', $1)`,
        [at(-48)],
      )
      await confirmed('ana', 'm1')
      await keepMessages(fleet)
      await later(0.3)
      await report('m1', 'failed')
      expect(await kindOf('ana')).toBe('known')
    })
  })

  it('is the contact of which the written one became an alias, also for what is reported later', async () => {
    const [released, failed, delivered] = [await seat('crm-1'), await seat('crm-2'), await seat('crm-3')]
    await confirmReservation(fleet, { id: failed.id, messageId: 'm2' })
    await confirmReservation(fleet, { id: delivered.id, messageId: 'm3' })
    const report = (messageId: string, status: 'failed' | 'delivered') =>
      reportOutcomes(fleet, { events: [{ instanceName: 'a', messageId, status }] })
    await report('m3', 'failed')
    await keepMessages(fleet)
    for (const n of [1, 2, 3]) await linkContact(fleet, { id: `551198765432${n}`, alias: `crm-${n}` })
    await sql(`update zapfleet.conversations_filled set until = now() + interval '1 hour'`)
    await releaseReservation(fleet, { id: released.id })
    await report('m2', 'failed')
    await report('m3', 'delivered')
    expect(await conversations()).toEqual({ 5511987654321: null, 5511987654322: null, 5511987654323: NOW })
    expect((await seat('5511987654321')).kind).toBe('new')
  })

  it('keeps an earlier conversation when a later message fails', async () => {
    await sql(
      `insert into zapfleet.conversations (contact_id, instance_name, last_sent_at) values ('ana', 'a', $1)`,
      [at(-48)],
    )
    const { id } = await seat('ana')
    await releaseReservation(fleet, { id })
    await keepMessages(fleet)
    expect(await conversations()).toEqual({ ana: at(-48) })
  })
})

describe('what is over', () => {
  it('is removed: conversations and coverage after a month, waiting outcomes after a day', async () => {
    await sql(
      `insert into zapfleet.conversations (contact_id, instance_name, last_sent_at, last_inbound_at) values
        ('old', 'a', $1, $1), ('empty', 'a', null, null), ('heard', 'a', $1, $2), ('sent', 'a', $2, null)`,
      [at(-32 * 24), at(-29 * 24)],
    )
    await sql(
      `insert into zapfleet.event_coverage (instance_name, source, first_at, last_at) values
        ('a', 'websocket', $1, $1), ('a', 'report', $1, $2)`,
      [at(-32 * 24), at(-1)],
    )
    await sql(
      `insert into zapfleet.unmatched_outcomes (message_id, instance_name, outcome, outcome_at, received_at) values
        ('old', 'a', 'read', $1, $1), ('young', 'a', 'read', $2, $2)`,
      [at(-25), at(-23)],
    )
    await pruneMessages(fleet)
    expect(Object.keys(await conversations()).sort()).toEqual(['heard', 'sent'])
    expect(await sql('select source from zapfleet.event_coverage')).toEqual([{ source: 'report' }])
    expect(await sql('select message_id from zapfleet.unmatched_outcomes')).toEqual([{ message_id: 'young' }])
  })

  it('is removed step by step: the walk continues where it was and begins again', async () => {
    await sql(
      `insert into zapfleet.conversations (contact_id, instance_name, last_sent_at)
       select 'c' || n, 'a', case when n % 2 = 0 then $1::timestamptz else $2::timestamptz end from generate_series(1, 2500) n`,
      [at(-32 * 24), at(-1)],
    )
    const more: boolean[] = []
    const left = async () => {
      more.push((await pruneMessages(fleet)).isMore)
      return Object.keys(await conversations()).length
    }
    const steps = [await left(), await left(), await left()]
    expect(more).toEqual([true, true, false])
    expect(steps[0]).toBeLessThan(2_500)
    expect(steps[1]).toBeLessThan(steps[0] ?? 0)
    expect(steps[2]).toBe(1_250)
    await sql('update zapfleet.conversations set last_sent_at = $1', [at(-32 * 24)])
    await pruneMessages(fleet)
    await pruneMessages(fleet)
    expect(await conversations()).toEqual({})
  })

  it('hours of outcomes are removed with the reservations', async () => {
    await sql(
      `insert into zapfleet.hourly_outcomes (instance_name, hour, sent) values ('a', $1, 1), ('a', $2, 2)`,
      [at(-36 * 24), at(-34 * 24)],
    )
    expect(await prune(fleet)).toMatchObject({ hours: 1 })
    expect(await sql('select sent from zapfleet.hourly_outcomes')).toEqual([{ sent: 2 }])
  })
})

it('the leading scheduler repeats it until it stops leading', async () => {
  const { id } = await seat()
  await sql(
    `insert into zapfleet.unmatched_outcomes (message_id, instance_name, outcome, outcome_at) values ('late', 'a', 'read', $1)`,
    [NOW],
  )
  const leading = new AbortController()
  const watching = watchOutcomes(callOf(fleet), leading.signal, { keepEveryMs: 20 })
  await seat('eva')
  await vi.waitFor(async () => expect(await conversations()).toHaveProperty('eva'), { timeout: 60_000 })
  await sql(`update zapfleet.reservations set message_id = 'late' where id = $1`, [id])
  await vi.waitFor(
    async () => expect(await getReservation(fleet, { id })).toMatchObject({ outcome: { status: 'read' } }),
    { timeout: 60_000 },
  )
  leading.abort()
  await watching
})

it('a part whose read fails stops no other that reads in the same statement', async () => {
  await sql('alter table zapfleet.alert_evaluation rename to alert_evaluation_away')
  const leading = new AbortController()
  const failed = vi.fn()
  const call = callOf(fleet)
  const watching = [
    watchOutcomes(call, leading.signal, { keepEveryMs: 60 }),
    watchAlerts({ ...call, log: { ...call.log, warn: failed } }, leading.signal, { everyMs: 60 }),
  ]
  try {
    for (const contact of ['eva', 'rui']) {
      await seat(contact)
      await vi.waitFor(async () => expect(await conversations()).toHaveProperty(contact), { timeout: 60_000 })
    }
    await vi.waitFor(() => expect(failed.mock.calls.length).toBeGreaterThan(1), { timeout: 60_000 })
  } finally {
    leading.abort()
    await Promise.all(watching)
    await sql('alter table zapfleet.alert_evaluation_away rename to alert_evaluation')
  }
})
