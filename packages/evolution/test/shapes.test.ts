import { describe, expect, it } from 'vitest'
import * as shapes from '../src/shapes.ts'

const PNG = 'data:image/png;base64,AAAA'

describe('stateReading', () => {
  it.each([
    [{ instance: { instanceName: 'w1', state: 'open' } }, { state: 'open', word: 'open' }],
    [{ instance: { instanceName: 'w1', state: 'connecting' } }, { state: 'connecting', word: 'connecting' }],
    [{ instance: { instanceName: 'w1', state: 'close' } }, { state: 'close', word: 'close' }],
    [{ instance: { instanceName: 'del' } }, { state: null, word: null }],
    [{ instance: { instanceName: 'w1', state: null } }, { state: null, word: null }],
    [{ instance: { instanceName: 'w1', state: 'refused' } }, { state: null, word: 'refused' }],
    [
      { state: 'open', statusReason: 200 },
      { state: 'open', word: 'open' },
    ],
  ])('reads %j', (answer, reading) => {
    expect(shapes.stateReading.schema.parse(answer)).toEqual(reading)
  })

  it.each([{}, { instance: 'w1' }, { instance: { state: 7 } }, { state: 7 }, null, [], 'open'])(
    'refuses %j',
    (answer) => {
      expect(shapes.stateReading.schema.safeParse(answer).success).toBe(false)
    },
  )
})

describe('createdInstance', () => {
  const instance = {
    instanceName: 'a1',
    instanceId: 'c085cf21',
    integration: 'WHATSAPP-BAILEYS',
    status: 'close',
  }

  it('reads version 2 and drops the token', () => {
    const created = shapes.createdInstance.schema.parse({
      instance,
      hash: '273CEEAE-TOKEN',
      webhook: {},
      settings: {},
    })
    expect(created).toEqual({ name: 'a1', instanceId: 'c085cf21', state: 'close', qr: null })
  })

  it('reads the QR when there is one', () => {
    const qrcode = { pairingCode: '53JXEX52', code: '2@x', base64: PNG, count: 1 }
    expect(shapes.createdInstance.schema.parse({ instance, hash: 'T', qrcode }).qr).toEqual(qrcode)
  })

  it('has no QR when Evolution sends {"count":0}', () => {
    expect(shapes.createdInstance.schema.parse({ instance, qrcode: { count: 0 } }).qr).toBeNull()
  })

  it('reads version 1, whose status "created" is no state and whose hash is an object', () => {
    const answer = { instance: { instanceName: 'a1', status: 'created' }, hash: { apikey: 'T' }, events: [] }
    expect(shapes.createdInstance.schema.parse(answer)).toEqual({
      name: 'a1',
      instanceId: null,
      state: null,
      qr: null,
    })
  })
})

describe('connectAnswer', () => {
  it.each([
    [{ instance: { instanceName: 'w1', state: 'open' } }, { kind: 'open' }],
    [{ instance: { instanceName: 'w1', state: 'connecting' } }, { kind: 'pending', count: 0 }],
    [{ count: 0 }, { kind: 'pending', count: 0 }],
    [
      { pairingCode: null, code: null, base64: null, count: 3 },
      { kind: 'pending', count: 3 },
    ],
    [{}, { kind: 'pending', count: 0 }],
    [
      { pairingCode: null, code: '2@x', base64: PNG, count: 2 },
      { kind: 'qr', qr: { pairingCode: null, code: '2@x', base64: PNG, count: 2 } },
    ],
    [
      { code: '2@x', base64: PNG },
      { kind: 'qr', qr: { pairingCode: null, code: '2@x', base64: PNG, count: 0 } },
    ],
  ])('reads %j', (answer, reading) => {
    expect(shapes.connectAnswer.schema.parse(answer)).toEqual(reading)
  })
})

describe('restartAnswer', () => {
  it('reads the stale state of an open instance', () => {
    const answer = { instance: { instanceName: 'w1', state: 'open' } }
    expect(shapes.restartAnswer.schema.parse(answer)).toEqual({ state: 'open', qr: null })
  })

  it('reads the QR, or its absence, of one that was connecting', () => {
    expect(shapes.restartAnswer.schema.parse({ count: 0 })).toEqual({ state: null, qr: null })
    const qr = { pairingCode: null, code: '2@x', base64: PNG, count: 4 }
    expect(shapes.restartAnswer.schema.parse(qr)).toEqual({ state: null, qr })
  })
})

