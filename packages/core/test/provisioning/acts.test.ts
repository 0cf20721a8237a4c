import { createEvolution } from '@zapfleet/evolution'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  callOf,
  checkAllInstances,
  checkInstance,
  createInstance,
  deleteInstance,
  followPairing,
  getInstance,
  importInstances,
  instanceHistory,
  logoutInstance,
  type Pairing,
  pairInstance,
  recordSend,
  reserve,
  restartInstance,
  updateInstance,
} from '../../src/index.ts'
import { testEvolution } from '../support/evolution.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'
import { BOTH, NEITHER, sidesOf } from './sides.ts'

const { simulator, evolution } = await testEvolution()
const { fleet, sql, another } = await testFleet({ evolution })
const { control } = simulator

const connected = async (...names: string[]): Promise<void> => {
  await addInstances(sql, names, { status: 'disconnected' })
  for (const name of names) {
    control.addInstance({ name })
    await checkInstance(callOf(fleet), { name })
  }
}
const callsOf = (name: string, route: string): number =>
  control.calls({ name }).filter((call) => call.path.startsWith(route)).length

beforeEach(async () => {
  control.clearFaults()
  await control.outage(null)
  for (const { name } of control.instances()) control.removeInstance(name)
  await clearFleet(sql)
  await fleet.engine.snapshot.refresh()
  control.resetCalls()
})

describe('delete', () => {
  it('removes it from Evolution, verified, and keeps its history and the counters of today', async () => {
    await connected('a')
    await updateInstance(callOf(fleet), {
      name: 'a',
      phoneNumber: '+5511900000000',
      hourlyCapacity: 7,
      priority: 9,
    })
    await recordSend(fleet, { name: 'a' })
    expect(await deleteInstance(callOf(fleet), { name: 'a' })).toEqual({ name: 'a', verified: true })
    expect(await sidesOf(sql, simulator, 'a')).toEqual(NEITHER)
    await expect(getInstance(fleet, { name: 'a' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(reserve(fleet, {})).rejects.toMatchObject({ code: 'NO_CAPACITY' })
    await expect(deleteInstance(callOf(fleet), { name: 'a' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await createInstance(callOf(fleet), { name: 'a', dailyCapacity: 50 })).instance).toMatchObject({
      sentToday: 1,
      phoneNumber: null,
      hourlyCapacity: 20,
      dailyCapacity: 50,
      priority: 1,
    })
    expect((await instanceHistory(fleet, { name: 'a' })).map((one) => one.to)).toContain('connected')
  })

  it('switches its webhook off first, so that a dead receiver delays nothing', async () => {
    await connected('a')
    await evolution.setWebhook('a', { url: 'http://127.0.0.1:1/dead', events: ['REMOVE_INSTANCE'] })
    expect(await deleteInstance(callOf(fleet), { name: 'a' })).toEqual({ name: 'a', verified: true })
    expect(control.webhookAttempts('a')).toEqual([])
  })

  it('succeeds at once for a number that Evolution does not have', async () => {
    await addInstances(sql, ['gone'])
    expect(await deleteInstance(callOf(fleet), { name: 'gone' })).toEqual({ name: 'gone', verified: true })
    expect(await sidesOf(sql, simulator, 'gone')).toEqual(NEITHER)
  })

  it('changes nothing when Evolution does not answer', async () => {
    await connected('a')
    await control.outage('refuse')
    await expect(deleteInstance(callOf(fleet), { name: 'a' })).rejects.toMatchObject({
      code: 'EVOLUTION_UNREACHABLE',
    })
    await control.outage(null)
    expect(await sidesOf(sql, simulator, 'a')).toEqual(BOTH)
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'connected' })
  })
})

describe('logout', () => {
  it('ends the session, verified, and stores it in status and history', async () => {
    await connected('a')
    expect(await logoutInstance(callOf(fleet), { name: 'a' })).toEqual({ name: 'a', verified: true })
    expect(control.instance('a')).toMatchObject({ memory: 'close' })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({
      status: 'disconnected',
      statusReason: 'LOGGED_OUT',
    })
    expect((await instanceHistory(fleet, { name: 'a' }))[0]).toMatchObject({ to: 'disconnected' })
  })

  it('succeeds for one that is not connected, and for a server error that hid one', async () => {
    await connected('closed', 'hidden')
    await logoutInstance(callOf(fleet), { name: 'closed' })
    expect(await logoutInstance(callOf(fleet), { name: 'closed' })).toEqual({
      name: 'closed',
      verified: true,
    })
    control.fault({ kind: 'answer_lost', match: { route: 'instance/logout', name: 'hidden' }, times: 1 })
    expect(await logoutInstance(callOf(fleet), { name: 'hidden' })).toEqual({
      name: 'hidden',
      verified: true,
    })
    expect(callsOf('hidden', '/instance/logout')).toBe(1)
  })

  it('throws when Evolution failed and the number is still open', async () => {
    await connected('a')
    control.fault({ kind: 'status', code: 500, match: { route: 'instance/logout' }, times: 1 })
    await expect(logoutInstance(callOf(fleet), { name: 'a' })).rejects.toMatchObject({
      code: 'EVOLUTION_REFUSED',
    })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'connected' })
  })
})

