import { describe, expect, it } from 'vitest'
import { createOwn, evolution, isGone, ownName, refusal, useServer } from './server.ts'

useServer()

// No program listens there, and an instance that never connects sends it no event.
const SETTINGS = {
  url: 'http://127.0.0.1:9/zapfleet-contract',
  events: ['CONNECTION_UPDATE', 'STATUS_INSTANCE'],
  headers: { 'x-zapfleet-contract': 'not-a-secret' },
}

describe('the webhook', () => {
  it('is none until one is set', async () => {
    expect(await evolution.findWebhook(await createOwn())).toBeNull()
  })

  it('is read as it was set', async () => {
    const name = await createOwn()
    await evolution.setWebhook(name, { ...SETTINGS, byEvents: true, base64: true })
    expect(await evolution.findWebhook(name)).toEqual({
      ...SETTINGS,
      enabled: true,
      byEvents: true,
      base64: true,
    })
  })

  it('is replaced as a whole: a field that is not sent again is removed', async () => {
    const name = await createOwn()
    await evolution.setWebhook(name, { ...SETTINGS, byEvents: true, base64: true })
    const url = `${SETTINGS.url}/other`
    await evolution.setWebhook(name, { url, events: ['QRCODE_UPDATED'] })
    expect(await evolution.findWebhook(name)).toEqual({
      url,
      events: ['QRCODE_UPDATED'],
      headers: {},
      enabled: true,
      byEvents: false,
      base64: false,
    })
  })

  it('loses its events when it is switched off', async () => {
    const name = await createOwn()
    await evolution.setWebhook(name, SETTINGS)
    await evolution.setWebhook(name, { ...SETTINGS, enabled: false })
    expect(await evolution.findWebhook(name)).toMatchObject({ url: SETTINGS.url, enabled: false, events: [] })
  })

  it('treats an empty list of events as all of them', async () => {
    const name = await createOwn()
    await evolution.setWebhook(name, { ...SETTINGS, events: [] })
    const found = await evolution.findWebhook(name)
    expect(found?.events).toEqual(
      expect.arrayContaining(['CONNECTION_UPDATE', 'QRCODE_UPDATED', 'REMOVE_INSTANCE', 'STATUS_INSTANCE']),
    )
  })

  it('with an event that does not exist is refused, and the old one stays', async () => {
    const name = await createOwn()
    await evolution.setWebhook(name, SETTINGS)
    expect(await refusal(evolution.setWebhook(name, { ...SETTINGS, events: ['ZAPFLEET_CONTRACT'] }))).toBe(
      'invalid',
    )
    expect(await evolution.findWebhook(name)).toMatchObject({ events: SETTINGS.events })
  })

  it('can come with the create', async () => {
    const name = ownName()
    await evolution.create({ name, webhook: SETTINGS })
    expect(await evolution.findWebhook(name)).toMatchObject({ ...SETTINGS, enabled: true })
  })

  it('without a receiver does not delay a delete once it is switched off', async () => {
    const name = await createOwn()
    await evolution.setWebhook(name, { ...SETTINGS, events: ['REMOVE_INSTANCE'] })
    await evolution.setWebhook(name, { ...SETTINGS, events: [], enabled: false })
    expect(await evolution.delete(name)).toEqual({ existed: true })
    await isGone(name)
  })
})
