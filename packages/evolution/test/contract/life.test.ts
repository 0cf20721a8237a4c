import { describe, expect, it } from 'vitest'
import { createOwn, evolution, isGone, ownName, refusal, refused, useServer } from './server.ts'

useServer()

describe('a new instance', () => {
  it('is closed, without a QR code, by every reading', async () => {
    const name = ownName()
    const created = await evolution.create({ name })
    expect(created).toEqual({
      name,
      instanceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state: 'close',
      qr: null,
    })
    expect(await evolution.connectionState(name)).toEqual({ state: 'close', word: 'close' })
    const [row, ...others] = await evolution.fetchInstances({ name })
    expect(others).toEqual([])
    expect(row).toEqual({
      name,
      instanceId: created.instanceId,
      connectionStatus: 'close',
      ownerJid: null,
      profileName: null,
      number: null,
      disconnection: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      integration: 'WHATSAPP-BAILEYS',
    })
    expect((await evolution.fetchInstances()).filter((one) => one.name === name)).toEqual([row])
  })

  it('has the number that its creation sent, in digits', async () => {
    const name = ownName()
    await evolution.create({ name, number: '+55 11 90000-0000' })
    expect(await evolution.fetchInstances({ name })).toMatchObject([
      { number: '5511900000000', ownerJid: null },
    ])
  })

  it('may have blanks and accents in its name', async () => {
    const name = ownName(' loja á')
    expect(await evolution.create({ name })).toMatchObject({ name })
    expect(await evolution.connectionState(name)).toMatchObject({ state: 'close' })
    expect(await evolution.fetchInstances({ name })).toMatchObject([{ name }])
  })

  it('cannot have a name that is taken, and the first one does not change', async () => {
    const name = ownName()
    const { instanceId } = await evolution.create({ name })
    expect(await refused(evolution.create({ name }))).toMatchObject({
      refusal: 'name_taken',
      status: 403,
      maybeActed: false,
    })
    expect(await evolution.fetchInstances({ name })).toMatchObject([{ instanceId }])
  })

  it('has a case-sensitive name', async () => {
    const name = await createOwn()
    expect(await refusal(evolution.connectionState(name.toUpperCase()))).toBe('not_found')
  })
})

describe('a closed instance', () => {
  it('cannot be restarted: the refusal has HTTP 200', async () => {
    const name = await createOwn()
    expect(await refused(evolution.restart(name))).toMatchObject({
      code: 'EVOLUTION_REFUSED',
      refusal: 'other',
      status: 200,
      maybeActed: false,
    })
    expect(await evolution.connectionState(name)).toMatchObject({ state: 'close' })
  })

  it('cannot be logged out, and stays', async () => {
    const name = await createOwn()
    expect(await evolution.logout(name)).toEqual({ wasConnected: false })
    expect(await evolution.fetchInstances({ name })).toMatchObject([{ name }])
  })
})

describe('delete', () => {
  it('is read back until the name is unknown; then a second delete finds nothing', async () => {
    const name = await createOwn()
    expect(await evolution.delete(name)).toEqual({ existed: true })
    await isGone(name)
    expect(await evolution.delete(name)).toEqual({ existed: false })
  })

  it('frees the name for another instance, which is not the old one', async () => {
    const name = ownName()
    const before = await evolution.create({ name })
    await evolution.delete(name)
    await isGone(name)
    const after = await evolution.create({ name })
    expect(after.instanceId).not.toBe(before.instanceId)
    expect(await evolution.connectionState(name)).toMatchObject({ state: 'close' })
  })
})
