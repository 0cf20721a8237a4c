import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ADMIN_KEY, type FleetApi, mutate, query, startFleetApi } from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
})
afterAll(() => api?.close())
beforeEach(() => {
  for (const { name } of api.simulator.control.instances()) api.simulator.control.removeInstance(name)
})

const create = async (name: string): Promise<void> => {
  const { status } = await mutate(api, 'instance.create', { name })
  expect(status).toBe(200)
}

describe('the life of a number over HTTP', () => {
  it('is created, paired, restarted, logged out and deleted, each verified', async () => {
    await create('life')
    api.simulator.control.scan('life')
    for (const act of ['restart', 'logout', 'delete']) {
      const { status, body } = await mutate(api, `instance.${act}`, { name: 'life' })
      expect([act, status, body.result?.data]).toEqual([act, 200, { name: 'life', verified: true }])
    }
    const { status, body } = await query(api, 'instance.get', { name: 'life' })
    expect([status, body.error.data.fleet.code]).toEqual([404, 'NOT_FOUND'])
  })

  it('returns typed errors with what to do', async () => {
    api.simulator.control.addInstance({ name: 'closed', state: 'close' })
    await mutate(api, 'instance.import', undefined)
    const closed = await mutate(api, 'instance.restart', { name: 'closed' })
    expect([closed.status, closed.body.error.data.fleet.code]).toEqual([412, 'INVALID_STATE'])
    expect(closed.body.error.message).toContain('instance.qrCode')
    for (const act of ['restart', 'logout', 'delete']) {
      const { status, body } = await mutate(api, `instance.${act}`, { name: 'nobody' })
      expect([act, status, body.error.data.fleet.code]).toEqual([act, 404, 'NOT_FOUND'])
    }
    const taken = await mutate(api, 'instance.create', { name: 'closed' })
    expect([taken.status, taken.body.error.data.fleet.code]).toEqual([409, 'CONFLICT'])
  })

  it('imports what Evolution has, and shows none of its tokens', async () => {
    api.simulator.control.addInstance({ name: 'theirs', token: 'PLANTED-TOKEN-0123456789' })
    const dry = await mutate(api, 'instance.import', { dryRun: true })
    expect(dry.body.result.data.imported).toEqual(['theirs'])
    const { body } = await mutate(api, 'instance.import', undefined)
    expect(body.result.data.imported).toEqual(['theirs'])
    const listed = await query(api, 'instance.list', undefined)
    const history = await query(api, 'instance.history', { name: 'theirs' })
    expect(listed.body.result.data.map((one: { name: string }) => one.name)).toContain('theirs')
    expect(JSON.stringify([dry.body, body, listed.body, history.body])).not.toContain('PLANTED')
  })

  it.each(['', '.', '..', '__proto__', 'constructor', 'a b', 'a/b', 'x'.repeat(300), 'ção', 'a?b', '%2e%2e'])(
    'refuses to create %j before any call, over both APIs',
    async (name) => {
      api.simulator.control.resetCalls()
      const trpc = await mutate(api, 'instance.create', { name })
      expect([trpc.status, trpc.body.error.data.fleet.code]).toEqual([400, 'INVALID_INPUT'])
      const rest = await fetch(`${api.address}/admin/instances`, {
        method: 'POST',
        headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ nome: name }),
      })
      expect(rest.status).toBe(422)
      expect(api.simulator.control.calls()).toEqual([])
    },
  )

  it('streams the codes of a pairing until the number is connected', async () => {
    await create('stream')
    const input = encodeURIComponent(JSON.stringify({ name: 'stream' }))
    const response = await fetch(`${api.address}/trpc/instance.onPairing?input=${input}`, {
      headers: { 'x-api-key': ADMIN_KEY, accept: 'text/event-stream' },
      signal: AbortSignal.timeout(60_000),
    })
    expect(response.status).toBe(200)
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const had = text.includes('"state":"qr"')
      text += decoder.decode(chunk, { stream: true })
      if (!had && text.includes('"state":"qr"')) api.simulator.control.scan('stream')
      if (text.includes('already_connected')) break
    }
    expect(text).toContain('"state":"qr"')
    expect(text).toContain('already_connected')
    const { body } = await query(api, 'instance.get', { name: 'stream' })
    expect(body.result.data.status).toBe('connected')
  })
})
