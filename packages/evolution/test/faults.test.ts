import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createEvolution, type EvolutionCall, EvolutionError, type EvolutionOptions } from '../src/index.ts'
import { type Act, envelope, hang, reset, startScriptedServer } from './scripted-server.ts'

const KEY = 'evo-key-123456'
const STATE: Act = { status: 200, json: { instance: { instanceName: 'a1', state: 'open' } } }
const GATEWAY: Act = { status: 503, text: '<html>Service Unavailable</html>' }
const ended: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(ended.splice(0).map((end) => end()))
})

async function talkTo(script: Act[], options: Partial<EvolutionOptions> = {}) {
  const server = await startScriptedServer(...script)
  const events: EvolutionCall[] = []
  const evolution = createEvolution({
    url: server.url,
    apiKey: KEY,
    log: (event) => events.push(event),
    ...options,
  })
  // The server first: then closing the client has nothing to wait for.
  ended.push(() => server.close().then(() => evolution.close()))
  return { server, evolution, events }
}

async function caught(promise: Promise<unknown>): Promise<EvolutionError> {
  const error = await promise.then(
    (value) => new Error(`expected an error, came ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof EvolutionError)) throw error
  return error
}

describe('a call that only reads', () => {
  it.each([
    ['a broken connection', reset],
    ['a gateway that answers 503', GATEWAY],
  ])('is repeated after %s', async (_what, fault) => {
    const { evolution, events } = await talkTo([fault, fault, STATE])
    expect(await evolution.connectionState('a1')).toEqual({ state: 'open', word: 'open' })
    expect(events.map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
      ['unreachable', 1],
      ['unreachable', 2],
      ['ok', 3],
    ])
  })

  it('is given up after the third try', async () => {
    const { server, evolution } = await talkTo([reset])
    expect(await caught(evolution.fetchInstances())).toMatchObject({
      code: 'EVOLUTION_UNREACHABLE',
      maybeActed: false,
    })
    expect(server.seen).toHaveLength(3)
  })

  it.each([
    ['a refusal', envelope(404, ['The "a1" instance does not exist'])],
    ['an error of Evolution', envelope(500, 'boom')],
    ['HTML', { status: 200, text: '<html></html>' }],
    ['a refusal for want of a licence', { status: 503, text: '{"code":"LICENSE_REQUIRED"}' }],
  ])('is not repeated after %s', async (_what, act) => {
    const { server, evolution } = await talkTo([act])
    await caught(evolution.connectionState('a1'))
    expect(server.seen).toHaveLength(1)
  })

  it('is not repeated when no program listens, and reports that', async () => {
    const { server, evolution, events } = await talkTo([STATE])
    await server.close()
    const error = await caught(evolution.connectionState('a1'))
    expect(error.code).toBe('EVOLUTION_UNREACHABLE')
    expect(error.message).toMatch(/could not be reached for connectionState of "a1" \(ECONNREFUSED\)/)
    expect(events).toHaveLength(1)
  })

  it('ends within its timeout however often it is repeated', async () => {
    const { server, evolution } = await talkTo([reset, hang])
    const error = await caught(evolution.connectionState('a1', { timeoutMs: 2_000 }))
    expect(error.message).toBe('Evolution did not answer connectionState of "a1" within 2000 ms.')
    expect(server.seen).toHaveLength(2)
  })

  it('reports the failure, not the deadline, when its time ends between two tries', async () => {
    const { evolution } = await talkTo([GATEWAY])
    // The pauses are 50 and 250 ms, so this ends in the second, or on a busy machine, sometimes, in a try.
    await expect
      .poll(() => caught(evolution.connectionState('a1', { timeoutMs: 290 })), { timeout: 60_000 })
      .toMatchObject({ code: 'EVOLUTION_UNREACHABLE', status: 503 })
  })
})

describe('a call that acts', () => {
  const acts = ['create', 'connect', 'restart', 'logout', 'delete', 'setWebhook'] as const

  it.each(acts)('is sent once, after any failure, and reports that it may have acted: %s', async (act) => {
    for (const fault of [reset, GATEWAY, hang]) {
      // The first call opens the connection, so that the time of the second is not spent on that.
      const { server, evolution } = await talkTo([STATE, fault])
      await evolution.connectionState('a1')
      const options = { timeoutMs: fault === hang ? 500 : 60_000 }
      const calls = {
        create: () => evolution.create({ name: 'a1' }, options),
        connect: () => evolution.connect('a1', options),
        restart: () => evolution.restart('a1', options),
        logout: () => evolution.logout('a1', options),
        delete: () => evolution.delete('a1', options),
        setWebhook: () => evolution.setWebhook('a1', { url: 'http://h/', events: [] }, options),
      }
      const arrived = server.nextRequest()
      expect(await caught(calls[act]())).toMatchObject({ code: 'EVOLUTION_UNREACHABLE', maybeActed: true })
      await arrived
      expect(server.seen).toHaveLength(2)
    }
  })

  it('has certainly not acted when no program listens', async () => {
    const { server, evolution } = await talkTo([STATE])
    await server.close()
    const error = await caught(evolution.restart('a1'))
    expect(error).toMatchObject({ code: 'EVOLUTION_UNREACHABLE', maybeActed: false })
  })

  it('has certainly not acted when its time ended in the queue, and is not sent afterwards', async () => {
    let answerFirst = () => {}
    const slow: Act = (_request, response) => {
      answerFirst = () => response.end('{"instance":{"state":"open"}}')
    }
    const { server, evolution } = await talkTo([slow, STATE], { connections: 1 })
    const arrived = server.nextRequest()
    const first = evolution.connectionState('first')
    await arrived
    const queued = await caught(evolution.restart('queued', { timeoutMs: 50 }))
    expect(queued).toMatchObject({ code: 'EVOLUTION_UNREACHABLE', maybeActed: false })
    answerFirst()
    await first
    await evolution.connectionState('last')
    expect(server.seen.map((request) => request.path.split('/').at(-1))).toEqual(['first', 'last'])
  })
})

describe('a cancelled call', () => {
  it('throws the reason of its signal, at once', async () => {
    const { server, evolution, events } = await talkTo([hang])
    const cancel = new AbortController()
    const arrived = server.nextRequest()
    const call = evolution.connectionState('a1', { signal: cancel.signal })
    await arrived
    cancel.abort(new Error('shutting down'))
    await expect(call).rejects.toThrow('shutting down')
    expect(events).toMatchObject([{ call: 'connectionState', name: 'a1', outcome: 'cancelled', attempt: 1 }])
  })

  it('is not sent when it was cancelled before', async () => {
    const { server, evolution } = await talkTo([STATE])
    await expect(
      evolution.connect('a1', { signal: AbortSignal.abort(new Error('too late')) }),
    ).rejects.toThrow('too late')
    expect(server.seen).toEqual([])
  })

  it('is not repeated when it is cancelled between two tries', async () => {
    const cancel = new AbortController()
    const { server, evolution } = await talkTo([reset], { log: () => cancel.abort(new Error('enough')) })
    await expect(evolution.connectionState('a1', { signal: cancel.signal })).rejects.toThrow('enough')
    expect(server.seen).toHaveLength(1)
  })
})

describe('answers that no Evolution would send', () => {
  it('refuses a body that does not end', async () => {
    let written = 0
    const endless: Act = (_request, response) => {
      const block = Buffer.alloc(1024 * 1024, ' ')
      const write = () => {
        while (!response.destroyed) {
          written += block.length
          if (!response.write(block)) {
            response.once('drain', write)
            return
          }
        }
      }
      write()
    }
    const { evolution } = await talkTo([endless])
    const error = await caught(evolution.fetchInstances())
    expect(error).toMatchObject({ code: 'EVOLUTION_MALFORMED', status: 200 })
    expect(error.message).toMatch(/came an endless or huge body/)
    expect(written).toBeGreaterThan(20 * 1024 * 1024)
  })

  it('reports an answer cut in the middle as unreachable, and repeats the call', async () => {
    const cut: Act = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"instance":', () => response.destroy())
    }
    const { evolution } = await talkTo([cut, STATE])
    expect(await evolution.connectionState('a1')).toMatchObject({ state: 'open' })
  })

  it('refuses an answer that is not HTTP', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const evolution = createEvolution({ url: `http://127.0.0.1:${port}`, apiKey: KEY })
    ended.push(
      () => evolution.close(),
      async () => void server.close(),
    )
    expect(await caught(evolution.version())).toMatchObject({ code: 'EVOLUTION_MALFORMED', call: 'version' })
  })
})

describe('connections', () => {
  it('are reused', async () => {
    const { server, evolution } = await talkTo([STATE])
    for (let i = 0; i < 20; i++) await evolution.connectionState('a1')
    // A second one opens when the next call starts in the tick in which the first ends.
    expect(server.connections()).toBeLessThanOrEqual(2)
  })

  it('are not more than allowed, however many calls there are', async () => {
    const { server, evolution } = await talkTo([STATE], { connections: 3 })
    await Promise.all(Array.from({ length: 60 }, () => evolution.connectionState('a1')))
    expect(server.connections()).toBeLessThanOrEqual(3)
    expect(server.seen).toHaveLength(60)
  })

  it('are cut by close after a short grace, and later calls fail with that reason', async () => {
    const { server, evolution } = await talkTo([hang])
    const arrived = server.nextRequest()
    const hanging = caught(evolution.restart('a1'))
    await arrived
    await Promise.all([evolution.close(), evolution.close()])
    expect(await hanging).toMatchObject({ code: 'EVOLUTION_UNREACHABLE', maybeActed: true })
    const error = await caught(evolution.connectionState('a1'))
    expect(error.message).toMatch(/client was closed/)
  })
})
