import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type EventStream, openStream } from '../event-stream.ts'
import { ADMIN_KEY, mutate, query } from '../fleet-api.ts'
import { startTwoPools, type TwoPools } from './two-pools.ts'

let fleet: TwoPools
beforeAll(async () => {
  fleet = await startTwoPools()
})
const streams: EventStream[] = []
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})
afterAll(() => fleet?.close())

describe('streams of a bound key', () => {
  async function open(how: Partial<Parameters<typeof openStream>[1]> = {}): Promise<EventStream> {
    const stream = await openStream(fleet.api.address, { key: fleet.viewer, ...how })
    streams.push(stream)
    return stream
  }
  const setTags = (name: string, ...tags: string[]) => mutate(fleet.api, 'instance.update', { name, tags })
  const setPriority = (name: string, priority: number) =>
    mutate(fleet.api, 'instance.update', { name, priority })
  const seen = (stream: EventStream) => stream.changes().map(({ type, name }) => `${type} ${name}`)

  it('follow the tags of numbers within a second, and have nothing of other numbers', async () => {
    const stream = await open()
    const unbound = await open({ key: ADMIN_KEY })
    await setPriority('YANKEE-1', 50)
    await setPriority('XRAY-1', 2)
    await vi.waitFor(() => expect(seen(stream)).toEqual(['settings XRAY-1']), { timeout: 1_000 })
    fleet.expectNothingHidden(JSON.stringify(stream.wire))

    await setTags('XRAY-2', 'yankee')
    await vi.waitFor(() => expect(seen(stream).at(-1)).toBe('deleted XRAY-2'), { timeout: 1_000 })
    expect(await query(fleet.api, 'instance.get', { name: 'XRAY-2' }, fleet.viewer)).toMatchObject({
      status: 404,
    })
    await setPriority('XRAY-2', 3)
    await mutate(fleet.api, 'instance.recordSend', { name: 'XRAY-2' })
    await setTags('XRAY-2', 'xray', 'yankee')
    await vi.waitFor(() => expect(seen(stream).at(-1)).toBe('created XRAY-2'), { timeout: 1_000 })
    await setTags('XRAY-2', 'xray')
    await mutate(fleet.api, 'instance.recordSend', { name: 'YANKEE-2' })
    await mutate(fleet.api, 'instance.recordSend', { name: 'XRAY-1' })
    const counters = (of: EventStream) => of.wire.filter(({ data: sent }) => sent?.type === 'counters')
    const named = (of: EventStream, name: string) => JSON.stringify(counters(of)).includes(name)
    await vi.waitFor(
      () => expect([named(stream, 'XRAY-1'), named(unbound, 'YANKEE-2')]).toEqual([true, true]),
      {
        timeout: 10_000,
      },
    )
    expect(seen(stream)).toEqual(['settings XRAY-1', 'deleted XRAY-2', 'created XRAY-2', 'settings XRAY-2'])
    expect(seen(unbound)).toEqual([
      'settings YANKEE-1',
      'settings XRAY-1',
      ...['XRAY-2', 'XRAY-2', 'XRAY-2', 'XRAY-2'].map((name) => `settings ${name}`),
    ])
    fleet.expectNothingHidden(JSON.stringify(stream.wire))
  })

  it('follow tags that another program changes in the table, which stores no event', async () => {
    const stream = await open()
    const storeTags = (name: string, tags: string[]) =>
      fleet.database.query('update public.whatsapp_instances set etiquetas = $2 where nome = $1', [
        name,
        tags,
      ])
    await storeTags('XRAY-2', ['yankee'])
    await vi.waitFor(() => expect(seen(stream)).toEqual(['deleted XRAY-2']), { timeout: 10_000 })
    await storeTags('XRAY-2', ['xray'])
    await vi.waitFor(() => expect(seen(stream)).toEqual(['deleted XRAY-2', 'created XRAY-2']), {
      timeout: 10_000,
    })
    fleet.expectNothingHidden(JSON.stringify(stream.wire))
  })

  it('resume after an event with what happened meanwhile to their numbers alone', async () => {
    const { rows } = await fleet.database.query<{ id: string }>(
      'select max(id)::text id from zapfleet.events',
    )
    const lastEventId = rows[0]?.id ?? ''
    await setPriority('YANKEE-1', 60)
    await setTags('XRAY-2', 'yankee')
    await setTags('OTHER-1', 'yankee')
    await setTags('YANKEE-2', 'xray')
    await setTags('YANKEE-2', 'yankee')
    await setPriority('XRAY-1', 4)
    const stream = await open({ lastEventId })
    await stream.untilChanges(4, 10_000)
    // The counters of all instances come first where a subscriber resumes.
    await vi.waitFor(
      () => expect(stream.wire.some(({ data: sent }) => sent?.type === 'counters')).toBe(true),
      {
        timeout: 10_000,
      },
    )
    expect(seen(stream)).toEqual([
      'deleted XRAY-2',
      'created YANKEE-2',
      'deleted YANKEE-2',
      'settings XRAY-1',
    ])
    const text = JSON.stringify(stream.wire)
    for (const secret of fleet.hidden.filter((one) => !one.startsWith('YANKEE-2') && one !== '5521900000002'))
      expect(text).not.toContain(secret)
    await setTags('XRAY-2', 'xray')
    await setTags('OTHER-1')
  })

  it('resume after the first event of all without what other numbers were', async () => {
    const stream = await open({ lastEventId: '0' })
    await stream.untilChanges(3, 10_000)
    const text = JSON.stringify(stream.wire)
    for (const secret of ['YANKEE-1', 'OTHER-1', '5521900000001', '5521900000003'])
      expect(text).not.toContain(secret)
  })

  it('have the changes of messages of their pools alone', async () => {
    const stream = await open({ procedure: 'message.onChange', key: fleet.bot })
    const change = (id: string) =>
      fleet.database.query(
        `insert into zapfleet.message_changes (kind, message_id, state) values ('message', $1, 'sent')`,
        [id],
      )
    await change(fleet.theirs.message)
    await change(fleet.ours.message)
    const messages = () => stream.wire.filter(({ data: sent }) => sent?.type === 'state')
    await vi.waitFor(() => expect(messages().length).toBeGreaterThan(0), { timeout: 10_000 })
    expect(messages().map(({ data: sent }) => sent.message.id)).toEqual([fleet.ours.message])
    const after = messages()[0]?.id ?? ''
    await change(fleet.theirs.message)
    await change(fleet.ours.message)
    const resumed = await open({ procedure: 'message.onChange', key: fleet.bot, lastEventId: after })
    const resumedIds = () => resumed.wire.flatMap(({ data: sent }) => sent?.message?.id ?? [])
    await vi.waitFor(() => expect(resumedIds()).toEqual([fleet.ours.message]), { timeout: 10_000 })
    fleet.expectNothingHidden(JSON.stringify([stream.wire, resumed.wire]))
  })
})
