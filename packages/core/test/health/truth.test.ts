import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  checkInstance,
  createInstance,
  hintInstance,
  instanceHistory,
  type Log,
  recordLogout,
  reserve,
  silentLog,
  updateInstance,
  waitForHints,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { clearRounds, eventsOf, statuses, writesOf } from './rounds.ts'

const { simulator, evolution } = await testEvolution()
const { control } = simulator
const lines: { level: string; message: string; details: object }[] = []
const log: Log = {
  ...silentLog,
  info: (details, message) => lines.push({ level: 'info', message, details }),
  warn: (details, message) => lines.push({ level: 'warn', message, details }),
}
const { fleet, sql, clock, another } = await testFleet({ evolution, log })

const connect = async (...names: string[]): Promise<void> => {
  await addInstances(sql, names)
  for (const name of names) control.addInstance({ name })
}

beforeEach(async () => {
  clock.at = null
  control.clearFaults()
  await control.outage(null)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearRounds(sql)
  await fleet.engine.snapshot.refresh()
  lines.length = 0
})

describe('an outdated answer', () => {
  /**
   * The answer to the next reading of `a` is made now and arrives after what the test does meanwhile, also on a busy
   * machine.
   */
  const slowAnswer = (): void => {
    control.fault({ kind: 'slow_body', ms: 3_000, match: { name: 'a' }, times: 1 })
    control.resetCalls()
  }
  const asked = async (): Promise<void> => {
    while (control.calls({ name: 'a' }).length === 0) await pause(5)
  }

  it('never overwrites a newer one that was stored meanwhile, by a check or by a round', async () => {
    for (const look of [
      () => checkInstance(callOf(fleet), { name: 'a' }),
      () => checkAllInstances(callOf(fleet)),
    ]) {
      await clearRounds(sql)
      await addInstances(sql, ['a'], { status: 'disconnected' })
      control.addInstance({ name: 'a' })
      slowAnswer()
      const slow = look()
      await asked()
      control.ban('a')
      const other = await another()
      await checkInstance(callOf(other), { name: 'a' })
      expect(await statuses(sql)).toEqual({ a: 'banned BANNED' })
      await slow
      expect(await statuses(sql)).toEqual({ a: 'banned BANNED' })
      control.removeInstance('a')
    }
  })

  it('never overwrites what a later round found unchanged and therefore did not store', async () => {
    await connect('a')
    control.logoutFromPhone('a')
    await checkAllInstances(callOf(fleet))
    control.setMemory('a', 'open')
    slowAnswer()
    const slow = checkInstance(callOf(fleet), { name: 'a' })
    await asked()
    control.setMemory('a', 'close')
    const before = await writesOf(sql)
    await checkAllInstances(callOf(await another()))
    expect(await writesOf(sql)).toEqual(before)
    await slow
    expect(await statuses(sql)).toEqual({ a: 'disconnected LOGGED_OUT_BY_PHONE' })
    expect(await writesOf(sql)).toEqual(before)
  })

  it('is recognised by the present clock: a stored moment of the future does not stop health', async () => {
    await connect('a')
    await sql(
      `update whatsapp_instances set status = 'disconnected', verificada_em = now() + interval '1 hour'`,
    )
    await sql(`insert into zapfleet.server_rounds (started_at) values (now() + interval '1 hour')`)
    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toEqual({ a: 'connected null' })
    expect(await sql('select started_at <= now() ok from zapfleet.server_rounds')).toEqual([{ ok: true }])
  })
})

