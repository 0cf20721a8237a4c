import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  checkInstance,
  createInstance,
  getInstance,
  healthSummary,
  pairInstance,
  seedInstances,
  sharedRound,
} from '../src/index.ts'
import { testEvolution } from './support/evolution.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { simulator, evolution } = await testEvolution()
const { fleet, sql } = await testFleet({ evolution })
const { control } = simulator

beforeEach(async () => {
  control.clearFaults()
  await control.outage(null)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearFleet(sql)
})

describe('creating a number', () => {
  it('registers it, creates it on Evolution and returns a QR code that is a picture', async () => {
    const { instance, pairing } = await createInstance(callOf(fleet), {
      name: 'vendas-01',
      phoneNumber: '+5511988887777',
      hourlyCapacity: 7,
    })
    expect(instance).toMatchObject({
      name: 'vendas-01',
      status: 'disconnected',
      statusReason: 'NEVER_CONNECTED',
      hourlyCapacity: 7,
      dailyCapacity: 100,
      priority: 1,
    })
    expect(pairing).toMatchObject({
      state: 'qr',
      base64: expect.stringMatching(/^data:image\/png;base64,iVBOR/),
      pairingCode: expect.stringMatching(/^\w{8}$/),
    })
    control.scan('vendas-01')
    expect(await checkInstance(callOf(fleet), { name: 'vendas-01' })).toMatchObject({
      state: 'open',
      status: 'connected',
      online: true,
    })
    expect(await pairInstance(callOf(fleet), { name: 'vendas-01' })).toEqual({ state: 'already_connected' })
  })

  it('returns CONFLICT when it is complete, and completes what an earlier call began', async () => {
    await createInstance(callOf(fleet), { name: 'a' })
    await expect(createInstance(callOf(fleet), { name: 'a' })).rejects.toMatchObject({ code: 'CONFLICT' })
    await control.outage('refuse')
    await expect(createInstance(callOf(fleet), { name: 'b' })).rejects.toMatchObject({
      code: 'EVOLUTION_UNREACHABLE',
    })
    await control.outage(null)
    expect((await createInstance(callOf(fleet), { name: 'b' })).pairing.state).toBe('qr')
  })

  it('does not change an instance that Evolution has and this fleet does not', async () => {
    control.addInstance({ name: 'theirs' })
    await expect(createInstance(callOf(fleet), { name: 'theirs' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('not registered here'),
    })
    await expect(getInstance(fleet, { name: 'theirs' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(control.instance('theirs')).toMatchObject({ name: 'theirs' })
  })

  it('of the name of an instance without a phone advises another name, since no import adopts it', async () => {
    control.addInstance({ name: 'cloud', integration: 'WHATSAPP-BUSINESS' })
    await expect(createInstance(callOf(fleet), { name: 'cloud' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/WHATSAPP-BUSINESS, .* no phone .* Use another name\.$/),
    })
    await expect(getInstance(fleet, { name: 'cloud' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it.each(['', '..', '__proto__', 'constructor', 'a b', 'a/b', 'x'.repeat(51), 'naïve'])(
    'refuses the name %j before any call',
    async (name) => {
      control.resetCalls()
      await expect(createInstance(callOf(fleet), { name })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(control.calls()).toEqual([])
    },
  )

  it('restores a removed number with the counters of today', async () => {
    await addInstances(sql, ['back'])
    await sql(
      `update whatsapp_instances set removida_em = now(), msgs_enviadas_dia = 5, janela_dia = now() where nome = 'back'`,
    )
    expect((await createInstance(callOf(fleet), { name: 'back' })).instance).toMatchObject({
      sentToday: 5,
      status: 'disconnected',
    })
  })

  it('fills ids and times that an adopted table requires, and names the column that it cannot fill', async () => {
    await sql(
      `alter table whatsapp_instances add column dono uuid not null default gen_random_uuid(), add column nascida timestamptz not null default now()`,
    )
    await sql(
      'alter table whatsapp_instances alter column dono drop default, alter column nascida drop default',
    )
    await seedInstances(fleet, ['filled'])
    await sql(`alter table whatsapp_instances add column segredo text not null default 'x'`)
    await sql('alter table whatsapp_instances alter column segredo drop default')
    await expect(createInstance(callOf(fleet), { name: 'unfilled' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('segredo'),
    })
    await sql('alter table whatsapp_instances drop column dono, drop column nascida, drop column segredo')
  })
})

describe('pairing', () => {
  it('waits during empty answers and returns a code', async () => {
    await createInstance(callOf(fleet), { name: 'late' })
    control.removeInstance('late')
    control.addInstance({ name: 'late', state: 'close' })
    control.fault({
      kind: 'status',
      code: 200,
      body: { count: 0 },
      match: { route: '/instance/connect/' },
      times: 2,
    })
    expect((await pairInstance(callOf(fleet), { name: 'late' })).state).toBe('qr')
  })

  it('opens one connect for concurrent callers', async () => {
    await createInstance(callOf(fleet), { name: 'one' })
    control.removeInstance('one')
    control.addInstance({ name: 'one', state: 'close' })
    control.resetCalls()
    const pairings = await Promise.all(
      Array.from({ length: 4 }, () => pairInstance(callOf(fleet), { name: 'one' })),
    )
    expect(new Set(pairings.map((pairing) => JSON.stringify(pairing))).size).toBe(1)
    expect(control.calls({ name: 'one' }).filter((call) => call.path.includes('/connect/'))).toHaveLength(1)
  })

  it('does not connect a number that is reconnecting', async () => {
    await createInstance(callOf(fleet), { name: 'loop' })
    control.scan('loop')
    control.drop('loop')
    control.resetCalls()
    expect(await pairInstance(callOf(fleet), { name: 'loop' })).toMatchObject({
      state: 'not_ready',
      reason: 'reconnecting',
    })
    expect(control.calls({ name: 'loop' }).filter((call) => call.path.includes('/connect/'))).toEqual([])
  })

  it('returns a typed error when Evolution does not answer, and when the name does not exist', async () => {
    await createInstance(callOf(fleet), { name: 'far' })
    await control.outage('refuse')
    expect(await pairInstance(callOf(fleet), { name: 'far' })).toMatchObject({
      state: 'not_ready',
      reason: 'evolution_unreachable',
    })
    await expect(pairInstance(callOf(fleet), { name: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the health round', () => {
  it('distinguishes connected, connecting, banned, logged out and missing', async () => {
    await addInstances(sql, ['open', 'banned', 'out', 'missing', 'fresh', 'dropped'], { status: 'connected' })
    for (const name of ['open', 'banned', 'out', 'dropped']) control.addInstance({ name })
    control.addInstance({ name: 'fresh', state: 'close' })
    await checkAllInstances(callOf(fleet))
    control.ban('banned')
    control.logoutFromPhone('out')
    control.setMemory('dropped', 'connecting')
    await checkAllInstances(callOf(fleet))
    const rows = await sql('select nome, status, status_motivo m from whatsapp_instances order by 1')
    expect(
      Object.fromEntries(
        (rows as unknown as { nome: string; status: string; m: string }[]).map((row) => [
          row.nome,
          `${row.status} ${row.m}`,
        ]),
      ),
    ).toEqual({
      banned: 'banned BANNED',
      dropped: 'connecting RECONNECTING',
      fresh: 'disconnected CLOSED',
      missing: 'disconnected NOT_ON_EVOLUTION',
      open: 'connected null',
      out: 'disconnected LOGGED_OUT_BY_PHONE',
    })
    expect(await healthSummary(fleet)).toMatchObject({ status: 'healthy', online: 1, total: 6 })
  })

  it('disconnects nothing because the server is down: unknown, after two unanswered rounds', async () => {
    await addInstances(sql, ['a', 'b'])
    for (const name of ['a', 'b']) control.addInstance({ name })
    await checkAllInstances(callOf(fleet))
    await control.outage('refuse')
    await checkAllInstances(callOf(fleet))
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'connected' })
    expect((await checkAllInstances(callOf(fleet))).map((health) => [health.state, health.status])).toEqual([
      ['error', 'unknown'],
      ['error', 'unknown'],
    ])
    await control.outage(null)
    await checkAllInstances(callOf(fleet))
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'connected', action: null })
  })

  it('writes no instance when nothing changed, and returns the time of each check', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    await checkAllInstances(callOf(fleet))
    const version = await sql('select xmin::text from whatsapp_instances')
    const first = await getInstance(fleet, { name: 'a' })
    await checkAllInstances(callOf(fleet))
    expect(await sql('select xmin::text from whatsapp_instances')).toEqual(version)
    const second = await getInstance(fleet, { name: 'a' })
    expect(Date.parse(second.checkedAt ?? '')).toBeGreaterThan(Date.parse(first.checkedAt ?? ''))
  })

  it('ignores an interruption of 0.3 s', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    await checkAllInstances(callOf(fleet))
    control.blip('a', 300)
    await checkAllInstances(callOf(fleet))
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'connected' })
  })

  it('is shared by callers without a key for five seconds', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    control.resetCalls()
    const answers = await Promise.all([
      sharedRound(callOf(fleet)),
      sharedRound(callOf(fleet)),
      sharedRound(callOf(fleet)),
    ])
    expect(new Set(answers).size).toBe(1)
    expect(control.calls({ name: 'a' })).toHaveLength(1)
  })
})