describe('inventory', () => {
  const flat = {
    id: 'uuid-1',
    name: 'w1',
    connectionStatus: 'close',
    ownerJid: '5511988887777@s.whatsapp.net',
    profileName: 'Loja Um',
    profilePicUrl: null,
    integration: 'WHATSAPP-BAILEYS',
    number: null,
    businessId: null,
    token: '0425CF7F-TOKEN',
    disconnectionReasonCode: 401,
    disconnectionAt: '2026-11-22T16:00:00.000Z',
    disconnectionObject: '{"error":{"output":{"payload":{"message":"Stream Errored (conflict)"}}}}',
    createdAt: '2026-11-22T16:51:40.673Z',
    Setting: { id: 'cm1' },
    _count: { Message: 0 },
  }

  it('reads a row of version 2 and drops the token', () => {
    const rows = shapes.inventory.schema.parse([flat])
    expect(rows).toEqual([
      {
        name: 'w1',
        instanceId: 'uuid-1',
        connectionStatus: 'close',
        ownerJid: '5511988887777@s.whatsapp.net',
        profileName: 'Loja Um',
        number: null,
        integration: 'WHATSAPP-BAILEYS',
        createdAt: '2026-11-22T16:51:40.673Z',
        updatedAt: null,
        disconnection: { code: 401, at: '2026-11-22T16:00:00.000Z', message: 'Stream Errored (conflict)' },
      },
    ])
    expect(JSON.stringify(rows)).not.toContain('TOKEN')
  })

  it('has no disconnection where no code is stored', () => {
    const row = { ...flat, disconnectionReasonCode: null, disconnectionObject: null, disconnectionAt: null }
    expect(shapes.inventory.schema.parse([row])[0]?.disconnection).toBeNull()
  })

  const nested = {
    instanceName: 'v1',
    instanceId: 'u2',
    owner: '5511@s.whatsapp.net',
    profileName: 'X',
    status: 'open',
    apikey: 'T',
  }
  const read = {
    name: 'v1',
    instanceId: 'u2',
    connectionStatus: 'open',
    ownerJid: '5511@s.whatsapp.net',
    profileName: 'X',
    number: null,
    disconnection: null,
    createdAt: null,
    updatedAt: null,
    integration: null,
  }

  it('reads the list of version 1', () => {
    expect(shapes.inventory.schema.parse([{ instance: nested }, { instance: nested }])).toEqual([read, read])
  })

  it('reads the single object that version 1 gives for one name', () => {
    expect(shapes.inventory.schema.parse({ instance: nested })).toEqual([read])
  })

  it('reads an empty fleet', () => {
    expect(shapes.inventory.schema.parse([])).toEqual([])
  })

  it('reads an unexpected optional field as absent, but not a row without a name', () => {
    expect(shapes.inventory.schema.parse([{ name: 'x', profileName: 7 }])[0]).toMatchObject({
      name: 'x',
      profileName: null,
    })
    expect(shapes.inventory.schema.safeParse([flat, { id: 'nameless' }]).success).toBe(false)
  })
})

describe('foundWebhook', () => {
  it('reads null as none', () => {
    expect(shapes.foundWebhook.schema.parse(null)).toBeNull()
  })

  it('reads version 2', () => {
    const answer = {
      id: 'x',
      url: 'http://h/',
      headers: { 'x-secret': 's' },
      enabled: true,
      events: ['CONNECTION_UPDATE'],
      webhookByEvents: true,
      webhookBase64: false,
      instanceId: 'u',
    }
    expect(shapes.foundWebhook.schema.parse(answer)).toEqual({
      url: 'http://h/',
      headers: { 'x-secret': 's' },
      enabled: true,
      events: ['CONNECTION_UPDATE'],
      byEvents: true,
      base64: false,
    })
  })

  it('reads version 1 and missing headers', () => {
    const answer = { enabled: false, url: '', events: [], webhook_by_events: false }
    expect(shapes.foundWebhook.schema.parse(answer)).toEqual({
      url: '',
      headers: {},
      enabled: false,
      events: [],
      byEvents: false,
      base64: false,
    })
  })
})
