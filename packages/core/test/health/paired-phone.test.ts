import { beforeEach, describe, expect, it } from 'vitest'
import { callOf, checkAllInstances, checkInstance, getInstance, instanceHistory } from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, testFleet } from '../support/fleet.ts'
import { clearRounds, statuses } from './rounds.ts'

const { simulator, evolution } = await testEvolution()
const { control } = simulator
const { fleet, sql } = await testFleet({ evolution })

const RIGHT = '5511911111111'
const WRONG = '5511922222222'

/** A number that was paired with `before`, logged out, and is paired with `now`: Evolution's record of it is late. */
async function pairAgain(name: string, before: string, now: string): Promise<void> {
  await addInstances(sql, [name], { status: 'disconnected' })
  await sql('update whatsapp_instances set numero_telefone = $2 where nome = $1', [name, `+${RIGHT}`])
  control.addInstance({ name, number: before })
  control.logoutFromPhone(name)
  await checkAllInstances(callOf(fleet))
  await expect.poll(() => evolution.connect(name)).toMatchObject({ kind: 'qr' })
  control.recordLate(60_000)
  control.scan(name, { phone: now })
  await checkInstance(callOf(fleet), { name })
}

/** The record of the opening is written. */
const record = (name: string, phone: string): void =>
  control.setDatabase(name, { connectionStatus: 'open', ownerJid: `${phone}@s.whatsapp.net` })

const reasonOf = async (name: string) => (await getInstance(fleet, { name })).statusReason

beforeEach(async () => {
  control.recordLate(0)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearRounds(sql)
  await fleet.engine.snapshot.refresh()
})

describe('the phone that is paired, read while its record is late', () => {
  it('is not compared with the owner of the session before: a wrong phone is found at the next round', async () => {
    await pairAgain('a', RIGHT, WRONG)
    expect(await statuses(sql)).toEqual({ a: 'connected null' })
    record('a', WRONG)
    await checkAllInstances(callOf(fleet))
    expect(await reasonOf('a')).toBe('WRONG_PHONE')
  })

  it('is found soon also by a process without rounds', async () => {
    await pairAgain('a', RIGHT, WRONG)
    expect(await reasonOf('a')).toBe(null)
    record('a', WRONG)
    await expect.poll(() => reasonOf('a'), { timeout: 60_000, interval: 200 }).toBe('WRONG_PHONE')
  })

  it('is not reported as wrong because the one before was', async () => {
    await pairAgain('a', WRONG, RIGHT)
    record('a', RIGHT)
    await checkAllInstances(callOf(fleet))
    expect(await reasonOf('a')).toBe(null)
    const reasons = (await instanceHistory(fleet, { name: 'a' })).map(({ reason }) => reason)
    expect(reasons).not.toContain('WRONG_PHONE')
  })

  it('is read once its record exists, and not at each round afterwards', async () => {
    await pairAgain('a', RIGHT, RIGHT)
    record('a', RIGHT)
    await checkAllInstances(callOf(fleet))
    control.resetCalls()
    await checkAllInstances(callOf(fleet))
    expect(control.calls({ route: '/instance/fetchInstances' })).toEqual([])
  })
})

describe('a number that was logged out between two readings', () => {
  it('waits for a scan once it shows a QR code, and releases its phone', async () => {
    await addInstances(sql, ['a', 'b'], { status: 'disconnected' })
    control.addInstance({ name: 'a', number: RIGHT })
    await checkAllInstances(callOf(fleet))
    control.logoutFromPhone('a')
    await expect.poll(() => evolution.connect('a')).toMatchObject({ kind: 'qr' })
    await checkAllInstances(callOf(fleet))
    expect(await statuses(sql)).toMatchObject({ a: 'connecting WAITING_FOR_SCAN' })
    control.addInstance({ name: 'b', number: RIGHT })
    await checkAllInstances(callOf(fleet))
    expect(await getInstance(fleet, { name: 'b' })).toMatchObject({ available: true, duplicateOf: null })
  })

  it('waits for a scan also when it was reconnecting before', async () => {
    await addInstances(sql, ['a'])
    control.addInstance({ name: 'a' })
    await checkAllInstances(callOf(fleet))
    control.drop('a')
    await checkAllInstances(callOf(fleet))
    expect(await reasonOf('a')).toBe('RECONNECTING')
    control.logoutFromPhone('a')
    await expect.poll(() => evolution.connect('a')).toMatchObject({ kind: 'qr' })
    await checkInstance(callOf(fleet), { name: 'a' })
    expect(await statuses(sql)).toEqual({ a: 'connecting WAITING_FOR_SCAN' })
  })
})
