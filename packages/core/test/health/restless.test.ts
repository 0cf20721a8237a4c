import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  checkInstance,
  getInstance,
  logoutInstance,
  pairInstance,
  reserve,
  restartInstance,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { clearRounds, eventsOf, statuses } from './rounds.ts'

// Evolution's own delays: these tests watch its loops.
const { simulator, evolution } = await testEvolution(1)
const { control } = simulator
const { fleet, sql } = await testFleet({ evolution })

const reasonOf = async (name: string) => (await getInstance(fleet, { name })).statusReason

/** Rounds, one a second, until the instance has the reason. */
async function roundsUntil(name: string, reason: string | null, withinMs: number): Promise<void> {
  const untilMs = performance.now() + withinMs
  while ((await reasonOf(name)) !== reason) {
    if (performance.now() > untilMs) throw new Error(`"${name}" reads ${await reasonOf(name)}, not ${reason}`)
    await checkAllInstances(callOf(fleet))
    await pause(1_000)
  }
}

beforeEach(async () => {
  control.clearFaults()
  control.refuseRegistration(false)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearRounds(sql)
  await fleet.engine.snapshot.refresh()
})

describe('two sockets of one account, which replace each other without end', () => {
  const begin = async (): Promise<void> => {
    await addInstances(sql, ['a', 'b'])
    for (const name of ['a', 'b']) control.addInstance({ name })
    await checkAllInstances(callOf(fleet))
    control.drop('a')
    await evolution.connect('a')
    control.recover('a')
    await expect.poll(() => control.instance('a').fighting).toBe(true)
    await roundsUntil('a', 'REPLACED', 60_000)
  }

  it('are distinguished from a flapping connection, are not chosen, and end with the logout of the advice', async () => {
    await begin()
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      status: 'connecting',
      available: false,
      action: expect.stringMatching(/log it out/i),
    })
    for (let n = 0; n < 4; n++)
      expect((await reserve(fleet, { strategy: 'round_robin' })).instanceName).toBe('b')
    const events = (await eventsOf(sql, 'status')).length
    for (let n = 0; n < 6; n++) await checkInstance(callOf(fleet), { name: 'a' })
    expect((await eventsOf(sql, 'status')).length).toBe(events)
    expect(await logoutInstance(callOf(fleet), { name: 'a' })).toEqual({ name: 'a', verified: true })
    expect(control.instance('a')).toMatchObject({ fighting: false, memory: 'close' })
    expect(await statuses(sql)).toMatchObject({ a: 'disconnected LOGGED_OUT' })
  })

  it('end when the connection was steady for some seconds', async () => {
    await begin()
    control.setMemory('a', 'open')
    await roundsUntil('a', null, 60_000)
    expect(await statuses(sql)).toMatchObject({ a: 'connected null' })
  })
})

describe('a number that WhatsApp does not register', () => {
  it('has one status and one event, whatever was known of it, until there is a code', async () => {
    await addInstances(sql, ['new', 'old'], { status: 'disconnected' })
    control.addInstance({ name: 'new', state: 'close' })
    control.addInstance({ name: 'old' })
    control.logoutFromPhone('old')
    await checkAllInstances(callOf(fleet))
    const before = await statuses(sql)
    expect(before).toEqual({ new: 'disconnected NEVER_CONNECTED', old: 'disconnected LOGGED_OUT_BY_PHONE' })
    const events = (await eventsOf(sql, 'status')).length
    control.refuseRegistration(true)
    await Promise.all([evolution.connect('new'), evolution.connect('old')])
    const startedAtMs = performance.now()
    const passedMs = () => performance.now() - startedAtMs
    const areRefused = async () => Object.values(await statuses(sql)).every((one) => /NO_QR_CODE/.test(one))
    // Half a minute of rounds; more where the readings of a busy machine are too far apart to see the attempts.
    while (passedMs() < 31_000 || (passedMs() < 91_000 && !(await areRefused()))) {
      await checkAllInstances(callOf(fleet))
      await pause(700)
    }
    expect(await statuses(sql)).toEqual({ new: 'disconnected NO_QR_CODE', old: 'disconnected NO_QR_CODE' })
    expect((await eventsOf(sql, 'status')).length).toBe(events + 2)
    expect((await getInstance(fleet, { name: 'new' })).action).toMatch(/update Evolution/)
    control.refuseRegistration(false)
    await expect.poll(() => control.instance('new').qrCount).toBe(1)
    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toMatchObject({ new: 'connecting WAITING_FOR_SCAN' })
  })
})

describe('a pairing by phone number', () => {
  it('whose codes are used up has that reason, and new codes are offered', async () => {
    await addInstances(sql, ['a'], { status: 'disconnected' })
    control.addInstance({ name: 'a', state: 'close' })
    const phoneNumber = '+5511988887777'
    expect(await pairInstance(callOf(fleet), { name: 'a', phoneNumber })).toMatchObject({
      state: 'qr',
      pairingCode: expect.any(String),
    })
    await checkInstance(callOf(fleet), { name: 'a' })
    for (let n = 0; n < 6; n++) control.expireQr('a')
    expect(control.instance('a').database.disconnectionReasonCode).toBe(401)
    await checkInstance(callOf(fleet), { name: 'a' })
    expect(await statuses(sql)).toEqual({ a: 'disconnected QR_LIMIT_REACHED' })
    expect(await pairInstance(callOf(fleet), { name: 'a', phoneNumber })).toMatchObject({
      state: 'qr',
      count: 1,
    })
  })
})

describe('restarts that are made through zapfleet', () => {
  it('are not disconnections: three of them do not make a number flap', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    await checkAllInstances(callOf(fleet))
    // The test closes the connection for longer than Evolution's restart does.
    const body = { instance: { instanceName: 'a', state: 'open' } }
    control.fault({ kind: 'status', code: 200, body, match: { route: 'instance/restart' } })
    for (let n = 0; n < 3; n++) {
      control.resetCalls()
      const restart = restartInstance(callOf(fleet), { name: 'a' })
      await expect.poll(() => control.calls({ route: '/instance/restart' }).length).toBe(1)
      control.drop('a')
      await checkInstance(callOf(fleet), { name: 'a' })
      expect(await reasonOf('a')).toBe('RECONNECTING')
      control.recover('a')
      expect((await restart).verified).toBe(true)
      await checkInstance(callOf(fleet), { name: 'a' })
    }
    expect(await statuses(sql)).toEqual({ a: 'connected null' })
    const [row] = await sql('select queda_anterior, ultima_queda from whatsapp_instances')
    expect(row).toEqual({ queda_anterior: null, ultima_queda: null })
  })
})