describe('rounds', () => {
  it('that are requested while one runs start after it, one for all that wait', async () => {
    await connect('a')
    control.fault({ kind: 'slow_body', ms: 300, match: { name: 'a' }, times: 1 })
    control.resetCalls()
    const running = checkAllInstances(callOf(fleet))
    while (control.calls({ name: 'a' }).length === 0) await pause(5)
    control.ban('a')
    const [one, two] = await Promise.all([checkAllInstances(callOf(fleet)), checkAllInstances(callOf(fleet))])
    expect([one[0]?.status, two[0]?.status]).toEqual(['banned', 'banned'])
    expect(control.calls({ name: 'a', route: '/instance/connectionState' })).toHaveLength(3)
    await running
  })

  it('of two processes at once store each change once, while settings change and messages are sent', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`)
    await connect(...names)
    await checkAllInstances(callOf(fleet))
    const other = await another()
    for (const name of names.slice(0, 20)) control.ban(name)
    await Promise.all([
      checkAllInstances(callOf(fleet)),
      checkAllInstances(callOf(other)),
      ...names.map((name) => updateInstance(callOf(other), { name, priority: 7 })),
      ...names.map(() => reserve(fleet, { strategy: 'round_robin' }, { deadlineMs: 60_000 })),
    ])
    const told = await eventsOf(sql, 'status')
    expect(told.sort()).toEqual(
      names
        .slice(0, 20)
        .map((name) => `status ${name} connected banned`)
        .sort(),
    )
    expect(await eventsOf(sql, 'settings')).toHaveLength(30)
  })
})

describe('a disconnection of most numbers at once', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const warnings = (): number => lines.filter((line) => line.level === 'warn').length

  it('is not stored for half a minute, except where Evolution names a cause', async () => {
    clock.set('2026-03-10T12:00:00Z')
    await connect(...names)
    await checkAllInstances(callOf(fleet))
    for (const name of names.slice(0, 4)) control.setMemory(name, 'connecting')
    control.setDatabase('f', { disconnectionAt: null })
    control.ban('f')
    control.setDatabase('f', { disconnectionAt: '2026-03-10T12:00:10Z' })
    await checkAllInstances(callOf(fleet))
    const kept = Object.fromEntries(names.slice(0, 5).map((name) => [name, 'connected null']))
    expect(await statuses(sql)).toEqual({ ...kept, f: 'banned BANNED' })
    expect(warnings()).toBe(1)

    // A single check and another process apply the grace period as well.
    clock.set('2026-03-10T12:00:20Z')
    expect(await checkInstance(callOf(await another()), { name: 'a' })).toMatchObject({
      state: 'connecting',
      online: false,
      status: 'connected',
    })
    expect(await eventsOf(sql)).toEqual(['status f connected banned'])

    clock.set('2026-03-10T12:00:40Z')
    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toMatchObject({
      a: 'connecting RECONNECTING',
      d: 'connecting RECONNECTING',
      e: 'connected null',
    })
    expect(await eventsOf(sql)).toHaveLength(5)
    expect(warnings()).toBe(1)
  })

  it('is stored at once when the last grace period ended less than five minutes ago', async () => {
    await connect(...names)
    await sql(
      `insert into zapfleet.server_rounds (started_at, grace_until) values (now(), now() - interval '1 minute')`,
    )
    for (const name of names) control.setMemory(name, 'connecting')
    await checkAllInstances(callOf(fleet))
    expect(await eventsOf(sql)).toHaveLength(6)
    expect(warnings()).toBe(0)
  })

  it('is recognised although it arrives as single hints', async () => {
    await connect(...names)
    await checkAllInstances(callOf(fleet))
    for (const name of names) control.setMemory(name, 'connecting')
    for (const name of names) hintInstance(callOf(fleet), name, 'webhook')
    await waitForHints(fleet)
    expect(await eventsOf(sql)).toEqual([])
    expect(warnings()).toBe(1)
  })
})

describe('a hint', () => {
  it('makes one reading of many hints, and one more for those that arrive during it', async () => {
    await connect('a')
    await checkAllInstances(callOf(fleet))
    control.ban('a')
    control.resetCalls()
    for (let n = 0; n < 200; n++) hintInstance(callOf(fleet), 'a', 'webhook')
    await waitForHints(fleet)
    expect(await statuses(sql)).toEqual({ a: 'banned BANNED' })
    expect((await instanceHistory(fleet, { name: 'a' }))[0]?.evidence).toMatchObject({
      source: 'webhook',
      state: 'close',
      inDatabase: 'close',
      code: 403,
    })
    // Two readings, the second for the disconnection, and its record.
    expect(control.calls({ name: 'a' }).length).toBeLessThanOrEqual(4)
  })

  it('of an unknown name makes no call to Evolution, and of a new instance counts', async () => {
    control.resetCalls()
    for (let n = 0; n < 300; n++) hintInstance(callOf(fleet), `stranger-${n}`, 'webhook')
    await waitForHints(fleet)
    expect(control.calls()).toEqual([])
    const other = await another()
    await connect('newcomer')
    hintInstance(callOf(other), 'newcomer', 'webhook')
    await waitForHints(other)
    expect(control.calls({ name: 'newcomer' })).toHaveLength(1)
  })

  it('of an instance that was deleted, or while Evolution is down, is no error', async () => {
    await connect('a')
    await fleet.engine.snapshot.refresh()
    await sql(`update whatsapp_instances set removida_em = now()`)
    hintInstance(callOf(fleet), 'a', 'webhook')
    await waitForHints(fleet)
    await sql(`update whatsapp_instances set removida_em = null`)
    await fleet.engine.snapshot.refresh()
    await control.outage('refuse')
    hintInstance(callOf(fleet), 'a', 'webhook')
    await waitForHints(fleet)
    expect(await statuses(sql)).toEqual({ a: 'connected null' })
    expect(lines).toEqual([])
  })
})

describe('the history', () => {
  it('lists an instance from its creation to its ban, newest first, with the evidence', async () => {
    await createInstance(callOf(fleet), { name: 'vendas', phoneNumber: '+5511988887777' })
    control.scan('vendas')
    await checkInstance(callOf(fleet), { name: 'vendas' })
    await updateInstance(callOf(fleet), { name: 'vendas', paused: true })
    control.ban('vendas')
    await checkAllInstances(callOf(fleet))

    const history = await instanceHistory(fleet, { name: 'vendas' })
    expect(history.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      ['connected', 'banned', 'BANNED'],
      ['disconnected', 'connected', null],
      [null, 'disconnected', 'NEVER_CONNECTED'],
    ])
    expect(history.map((change) => change.evidence)).toEqual([
      { source: 'poll', state: 'close', inDatabase: 'close', code: 403, endedAt: expect.any(String) },
      { source: 'check', state: 'open' },
      { source: 'admin', act: 'created' },
    ])
    expect(JSON.stringify(history)).not.toContain('98888')
    expect(await instanceHistory(fleet, { name: 'vendas', limit: 1 })).toEqual(history.slice(0, 1))
    expect(lines.filter((line) => line.message === 'instance changed status')).toHaveLength(2)

    await sql(`update whatsapp_instances set removida_em = now()`)
    expect(await instanceHistory(fleet, { name: 'vendas' })).toEqual(history)
    await expect(instanceHistory(fleet, { name: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is a stream of events with the facts right after each change, in the order of their ids', async () => {
    await createInstance(callOf(fleet), { name: 'a', priority: 3 })
    await updateInstance(callOf(fleet), { name: 'a', hourlyCapacity: 9, priority: 3 })
    await updateInstance(callOf(fleet), { name: 'a', hourlyCapacity: 9 })
    control.scan('a')
    await checkInstance(callOf(fleet), { name: 'a' })
    expect(
      await sql(
        `select type, facts->>'status' status, (facts->>'capacidade_hora')::int hourly, evidence->'changed' changed from zapfleet.events order by id`,
      ),
    ).toEqual([
      { type: 'created', status: 'disconnected', hourly: 20, changed: null },
      { type: 'settings', status: 'disconnected', hourly: 9, changed: ['hourlyCapacity'] },
      { type: 'status', status: 'connected', hourly: 9, changed: null },
    ])
  })

  it('has a logout by an admin, and removes a registration that Evolution refused', async () => {
    await connect('a')
    await checkAllInstances(callOf(fleet))
    await recordLogout(callOf(fleet), { name: 'a' })
    control.setMemory('a', 'close')
    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toEqual({ a: 'disconnected LOGGED_OUT' })
    expect((await instanceHistory(fleet, { name: 'a' }))[0]?.evidence).toEqual({
      source: 'admin',
      act: 'logged_out',
    })

    control.addInstance({ name: 'theirs' })
    await expect(createInstance(callOf(fleet), { name: 'theirs' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect((await eventsOf(sql)).slice(1)).toEqual(['created theirs disconnected', 'deleted theirs'])
  })
})
