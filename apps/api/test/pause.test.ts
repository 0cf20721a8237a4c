import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStream } from './event-stream.ts'
import { type FleetApi, mutate, query, startFleetApi, VIEWER_KEY } from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
  expect((await mutate(api, 'instance.create', { name: 'one' })).status).toBe(200)
})
afterAll(() => api?.close())

const update = async (input: object) =>
  (await mutate(api, 'instance.update', { name: 'one', ...input })).body.result.data
const stored = async () => (await query(api, 'instance.get', { name: 'one' }, VIEWER_KEY)).body.result.data

it('stores why a number was paused, until the pause ends', async () => {
  const stream = await openStream(api.address, { key: VIEWER_KEY })
  expect(await update({ paused: true, pauseReason: 'too many complaints' })).toMatchObject({
    paused: true,
    pauseReason: 'too many complaints',
  })
  expect(await stored()).toMatchObject({ pauseReason: 'too many complaints' })
  await stream.untilChanges(1)
  expect(stream.wire.find((one) => one.event === 'message')?.data.instance).toMatchObject({
    pauseReason: 'too many complaints',
  })
  stream.close()
  // Another change, or a second pause without a reason, keeps it.
  expect(await update({ priority: 7 })).toMatchObject({ pauseReason: 'too many complaints' })
  expect(await update({ paused: true })).toMatchObject({ pauseReason: 'too many complaints' })
  expect(await update({ paused: true, pauseReason: 'a new plan' })).toMatchObject({
    pauseReason: 'a new plan',
  })
  expect(await update({ paused: false })).toMatchObject({ paused: false, pauseReason: null })
  expect(await update({ paused: true })).toMatchObject({ paused: true, pauseReason: null })
})

it.each([{ pauseReason: 'why' }, { paused: false, pauseReason: 'why' }])(
  'refuses a reason without its pause: %j',
  async (input) => {
    const { status, body } = await mutate(api, 'instance.update', { name: 'one', ...input })
    expect([status, body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
    expect(body.error.message).toContain('"paused": true')
  },
)

it('a number that is added again after its deletion is not paused any more', async () => {
  await update({ paused: true, pauseReason: 'old' })
  expect((await mutate(api, 'instance.delete', { name: 'one' })).status).toBe(200)
  expect((await mutate(api, 'instance.create', { name: 'one' })).status).toBe(200)
  expect(await stored()).toMatchObject({ paused: false, pauseReason: null })
})
