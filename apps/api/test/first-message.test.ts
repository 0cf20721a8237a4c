import { afterEach, expect, it, vi } from 'vitest'
import { ADMIN_KEY, BOT_KEY, type FleetApi, mutate, query, startFleetApi } from './fleet-api.ts'

let api: FleetApi
afterEach(() => api?.close())

const CONTACT = 'maria'

/** Two connected numbers, and a contact that prefers one of them; returns its name. */
async function startWithMaria(how: { webhooks: boolean }): Promise<string> {
  api = await startFleetApi(how)
  for (const name of ['one', 'two']) {
    expect((await mutate(api, 'instance.create', { name })).status).toBe(200)
    api.simulator.control.scan(name)
    expect((await mutate(api, 'health.check', { name })).body.result.data.status).toBe('connected')
  }
  const { body } = await message()
  expect(body.result.data.preference).toBe('assigned')
  return body.result.data.instanceName
}

const message = () => mutate(api, 'reservation.reserve', { contactId: CONTACT }, BOT_KEY)

it('with webhooks and no poll, the first message goes through another number after a disconnection was read twice', async () => {
  const own = await startWithMaria({ webhooks: true })
  const droppedAtMs = performance.now()
  api.simulator.control.drop(own)
  // The bot continues to send to the contact without any notice.
  const moved = await vi.waitFor(
    async () => {
      const { data } = (await message()).body.result
      if (data.instanceName === own) throw new Error('still through the number that fell')
      return data
    },
    { timeout: 60_000, interval: 100 },
  )
  const tookMs = performance.now() - droppedAtMs
  expect(moved.preference).toBe('moved')
  // A second reading confirms the disconnection a second later.
  expect(tookMs).toBeGreaterThan(900)
  const { body } = await query(api, 'instance.history', { name: own }, ADMIN_KEY)
  const fall = body.result.data.find((change: { from: string | null }) => change.from === 'connected')
  expect(fall).toMatchObject({ evidence: { source: 'webhook' } })
})

it('with webhooks, an interruption of 0.3 s moves no contact', async () => {
  const own = await startWithMaria({ webhooks: true })
  api.simulator.control.blip(own, 300)
  const untilMs = performance.now() + 2_000
  while (performance.now() < untilMs) {
    const { data } = (await message()).body.result
    expect([data.instanceName, data.preference]).toEqual([own, 'kept'])
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
})

it('without webhooks, the first round after a disconnection moves it', async () => {
  const own = await startWithMaria({ webhooks: false })
  api.simulator.control.drop(own)
  expect((await message()).body.result.data.preference).toBe('kept')
  expect((await mutate(api, 'health.checkAll', {})).status).toBe(200)
  const { data } = (await message()).body.result
  expect([data.instanceName === own, data.preference]).toEqual([false, 'moved'])
})
