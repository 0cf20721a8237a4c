import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFleetClient, type FleetClient, FleetError, isFleetError } from '../src/index.ts'
import { ADMIN_KEY, BOT_KEY, startTestFleet, type TestFleet } from './fleet.ts'

let fleet: TestFleet
let bot: FleetClient

beforeAll(async () => {
  fleet = await startTestFleet()
  bot = createFleetClient({ url: fleet.url, apiKey: BOT_KEY })
  await fleet.addNumbers(['one', 'two'], { hourlyCapacity: 3 })
})
afterAll(() => fleet?.close())

describe('calls', () => {
  it('return the answers of the API', async () => {
    const { id, instanceName } = await bot.reservation.reserve.mutate({ contactId: 'ana' })
    expect(['one', 'two']).toContain(instanceName)
    expect(await bot.reservation.confirm.mutate({ id })).toMatchObject({
      id,
      instanceName,
      state: 'confirmed',
    })
    expect(await bot.contact.get.query({ id: 'ana' })).toMatchObject({
      id: 'ana',
      preferredInstance: instanceName,
    })
  })

  it('accept the address with or without /trpc and slashes', async () => {
    for (const url of [`${fleet.url}/`, `${fleet.url}/trpc`, `${fleet.url}/trpc/`]) {
      expect(await createFleetClient({ url, apiKey: BOT_KEY }).instance.list.query()).toHaveLength(2)
    }
  })

  it('take the key from a function, once for every request', async () => {
    const keys = ['wrong-key-0123456789-0123456789', BOT_KEY]
    const client = createFleetClient({ url: fleet.url, apiKey: async () => keys.shift() ?? '' })
    await expect(client.instance.list.query()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await client.instance.list.query()).toHaveLength(2)
  })
})

it('a key function that fails is UNAUTHORIZED, for calls and for streams', async () => {
  const cause = new Error('the vault is closed')
  const client = createFleetClient({
    url: fleet.url,
    apiKey: () => {
      throw cause
    },
  })
  await expect(client.instance.list.query()).rejects.toMatchObject({ code: 'UNAUTHORIZED', cause })
  const ended = new Promise((resolve) => client.instance.onChange.subscribe({}, { onError: resolve }))
  expect(await ended).toMatchObject({ code: 'UNAUTHORIZED', cause })
})

describe('refusals', () => {
  it('hold the code, availableAt, the reasons and the id of the request', async () => {
    const error = await bot.reservation.reserve
      .mutate({ contactId: 'bia', exclude: ['one', 'two'] })
      .catch((thrown: unknown) => thrown)
    if (!isFleetError(error, 'NO_CAPACITY')) throw error
    expect(error).toBeInstanceOf(FleetError)
    expect(error).toMatchObject({
      name: 'FleetError',
      availableAt: null,
      reasons: { EXCLUDED: 2 },
      procedure: 'reservation.reserve',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      attempts: 1,
    })
    expect(isFleetError(error, 'RATE_LIMITED')).toBe(false)
  })

  it('hold no key at any depth', async () => {
    const wrong = 'a-wrong-but-secret-key-0123456789'
    const error = await createFleetClient({ url: fleet.url, apiKey: wrong })
      .instance.list.query()
      .catch((thrown: unknown) => thrown)
    expect(isFleetError(error, 'UNAUTHORIZED')).toBe(true)
    const shown = inspect(error, { depth: 12, showHidden: true }) + JSON.stringify(error)
    expect(shown).not.toContain(wrong)
    expect(shown).not.toContain(ADMIN_KEY)
  })
})
