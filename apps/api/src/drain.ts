import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How often connections that became idle are closed while the server closes. */
const SWEEP_EVERY_MS = 25
/**
 * How long a client may keep a connection idle. Without this header Node sends the time after which the server closes one
 * (65 s), and clients such as Node's fetch keep connections for that time.
 */
const KEEP_ALIVE = 'timeout=4'

/** Whether the stop of this process is announced. It still serves. */
export type Departure = { announced: boolean }

/**
 * Moves clients to another process before this one closes. From the announcement on, each answer ends its connection
 * (`connection: close`): the next call opens a new one, which a load balancer leads to another process. Idle connections carry no
 * answer: by each earlier answer the client closes them after 4 seconds, before the server closes them
 * (SHUTDOWN_DELAY_MS 5000 or more). A request that meets the close of its connection is lost.
 */
export function sendElsewhere(server: FastifyInstance, departure: Departure): void {
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (departure.announced) reply.header('connection', 'close')
    // Node sets no `keep-alive` beside a `connection` that is set here.
    else if (reply.raw.shouldKeepAlive) reply.headers({ connection: 'keep-alive', 'keep-alive': KEEP_ALIVE })
    done(null, payload)
  })
}

/**
 * Makes `server.close()` stop listening at once, wait up to `withinMs` for running requests, and only then let Fastify close the
 * other connections. Streams of events do not end by themselves and are closed first. Node reports which connections are
 * idle, so nothing is counted for each request.
 */
export function drainOnClose(server: FastifyInstance, options: { withinMs: number }): void {
  const streams = new Set<Socket>()

  server.addHook('onSend', (request, reply, payload, done) => {
    // The headers of a Response are not yet those of the reply.
    const type = payload instanceof Response ? payload.headers.get('content-type') : null
    if (type?.startsWith('text/event-stream')) {
      const { socket } = request.raw
      streams.add(socket)
      reply.raw.once('close', () => streams.delete(socket))
    }
    done(null, payload)
  })

  server.addHook('preClose', async () => {
    for (const socket of streams) socket.destroy()
    let sweep: NodeJS.Timeout | undefined
    let limit: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      server.server.close(() => resolve())
      sweep = setInterval(() => server.server.closeIdleConnections(), SWEEP_EVERY_MS)
      limit = setTimeout(resolve, options.withinMs)
    })
    clearInterval(sweep)
    clearTimeout(limit)
  })
}
