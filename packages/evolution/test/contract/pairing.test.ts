import { describe, expect, it } from 'vitest'
import {
  becomes,
  createOwn,
  createPaired,
  evolution,
  ownName,
  phone,
  real,
  soon,
  useServer,
} from './server.ts'

useServer()

const PICTURE = /^data:image\/png;base64,[A-Za-z0-9+/]{100,}/
/** Evolution sleeps 5 s in a create with a QR code and 2 s in a connect. */
const TIMEOUT_MS = 60_000

const shownQr = () => ({
  code: expect.stringMatching(/^2@/),
  base64: expect.stringMatching(PICTURE),
  pairingCode: null,
  count: expect.any(Number),
})

describe('pairing', { timeout: TIMEOUT_MS }, () => {
  it('begins with connect: a QR code, shown by an instance that is connecting', async () => {
    const name = await createOwn()
    await soon(() => evolution.connect(name)).toMatchObject({ kind: 'qr', qr: shownQr() })
    await becomes(name, 'connecting')
    await soon(() => evolution.fetchInstances({ name })).toMatchObject([{ connectionStatus: 'connecting' }])
  })

  it('can begin with the create, and connect then reads the present code', async () => {
    const name = ownName()
    const { qr } = await evolution.create({ name, qrcode: true })
    if (qr !== null) expect(qr).toEqual(shownQr())
    await soon(() => evolution.connect(name)).toMatchObject({ kind: 'qr', qr: shownQr() })
  })

  it('is ended by a logout, which is read back, and can begin again', async () => {
    const name = await createOwn()
    await soon(() => evolution.connect(name)).toMatchObject({ kind: 'qr' })
    expect(await evolution.logout(name)).toEqual({ wasConnected: true })
    await becomes(name, 'close')
    expect(await evolution.logout(name)).toEqual({ wasConnected: false })
    await soon(() => evolution.connect(name)).toMatchObject({ kind: 'qr', qr: shownQr() })
  })

  it('answers a restart with its QR code or with none yet, never with a state', async () => {
    const name = await createOwn()
    await soon(() => evolution.connect(name)).toMatchObject({ kind: 'qr' })
    expect(await evolution.restart(name)).toMatchObject({ state: null })
  })

  it('is stopped by a delete', async () => {
    const name = await createOwn()
    await soon(() => evolution.connect(name)).toMatchObject({ kind: 'qr' })
    expect(await evolution.delete(name)).toEqual({ existed: true })
    await soon(() => evolution.fetchInstances({ name })).toEqual([])
  })

  // WhatsApp sends a notice about a pairing code to the phone of the number, so no number is available for this
  // test.
  it.skipIf(real)('returns a code to type when the number is known: needs a phone', async () => {
    const typed = { pairingCode: expect.stringMatching(/^[0-9A-Z]{8}$/) }
    const first = await createOwn()
    await soon(() => evolution.connect(first, { number: '+55 11 98888-7777' })).toMatchObject({
      kind: 'qr',
      qr: typed,
    })
    const second = ownName()
    expect(await evolution.create({ name: second, number: '5511988887777', qrcode: true })).toMatchObject({
      qr: typed,
    })
  })

  it.skipIf(real)('returns pending while WhatsApp gives no QR code: needs a phone', async () => {
    const name = ownName()
    phone().whatsappOutage(true)
    try {
      expect(await evolution.create({ name, qrcode: true })).toMatchObject({ qr: null })
      expect(await evolution.connect(name)).toEqual({ kind: 'pending', count: 0 })
    } finally {
      phone().whatsappOutage(false)
    }
  })

  it.skipIf(real)('ends with an open instance that has an owner: needs a phone', async () => {
    const name = await createPaired()
    expect(await evolution.connect(name)).toEqual({ kind: 'open' })
    expect(await evolution.fetchInstances({ name })).toMatchObject([
      { connectionStatus: 'open', ownerJid: '5511988887777@s.whatsapp.net', disconnection: null },
    ])
  })
})
