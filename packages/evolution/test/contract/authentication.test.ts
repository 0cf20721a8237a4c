import { describe, expect, it } from 'vitest'
import { createOwn, evolution, ownName, real, refusal, stranger, unknownName, useServer } from './server.ts'

useServer()

describe('authentication at Evolution', () => {
  it('returns its version without a key', async () => {
    const { version } = await stranger.version()
    expect(version).toMatch(/^2\.\d+\.\d+/)
    expect(await evolution.version()).toMatchObject({ version })
  })

  it.skipIf(real)('returns that it is simulated: the simulator only', async () => {
    expect(await evolution.version()).toMatchObject({ simulated: true })
  })

  it('refuses a wrong key for the inventory, for an instance, and for a create', async () => {
    const name = await createOwn()
    expect(await refusal(stranger.fetchInstances())).toBe('unauthorized')
    expect(await refusal(stranger.connectionState(name))).toBe('unauthorized')
    expect(await refusal(stranger.delete(name))).toBe('unauthorized')
    const never = ownName()
    expect(await refusal(stranger.create({ name: never }))).toBe('unauthorized')
    expect(await evolution.fetchInstances({ name: never })).toEqual([])
    expect(await evolution.connectionState(name)).toEqual({ state: 'close', word: 'close' })
  })

  it('returns that a name is unknown before it checks the key', async () => {
    expect(await refusal(stranger.connectionState(unknownName()))).toBe('not_found')
  })

  it('returns that a name is taken before it checks the key', async () => {
    const name = await createOwn()
    expect(await refusal(stranger.create({ name }))).toBe('name_taken')
  })

  it('returns that a name is unknown for every call', async () => {
    const name = unknownName()
    const settings = { url: 'http://127.0.0.1:9', events: ['CONNECTION_UPDATE'] }
    expect(await refusal(evolution.connectionState(name))).toBe('not_found')
    expect(await refusal(evolution.connect(name))).toBe('not_found')
    expect(await refusal(evolution.restart(name))).toBe('not_found')
    expect(await refusal(evolution.logout(name))).toBe('not_found')
    expect(await refusal(evolution.findWebhook(name))).toBe('not_found')
    expect(await refusal(evolution.setWebhook(name, settings))).toBe('not_found')
    expect(await evolution.fetchInstances({ name })).toEqual([])
    expect(await evolution.delete(name)).toEqual({ existed: false })
  })
})
