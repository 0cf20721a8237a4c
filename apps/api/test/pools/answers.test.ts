import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ADMIN_KEY, mutate, query } from '../fleet-api.ts'
import { CONTACT } from './pool-calls.ts'
import { DUPLICATE, data, others, startTwoPools, type TwoPools } from './two-pools.ts'

let fleet: TwoPools
beforeAll(async () => {
  fleet = await startTwoPools()
})
afterAll(() => fleet?.close())

describe('what a bound key is shown', () => {
  const list = async (key: string) =>
    (data(await query(fleet.api, 'instance.list', {}, key)) as { name: string; tags: string[] }[]).map(
      ({ name, tags }) => `${name} ${tags}`,
    )

  it('is the numbers that have one of its tags now, with its own tags alone', async () => {
    expect(await list(fleet.viewer)).toEqual(['BOTH-1 xray', 'XRAY-1 xray', 'XRAY-2 xray', 'XRAY-3 xray'])
    expect(await list(await fleet.boundKey('bot', 'yankee'))).toEqual([
      'BOTH-1 yankee',
      'YANKEE-1 yankee',
      'YANKEE-2 yankee',
    ])
    const both = await list(await fleet.boundKey('bot', 'xray', 'yankee'))
    expect(both).toHaveLength(6)
    expect(both).toContain('BOTH-1 xray,yankee')
  })

  it('is nothing in a pool without numbers, which is no error', async () => {
    const empty = await fleet.boundKey('viewer', 'no-number-yet')
    expect(await list(empty)).toEqual([])
    expect(data(await query(fleet.api, 'health.summary', {}, empty))).toMatchObject({
      total: 0,
      instances: [],
    })
    expect(data(await query(fleet.api, 'fleet.stats', {}, empty))).toMatchObject({
      total: 0,
      day: { capacity: 0 },
    })
    expect((await query(fleet.api, 'instance.get', { name: 'XRAY-1' }, empty)).status).toBe(404)
  })

  it('is the sum of its pools, or of the pool that is named, which unbound callers may name too', async () => {
    const total = async (key: string, input: object = {}) =>
      data(await query(fleet.api, 'fleet.stats', input, key)).total
    expect([
      await total(fleet.viewer),
      await total(ADMIN_KEY),
      await total(ADMIN_KEY, { pool: 'yankee' }),
    ]).toEqual([4, 7, 3])
    const both = await fleet.boundKey('viewer', 'xray', 'yankee')
    expect([await total(both), await total(both, { pool: 'xray' })]).toEqual([6, 4])
    const room = async (input: object, key = ADMIN_KEY) =>
      data(await query(fleet.api, 'fleet.forecast', { newContactsPerDay: 1, ...input }, key)).perDay.today
    expect(await room({ pool: 'xray' })).toBe(await room({}, fleet.viewer))
    expect(await room({})).toBeGreaterThan(await room({ pool: 'xray' }))
  })

  it('is how many messages of its pools wait', async () => {
    const waiting = async (key: string) => data(await query(fleet.api, 'fleet.conditions', {}, key)).messages
    expect(await waiting(fleet.viewer)).toMatchObject({ queued: 1, scheduled: 1, sending: 0, oldestAt: null })
    // The reading of the whole queue is up to a second old.
    await vi.waitFor(
      async () => expect(await waiting(ADMIN_KEY)).toMatchObject({ queued: 2, scheduled: 2 }),
      { timeout: 10_000 },
    )
    const dueAt = '2026-11-01T10:00:00.000Z'
    await fleet.database.query('update zapfleet.messages set due_at = $2 where id = $1', [
      fleet.theirs.queued,
      dueAt,
    ])
    expect(await waiting(fleet.viewer)).toMatchObject({ queued: 1, scheduled: 1, oldestAt: null })
    const both = await fleet.boundKey('viewer', 'xray', 'yankee')
    expect(await waiting(both)).toMatchObject({ queued: 2, scheduled: 1, oldestAt: dueAt })
  })

  it('of a contact is no number outside, and its newest message to a number inside', async () => {
    const read = async (key: string) => data(await query(fleet.api, 'contact.get', { id: CONTACT }, key))
    // Reserves in a pool may have stored its number there.
    await fleet.database.query('delete from zapfleet.pool_contacts')
    expect(await read(ADMIN_KEY)).toMatchObject({
      preferredInstance: 'YANKEE-1',
      lastInbound: { instanceName: 'YANKEE-1' },
    })
    expect(await read(fleet.bot)).toMatchObject({
      preferredInstance: null,
      lastInbound: { instanceName: 'XRAY-1' },
    })
    await fleet.database.query(
      `insert into zapfleet.pool_contacts (contact_id, pool, preferred_instance) values ($1, 'xray', 'XRAY-2'), ($1, 'yankee', 'YANKEE-2')`,
      [CONTACT],
    )
    expect(await read(fleet.bot)).toMatchObject({ preferredInstance: 'XRAY-2' })
    await fleet.database.query('delete from zapfleet.pool_contacts')
  })

  it('of a number with the phone of another one is not the name of that one', async () => {
    // A round of health readings decides about it anew.
    await fleet.database.query(
      `update public.whatsapp_instances set duplicata_de = 'YANKEE-1', status = 'connected', status_motivo = null where nome = $1`,
      [DUPLICATE],
    )
    const read = async (key: string) => data(await query(fleet.api, 'instance.get', { name: DUPLICATE }, key))
    expect(await read(ADMIN_KEY)).toMatchObject({ duplicateOf: 'YANKEE-1' })
    expect(await read(fleet.viewer)).toMatchObject({
      duplicateOf: null,
      unavailableReason: 'DUPLICATE_PHONE',
      action: expect.stringContaining('another number'),
    })
  })

  it('does not include reservations without an owner on numbers outside', async () => {
    const { id } = data(await mutate(fleet.api, 'reservation.reserve', { exclude: others('YANKEE-2') }))
    await fleet.database.query('update zapfleet.reservations set owner = null, pool = null where id = $1', [
      id,
    ])
    for (const verb of ['confirm', 'release'])
      expect((await mutate(fleet.api, `reservation.${verb}`, { id }, fleet.bot)).status).toBe(404)
    const { rows } = await fleet.database.query('select state from zapfleet.reservations where id = $1', [id])
    expect(rows).toEqual([{ state: 'reserved' }])
    const own = data(await mutate(fleet.api, 'reservation.reserve', { exclude: others('XRAY-1') }))
    await fleet.database.query('update zapfleet.reservations set owner = null, pool = null where id = $1', [
      own.id,
    ])
    expect((await mutate(fleet.api, 'reservation.confirm', { id: own.id }, fleet.bot)).status).toBe(200)
  })

  it('is nothing that a key of another pool made with the same idempotency key', async () => {
    const other = await fleet.boundKey('bot', 'yankee')
    for (const [path, input] of [
      ['reservation.reserve', { contactId: CONTACT, idempotencyKey: 'the-same' }],
      ['message.send', { to: CONTACT, text: 'olá', idempotencyKey: 'the-same' }],
    ] as const) {
      const made = data(await mutate(fleet.api, path, input, other))
      expect(made).toMatchObject({ pool: 'yankee' })
      const answer = await mutate(fleet.api, path, input, fleet.bot)
      expect([answer.status, answer.body.error?.data.fleet.code]).toEqual([409, 'CONFLICT'])
      for (const secret of [...fleet.hidden, made.id])
        expect(JSON.stringify(answer.body)).not.toContain(secret)
    }
  })

  it('is how many of its numbers cannot serve, and no name', async () => {
    const names = ['XRAY-1', 'XRAY-2', 'XRAY-3', 'BOTH-1']
    const pause = (paused: boolean) =>
      Promise.all(names.map((name) => mutate(fleet.api, 'instance.update', { name, paused })))
    await pause(true)
    const { status, body } = await mutate(fleet.api, 'reservation.reserve', { contactId: CONTACT }, fleet.bot)
    expect([status, body.error.data.fleet.code]).toEqual([429, 'NO_CAPACITY'])
    fleet.expectNothingHidden(JSON.stringify(body))
    expect(body.error.data.fleet.reasons).toMatchObject({ PAUSED: expect.any(Number) })
    await pause(false)
  })

  it('counts reports of its numbers alone', async () => {
    const report = (instanceName: string, messageId: string) => ({
      instanceName,
      messageId,
      status: 'delivered',
    })
    await fleet.database.query('update zapfleet.reservations set message_id = $2 where id = $1', [
      fleet.ours.reservation,
      'M-OURS',
    ])
    await fleet.database.query('update zapfleet.reservations set message_id = $2 where id = $1', [
      fleet.theirs.reservation,
      'M-THEIRS',
    ])
    const events = [report('XRAY-1', 'M-OURS'), report('YANKEE-1', 'M-THEIRS')]
    expect(data(await mutate(fleet.api, 'reservation.report', { events }, fleet.bot))).toEqual({
      matched: 1,
      unmatched: 1,
    })
    const { rows } = await fleet.database.query('select outcome from zapfleet.reservations where id = $1', [
      fleet.theirs.reservation,
    ])
    expect(rows).toEqual([{ outcome: null }])
  })

  it('lets it block a contact, and not end a block', async () => {
    const block = await mutate(fleet.api, 'contact.block', { id: 'opted-out' }, fleet.bot)
    expect(data(block)).toMatchObject({ blocked: true })
    const unblock = await mutate(fleet.api, 'contact.unblock', { id: 'opted-out' }, fleet.bot)
    expect([unblock.status, unblock.body.error.message]).toEqual([
      403,
      expect.stringContaining('that is not bound'),
    ])
  })
})
