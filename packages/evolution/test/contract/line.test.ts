import { describe, expect, it } from 'vitest'
import { disconnectionCause, type OutgoingMedia } from '../../src/index.ts'
import { becomes, createOwn, createPaired, evolution, phone, real, soon, useServer } from './server.ts'

useServer()

const MESSAGE = { number: '5511977776666', text: 'olá' }
/** A picture of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

async function causeOf(name: string): Promise<string | null> {
  const [row] = await evolution.fetchInstances({ name })
  return row?.disconnection ? disconnectionCause(row.disconnection) : null
}

describe('a paired instance', () => {
  it.skipIf(real)(
    'answers a restart with open, and is open again when read back: needs a phone',
    async () => {
      const name = await createPaired()
      expect(await evolution.restart(name)).toEqual({ state: 'open', qr: null })
      await becomes(name, 'open')
    },
  )

  it.skipIf(real)('is closed by a logout, with the logout as the stored reason: needs a phone', async () => {
    const name = await createPaired()
    expect(await evolution.logout(name)).toEqual({ wasConnected: true })
    await becomes(name, 'close')
    await soon(() => causeOf(name)).toBe('logged_out_by_us')
    expect(await evolution.logout(name)).toEqual({ wasConnected: false })
    // The owner stays in the row: it does not prove that a phone is paired.
    expect(await evolution.fetchInstances({ name })).toMatchObject([
      { connectionStatus: 'close', ownerJid: '5511988887777@s.whatsapp.net' },
    ])
  })

  it.skipIf(real)(
    'is closed by its phone, with another reason than a logout by the API: needs a phone',
    async () => {
      const name = await createPaired()
      phone().logoutFromPhone(name)
      await becomes(name, 'close')
      expect(await causeOf(name)).toBe('logged_out_by_phone')
    },
  )

  it.skipIf(real)(
    'is closed by a ban; open again, its old reason stays in the row: needs a phone',
    async () => {
      const name = await createPaired()
      phone().ban(name)
      await becomes(name, 'close')
      expect(await causeOf(name)).toBe('banned')
      await soon(() => evolution.connect(name)).toMatchObject({ kind: 'qr' })
      phone().scan(name)
      await becomes(name, 'open')
      expect(await causeOf(name)).toBe('banned')
    },
  )

  it.skipIf(real)(
    'that lost its connection is not open, whatever the inventory has: needs a phone',
    async () => {
      const name = await createPaired()
      phone().drop(name)
      expect(await evolution.connectionState(name)).not.toMatchObject({ state: 'open' })
      expect(await evolution.fetchInstances({ name })).toMatchObject([
        { connectionStatus: 'open', disconnection: null },
      ])
      phone().recover(name)
      await becomes(name, 'open')
    },
  )

  it.skipIf(real)('is logged out by its delete: needs a phone', async () => {
    const name = await createPaired()
    expect(await evolution.delete(name)).toEqual({ existed: true })
    await soon(() => evolution.fetchInstances({ name })).toEqual([])
  })
})

describe('send', () => {
  it.skipIf(real)('answers with the id of what was written to the socket: needs a phone', async () => {
    const name = await createPaired()
    const verdict = await evolution.send(name, MESSAGE)
    const [sent] = phone().sent(name)
    expect(sent).toMatchObject(MESSAGE)
    expect(verdict).toEqual({ sent: 'yes', messageId: sent?.id })
  })

  it.skipIf(real)(
    'certainly sent nothing without a connection, under any status: needs a phone',
    async () => {
      const unsent = { sent: 'no', why: 'line_down', elsewhere: true }
      const never = await createOwn()
      const unseen = { ...MESSAGE, number: '5511977772222' }
      expect(await evolution.send(never, unseen)).toMatchObject(unsent)
      await soon(() => evolution.connect(never)).toMatchObject({ kind: 'qr' })
      expect(await evolution.send(never, MESSAGE)).toMatchObject(unsent)
      const lost = await createPaired()
      await evolution.send(lost, MESSAGE)
      phone().drop(lost)
      expect(await evolution.send(lost, MESSAGE)).toMatchObject(unsent)
      expect(phone().sent(lost)).toHaveLength(1)
    },
  )

  // The instance has no phone, so nothing can be sent.
  it('judges media of an instance that never connected, and media that Evolution cannot take', async () => {
    const never = await createOwn()
    const { number } = MESSAGE
    const send = (media: OutgoingMedia) => evolution.send(never, { number, media })
    expect(await send({ kind: 'image', base64: PIXEL })).toMatchObject({
      sent: 'no',
      why: 'line_down',
      elsewhere: true,
    })
    const refused = { sent: 'no', why: 'invalid_message', elsewhere: false }
    expect(await send({ kind: 'document', base64: PIXEL })).toMatchObject(refused)
    expect(await send({ kind: 'image', url: 'no address' })).toMatchObject(refused)
    expect(await send({ kind: 'audio', base64: 'no base64' })).toMatchObject(refused)
    expect(await send({ kind: 'audio', url: 'http://127.0.0.1:9/a.ogg' })).toMatchObject({
      sent: 'no',
      why: 'media_unavailable',
      elsewhere: false,
    })
  })

  it.skipIf(real)('answers with the id of media and of a voice message: needs a phone', async () => {
    const name = await createPaired()
    const { number } = MESSAGE
    const ids: unknown[] = []
    for (const kind of ['image', 'video', 'document', 'audio'] as const) {
      const media = { kind, base64: PIXEL, fileName: 'a.png', caption: 'olá' }
      const verdict = await evolution.send(name, { number, media })
      ids.push(verdict.sent === 'yes' && verdict.messageId)
    }
    const kinds = ['image', 'video', 'document', 'voice']
    expect(phone().sent(name)).toMatchObject(kinds.map((kind, at) => ({ number, kind, id: ids[at] })))
  })

  it.skipIf(real)(
    'certainly sent nothing when the media cannot be read or uploaded: needs a phone',
    async () => {
      const name = await createPaired()
      const { number } = MESSAGE
      for (const kind of ['image', 'audio'] as const) {
        const url = 'http://127.0.0.1:9/a'
        const unread = await evolution.send(name, { number, media: { kind, url } })
        expect(unread).toMatchObject({ sent: 'no', why: 'media_unavailable', elsewhere: false })
        phone().uploadsFail(true)
        const notUploaded = await evolution.send(name, { number, media: { kind, base64: PIXEL } })
        phone().uploadsFail(false)
        expect(notUploaded).toMatchObject({ sent: 'no', why: 'media_unavailable', elsewhere: true })
      }
      expect(phone().sent(name)).toEqual([])
    },
  )

  it.skipIf(real)('refuses a number without WhatsApp and an empty text: needs a phone', async () => {
    const name = await createPaired()
    phone().setNumberMissing('5511977771111', true)
    const missing = await evolution.send(name, { number: '5511977771111', text: 'olá' })
    expect(missing).toMatchObject({ sent: 'no', why: 'no_whatsapp', elsewhere: false })
    expect(await evolution.send(name, { ...MESSAGE, text: '' })).toMatchObject({
      sent: 'no',
      why: 'invalid_message',
    })
    expect(phone().sent(name)).toEqual([])
  })
})
