import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import { openStream } from './event-stream.ts'
import { ADMIN_KEY, type FleetApi, mutate, startFleetApi, testKeyRing } from './fleet-api.ts'

let api: FleetApi
beforeAll(async () => {
  api = await startFleetApi()
  for (const name of ['slow', 'stuck']) {
    const { status } = await mutate(api, 'instance.create', { name })
    expect(status).toBe(200)
  }
})
afterAll(() => api?.close())

/** A second server over the same fleet, and one call on it that Evolution delays. */
async function serveOneSlowCall(
  drainMs: number,
  name: string,
  fault: { kind: 'delay'; ms: number } | { kind: 'hang' },
) {
  const { control } = api.simulator
  const server = buildServer({ fleet: api.fleet, keyRing: testKeyRing, log: createLog('silent'), drainMs })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  const route = 'instance/connectionState'
  const { remove } = control.fault({ ...fault, match: { route, name } })
  control.resetCalls()
  const answer = fetch(`${address}/trpc/health.check`, {
    method: 'POST',
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  // The result is read later: until then a rejection is not an unhandled one.
  answer.catch(() => undefined)
  await vi.waitFor(() => expect(control.calls({ name }).length).toBeGreaterThan(0), { timeout: 60_000 })
  return { server, address, answer, endFault: remove }
}

it('finishes the calls that run, and accepts no new ones, when it is closed', async () => {
  const { server, address, answer, endFault } = await serveOneSlowCall(10_000, 'slow', {
    kind: 'delay',
    ms: 400,
  })
  const closed = server.close()
  await vi.waitFor(async () => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    const [error] = await once(socket, 'connect').then(
      () => [socket.destroy() && null],
      (failure: NodeJS.ErrnoException) => [failure],
    )
    expect(error?.code).toBe('ECONNREFUSED')
  })
  expect((await answer).status).toBe(200)
  await closed
  endFault()
})

it('makes clients close an idle connection after 4 seconds, before a stop that is announced 5 seconds ahead closes it', async () => {
  const headersOf = async (path: string, headers: Record<string, string>) => {
    const request = get(`${api.address}${path}`, { agent: new Agent({ keepAlive: true }), headers })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.destroy()
    return [response.headers.connection, response.headers['keep-alive']]
  }
  const key = { 'x-api-key': ADMIN_KEY }
  for (const path of [
    '/trpc/instance.list',
    '/health/live',
    '/trpc/instance.onChange?input=%7B%7D',
    '/nowhere',
  ])
    expect(await headersOf(path, key), path).toEqual(['keep-alive', 'timeout=4'])
  expect(await headersOf('/trpc/instance.list', { ...key, connection: 'close' })).toEqual([
    'close',
    undefined,
  ])
})

it('cuts a call that does not end in time', async () => {
  const { server, answer, endFault } = await serveOneSlowCall(100, 'stuck', { kind: 'hang' })
  await server.close()
  await expect(answer).rejects.toThrow()
  endFault()
})

it('closes at once when no call runs, and twice without an error', async () => {
  const server = buildServer({
    fleet: api.fleet,
    keyRing: testKeyRing,
    log: createLog('silent'),
    drainMs: 60_000,
  })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  expect((await fetch(`${address}/health/live`)).status).toBe(200)
  await server.close()
  await server.close()
})

it('closes streams of events at once', async () => {
  const server = buildServer({
    fleet: api.fleet,
    keyRing: testKeyRing,
    log: createLog('silent'),
    drainMs: 60_000,
  })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  const stream = await openStream(address, { key: ADMIN_KEY })
  await server.close()
  await stream.ended
})
