import { beforeEach, describe, expect, it } from 'vitest'
import { chooseInstance, explain, type Reservation, reserve, setPreference } from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { fleet, sql, clock, another } = await testFleet()
const START = '2026-05-05T12:00:00Z'

beforeEach(async () => {
  await clearFleet(sql)
  clock.set(START)
  await fleet.engine.snapshot.refresh()
})

const PATIENT = { deadlineMs: 60_000 }
const reserveFor = (contactId: string): Promise<Reservation> => reserve(fleet, { contactId }, PATIENT)
const people = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`)

async function change(name: string, columns: string): Promise<void> {
  await sql(`update whatsapp_instances set ${columns} where nome = $1`, [name])
  await fleet.engine.snapshot.refresh()
}

/** Sends of each instance. */
function spread(reservations: readonly Reservation[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { instanceName } of reservations) counts[instanceName] = (counts[instanceName] ?? 0) + 1
  return counts
}

describe('a number whose messages do not arrive', () => {
  it('gets no new contact, and one of its own contacts each minute', async () => {
    await addInstances(sql, ['failing', 'well'], { hour: 1_000, day: 1_000 })
    for (const id of people(6, 'own')) await setPreference(fleet, { id, instanceName: 'failing' })
    await change('failing', `entrega = 'failing'`)

    expect(spread(await Promise.all(people(20, 'new').map(reserveFor)))).toEqual({ well: 20 })
    const probe = await reserveFor('own0')
    expect(probe).toMatchObject({ instanceName: 'failing', preference: 'kept' })
    expect(await reserveFor('own1')).toMatchObject({ instanceName: 'well', preference: 'moved' })
    clock.set('2026-05-05T12:00:59Z')
    expect(await reserveFor('own2')).toMatchObject({ instanceName: 'well' })
    clock.set('2026-05-05T12:01:00Z')
    expect(await reserveFor('own3')).toMatchObject({ instanceName: 'failing' })
    expect(await reserveFor('own4')).toMatchObject({ instanceName: 'well' })
    expect(await chooseInstance(fleet, { contactId: 'own0' })).toEqual({ instanceName: 'well' })
  })

  it('gets one probe for many callers in two processes', async () => {
    await addInstances(sql, ['failing', 'well'], { hour: 1_000, day: 1_000 })
    const second = await another()
    const own = people(40, 'own')
    for (const id of own) await setPreference(fleet, { id, instanceName: 'failing' })
    await change('failing', `entrega = 'failing'`)
    const reservations = await Promise.all(
      own.map((contactId, at) => reserve(at % 2 === 0 ? fleet : second, { contactId }, PATIENT)),
    )
    expect(spread(reservations)).toEqual({ failing: 1, well: 39 })
  })

  it('that a process still takes for well gets nothing: the claim decides', async () => {
    await addInstances(sql, ['failing', 'well'], { hour: 1_000, day: 1_000 })
    await fleet.engine.snapshot.refresh()
    await sql(`update whatsapp_instances set entrega = 'failing' where nome = 'failing'`)
    expect(spread(await Promise.all(people(10, 'new').map(reserveFor)))).toEqual({ well: 10 })
  })

  it('is the reason of a refusal where no other number serves', async () => {
    await addInstances(sql, ['failing'])
    await change('failing', `entrega = 'failing'`)
    await expect(reserve(fleet, { contactId: 'new' })).rejects.toMatchObject({
      code: 'NO_CAPACITY',
      reasons: { NOT_DELIVERING: 1 },
      message: expect.stringContaining('try again in a minute'),
      availableAt: null,
    })
    expect(await explain(fleet, { contactId: 'new' })).toEqual({
      chosen: null,
      own: null,
      candidates: [{ name: 'failing', rank: null, reason: 'NOT_DELIVERING', availableAt: null }],
    })
  })
})

describe('a restricted number', () => {
  it('keeps its own contacts and the known ones, and gets no other', async () => {
    await addInstances(sql, ['limited', 'free'], { hour: 10_000, day: 10_000 })
    const own = people(30, 'own')
    const known = people(10, 'known')
    for (const id of own) await setPreference(fleet, { id, instanceName: 'limited' })
    await sql(
      `insert into zapfleet.conversations (contact_id, instance_name, last_inbound_at) select id, 'limited', $2 from unnest($1::text[]) id`,
      [known, clock.at],
    )
    await change('limited', `restrita_desde = '${START}'`)

    expect(spread(await Promise.all(own.map(reserveFor)))).toEqual({ limited: 30 })
    expect(spread(await Promise.all(people(100, 'new').map(reserveFor)))).toEqual({ free: 100 })
    expect(await reserve(fleet, {})).toMatchObject({ instanceName: 'free', kind: null })
    // It has sent less, so whom it may serve it serves.
    expect(spread(await Promise.all(known.map(reserveFor)))).toEqual({ limited: 10 })
  })

  it('that a process still takes for free serves its own contacts alone: the claim decides', async () => {
    await addInstances(sql, ['limited', 'free'], { hour: 1_000, day: 1_000 })
    await setPreference(fleet, { id: 'own', instanceName: 'limited' })
    await fleet.engine.snapshot.refresh()
    await sql(`update whatsapp_instances set restrita_desde = $1 where nome = 'limited'`, [clock.at])
    const reservations = await Promise.all(['own', ...people(10, 'new')].map(reserveFor))
    expect(spread(reservations)).toEqual({ limited: 1, free: 10 })
  })

  it('refuses a new contact until its end where no other number serves', async () => {
    await addInstances(sql, ['limited'])
    await change('limited', `restrita_desde = '${START}', restrita_ate = '2026-05-05T12:10:00Z'`)
    await expect(reserve(fleet, { contactId: 'new' })).rejects.toMatchObject({
      reasons: { RESTRICTED: 1 },
      availableAt: new Date('2026-05-05T12:10:00Z'),
    })
    clock.set('2026-05-05T12:10:00Z')
    expect(await reserveFor('new')).toMatchObject({ instanceName: 'limited' })
  })
})

describe('the kind of a message', () => {
  const kindOf = async (contactId: string): Promise<unknown> => (await reserveFor(contactId)).kind

  it('is new, known or a reply by the conversation of the contact with that number', async () => {
    await addInstances(sql, ['a', 'b'])
    const rows: [string, string, string | null, string | null][] = [
      ['sent', 'a', '2026-04-06T00:00:00Z', null],
      ['sent-long-ago', 'a', '2026-04-05T11:00:00Z', null],
      ['wrote', 'a', null, '2026-05-04T12:00:01Z'],
      ['wrote-yesterday', 'a', null, '2026-05-04T11:59:59Z'],
      ['with-b', 'b', '2026-05-05T11:00:00Z', '2026-05-05T11:00:00Z'],
    ]
    for (const row of rows) {
      await sql('insert into zapfleet.conversations values ($1, $2, $3, $4)', row)
      await setPreference(fleet, { id: row[0], instanceName: 'a' })
    }
    await setPreference(fleet, { id: 'never', instanceName: 'a' })
    // A single reserve and a batch use different statements.
    const ids = [...rows.map(([id]) => id), 'never']
    const expected = ['known', 'new', 'reply', 'known', 'new', 'new']
    const second = await another()
    expect(
      (await Promise.all(ids.map((contactId) => reserve(second, { contactId }, PATIENT)))).map(
        ({ kind }) => kind,
      ),
    ).toEqual(expected)
    const one: unknown[] = []
    for (const id of ids) one.push(await kindOf(id))
    expect(one).toEqual(expected)
    const stored = await sql('select contact_id, kind from zapfleet.reservations')
    expect(stored.map((row) => `${row.contact_id} ${row.kind}`).sort()).toEqual(
      ids.flatMap((id, at) => [`${id} ${expected[at]}`, `${id} ${expected[at]}`]).sort(),
    )
  })

  it('is known after the first message, and new again at the number that the contact moves to', async () => {
    await addInstances(sql, ['a', 'b'])
    await change('b', 'pausada = true')
    expect(await reserveFor('maria')).toMatchObject({
      instanceName: 'a',
      kind: 'new',
      preference: 'assigned',
    })
    expect(await reserveFor('maria')).toMatchObject({ instanceName: 'a', kind: 'known' })
    await change('b', 'pausada = false')
    await change('a', 'pausada = true')
    expect(await reserveFor('maria')).toMatchObject({ instanceName: 'b', kind: 'new', preference: 'moved' })
    expect((await reserve(fleet, {})).kind).toBeNull()
  })
})