describe('restart', () => {
  it('is verified when the number reads open twice, a second or more after the act', async () => {
    await connected('a')
    const beganAt = performance.now()
    expect(await restartInstance(callOf(fleet), { name: 'a' })).toEqual({ name: 'a', verified: true })
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(1_000)
    expect(callsOf('a', '/instance/restart')).toBe(1)
    expect(callsOf('a', '/instance/connectionState')).toBeGreaterThanOrEqual(3)
  })

  it('refuses a closed one before any call, and treats an error under HTTP 200 as an error', async () => {
    await addInstances(sql, ['closed', 'odd'])
    control.addInstance({ name: 'closed', state: 'close' })
    control.addInstance({ name: 'odd' })
    await expect(restartInstance(callOf(fleet), { name: 'closed' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
    })
    expect(callsOf('closed', '/instance/restart')).toBe(0)
    const body = { error: true, message: '[object Object]' }
    control.fault({ kind: 'status', code: 200, body, match: { route: 'instance/restart' }, times: 1 })
    await expect(restartInstance(callOf(fleet), { name: 'odd' })).rejects.toMatchObject({
      code: 'EVOLUTION_REFUSED',
    })
    await expect(restartInstance(callOf(fleet), { name: 'nobody' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('refuses one that closes between the reading and the call', async () => {
    await addInstances(sql, ['lost'], { status: 'disconnected' })
    control.addInstance({ name: 'lost', state: 'connecting' })
    const body = { error: true, message: '[object Object]' }
    control.fault({ kind: 'status', code: 200, body, match: { route: 'instance/restart' }, times: 1 })
    await expect(restartInstance(callOf(fleet), { name: 'lost' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
    })
  })
})

describe('import', () => {
  it('adopts what Evolution has, lists what is missing there, and changes nothing on a dry run', async () => {
    await addInstances(sql, ['known', 'missing'], { status: 'disconnected' })
    control.addInstance({ name: 'known' })
    control.addInstance({ name: 'new-open', ownerJid: '5511988887777:3@s.whatsapp.net' })
    control.addInstance({ name: 'Número 1/2', state: 'close' })
    control.addInstance({ name: 'x'.repeat(51) })
    const report = {
      imported: ['Número 1/2', 'new-open'],
      alreadyKnown: ['known'],
      missingOnEvolution: ['missing'],
      skipped: [{ name: 'x'.repeat(51), reason: 'its name has more than 50 characters' }],
    }
    expect(await importInstances(callOf(fleet), { dryRun: true })).toEqual(report)
    await expect(getInstance(fleet, { name: 'new-open' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await importInstances(callOf(fleet), {})).toEqual(report)
    expect(await getInstance(fleet, { name: 'new-open' })).toMatchObject({
      status: 'connected',
      phoneNumber: '+5511988887777',
    })
    expect(await getInstance(fleet, { name: 'Número 1/2' })).toMatchObject({ status: 'disconnected' })
    expect(await importInstances(callOf(fleet), {})).toMatchObject({
      imported: [],
      missingOnEvolution: ['missing'],
    })
  })

  it('with the token of one instance as key reports none of the others as missing', async () => {
    await connected('own', 'other')
    const apiKey = control.instance('own').token
    const poor = createEvolution({ url: simulator.url, apiKey })
    const withToken = await another({ evolution: poor })
    for (const dryRun of [true, false])
      await expect(importInstances(callOf(withToken), { dryRun })).rejects.toMatchObject({
        code: 'EVOLUTION_REFUSED',
        message: expect.stringMatching(/token of one instance.*delete none/),
      })
    await poor.close()
  })

  it('adopts the others where one has a name that cannot be managed, and reports that one', async () => {
    const odd = ['ven\u0000das', '.', '..', 'vendas-01 ', 'constructor']
    for (const name of [...odd, 'vendas-01']) control.addInstance({ name })
    const { imported, skipped } = await importInstances(callOf(fleet), {})
    expect(imported).toEqual(['vendas-01'])
    expect(skipped?.map(({ name }) => name)).toEqual([...odd].sort())
  })

  it('skips instances of other integrations, which read open without a phone, and reports them', async () => {
    control.addInstance({ name: 'phone' })
    control.addInstance({ name: 'cloud', integration: 'WHATSAPP-BUSINESS', state: 'open' })
    control.addInstance({ name: 'channel', integration: 'EVOLUTION', state: 'open' })
    const report = {
      imported: ['phone'],
      alreadyKnown: [],
      missingOnEvolution: [],
      skipped: [
        { name: 'channel', reason: expect.stringContaining('its integration is EVOLUTION') },
        { name: 'cloud', reason: expect.stringContaining('its integration is WHATSAPP-BUSINESS') },
      ],
    }
    expect(await importInstances(callOf(fleet), { dryRun: true })).toEqual(report)
    expect(await importInstances(callOf(fleet), {})).toEqual(report)
    await expect(getInstance(fleet, { name: 'cloud' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await reserve(fleet, { strategy: 'round_robin' })).instanceName).toBe('phone')
  })

  it('stores and logs no token of Evolution', async () => {
    control.addInstance({ name: 'a', token: 'PLANTED-TOKEN-0123456789' })
    const lines: string[] = []
    const write = (details: object, message: string): number => lines.push(JSON.stringify(details) + message)
    const talking = await another({ log: { debug: write, info: write, warn: write, error: write } })
    const report = await importInstances(callOf(talking), {})
    const [dump] = await sql(`select (select json_agg(i) from whatsapp_instances i)::text
      || coalesce((select json_agg(e) from zapfleet.events e)::text, '') as all`)
    expect(report.imported).toEqual(['a'])
    expect(lines.length).toBeGreaterThan(0)
    expect(JSON.stringify([report, dump, lines])).not.toContain('PLANTED')
  })

  it('keeps another program’s webhook and sets ours where there is none', async () => {
    const heard = await another({ publicUrl: 'http://127.0.0.1:9' })
    for (const name of ['theirs', 'free']) control.addInstance({ name })
    const theirs = { url: 'http://127.0.0.1:9/other', events: ['CONNECTION_UPDATE'] }
    await evolution.setWebhook('theirs', theirs)
    await importInstances(callOf(heard), {})
    expect(await evolution.findWebhook('theirs')).toMatchObject({ url: theirs.url, enabled: true })
    expect(await evolution.findWebhook('free')).toMatchObject({
      url: 'http://127.0.0.1:9/webhooks/evolution',
    })
  })

  it('sends a changed PUBLIC_URL to the numbers that are known', async () => {
    await connected('a')
    for (const publicUrl of ['http://127.0.0.1:9/before', 'http://127.0.0.1:9/after']) {
      const report = await importInstances(callOf(await another({ publicUrl })), {})
      expect(report).toMatchObject({ imported: [], alreadyKnown: ['a'] })
      expect(await evolution.findWebhook('a')).toMatchObject({ url: `${publicUrl}/webhooks/evolution` })
    }
  })

  it('recognises a banned number', async () => {
    control.addInstance({ name: 'gone' })
    control.ban('gone', 403)
    await importInstances(callOf(fleet), {})
    expect(await getInstance(fleet, { name: 'gone' })).toMatchObject({ status: 'banned' })
  })
})

it('a number that was paired and banned between two rounds is banned, not merely unpaired', async () => {
  await createInstance(callOf(fleet), { name: 'a' })
  expect((await getInstance(fleet, { name: 'a' })).statusReason).toBe('NEVER_CONNECTED')
  control.scan('a')
  control.ban('a', 403)
  await checkAllInstances(callOf(await another()))
  expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'banned', statusReason: 'BANNED' })
})

describe('pairing', () => {
  it('reports that a code is late, not that codes ran out, where WhatsApp is out of reach and no code was shown', async () => {
    await addInstances(sql, ['dark'], { status: 'disconnected' })
    control.addInstance({ name: 'dark', state: 'close' })
    control.whatsappOutage(true)
    try {
      const pairing = await pairInstance(callOf(fleet), { name: 'dark' })
      expect(pairing).toMatchObject({ state: 'not_ready', reason: 'qr_pending' })
    } finally {
      control.whatsappOutage(false)
    }
  })

  it('sends the registered number, so that a code to type is returned with the QR code', async () => {
    await addInstances(sql, ['a', 'b'], { status: 'disconnected' })
    for (const name of ['a', 'b']) control.addInstance({ name, state: 'close' })
    await updateInstance(callOf(fleet), { name: 'a', phoneNumber: '+5511988887777' })
    expect(await pairInstance(callOf(fleet), { name: 'a' })).toMatchObject({
      pairingCode: expect.any(String),
    })
    expect(await pairInstance(callOf(fleet), { name: 'b' })).toMatchObject({ pairingCode: null })
  })

  it('refuses the phone of another instance, registered in any form', async () => {
    await addInstances(sql, ['own', 'other'], { status: 'disconnected' })
    await updateInstance(callOf(fleet), { name: 'other', phoneNumber: '+5511987650009' })
    control.addInstance({ name: 'own', state: 'close' })
    await expect(
      pairInstance(callOf(fleet), { name: 'own', phoneNumber: '(11) 8765-0009' }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('"other"'),
    })
    expect(callsOf('own', '/instance/connect')).toBe(0)
  })

  it('stores that a number is connected before it reports it', async () => {
    await createInstance(callOf(fleet), { name: 'a' })
    control.scan('a')
    expect(await pairInstance(callOf(fleet), { name: 'a' })).toEqual({ state: 'already_connected' })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'connected' })
  })
})

describe('the wrong phone', () => {
  it('is reported in status, action and history until the numbers agree', async () => {
    await createInstance(callOf(fleet), { name: 'scanned', phoneNumber: '+5511988887777' })
    control.scan('scanned', { phone: '5521900001111' })
    await checkInstance(callOf(fleet), { name: 'scanned' })
    expect(await getInstance(fleet, { name: 'scanned' })).toMatchObject({
      status: 'connected',
      statusReason: 'WRONG_PHONE',
      action: expect.stringContaining('Another phone'),
    })
    await checkInstance(callOf(fleet), { name: 'scanned' })
    const history = await instanceHistory(fleet, { name: 'scanned' })
    expect(history.filter((one) => one.reason === 'WRONG_PHONE')).toHaveLength(1)
    expect(JSON.stringify(history)).not.toContain('5521900001111')
    await updateInstance(callOf(fleet), { name: 'scanned', phoneNumber: '+5521900001111' })
    expect(await getInstance(fleet, { name: 'scanned' })).toMatchObject({
      status: 'connected',
      statusReason: null,
    })
  })

  it('is not reported for one that WhatsApp has without the ninth digit', async () => {
    await createInstance(callOf(fleet), { name: 'a', phoneNumber: '+5531988887777' })
    control.scan('a', { phone: '553188887777' })
    await checkInstance(callOf(fleet), { name: 'a' })
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'connected', statusReason: null })
  })
})

describe('following a pairing', () => {
  it('returns every fresh code and ends when the number is connected and stored', async () => {
    await createInstance(callOf(fleet), { name: 'a' })
    const told: Pairing[] = []
    for await (const pairing of followPairing(callOf(fleet), { name: 'a' }, AbortSignal.timeout(60_000))) {
      told.push(pairing)
      if (told.length === 1) control.expireQr('a')
      if (told.length === 2) control.scan('a')
    }
    // A reading while the connection opens finds neither a code nor a connection.
    const states = told.map((one) => (one.state === 'not_ready' ? one.reason : one.state))
    expect(states.filter((one) => one !== 'reconnecting')).toEqual(['qr', 'qr', 'already_connected'])
    const [first, second] = told as Extract<Pairing, { state: 'qr' }>[]
    expect(second?.code).not.toBe(first?.code)
    expect(await getInstance(fleet, { name: 'a' })).toMatchObject({ status: 'connected' })
    expect(callsOf('a', '/instance/create')).toBe(1)
  })

  it('stops when its caller leaves', async () => {
    await createInstance(callOf(fleet), { name: 'a' })
    const caller = new AbortController()
    let told = 0
    for await (const _ of followPairing(callOf(fleet), { name: 'a' }, caller.signal)) {
      told++
      caller.abort()
    }
    expect(told).toBe(1)
  })
})

it('opens one connect for two processes', async () => {
  const other = await another()
  await addInstances(sql, ['shared'], { status: 'disconnected' })
  control.addInstance({ name: 'shared', state: 'close' })
  const pairings = await Promise.all(
    [fleet, other].map((one) => pairInstance(callOf(one), { name: 'shared' })),
  )
  expect(pairings.map((one) => one.state)).toEqual(['qr', 'qr'])
  // On a busy machine the code may change between the two answers.
  expect(control.instances().find(({ name }) => name === 'shared')?.socketsOpened).toBe(1)
})
