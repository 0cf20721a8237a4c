import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How often idle connections are closed while the server closes. */
const SWEEP_EVERY_MS = 25

/** Whether this process is about to stop. It still serves, and ends each connection with its answer. */
export type Departure = { announced: boolean }

/**
 * After the announced departure, ends each connection with its answer (`connection: close`). The client's next call opens a new
 * one, which a load balancer sends to another process; the old one would be closed in the middle of that call.
 */
export function sendElsewhere(server: FastifyInstance, departure: Departure): void {
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (departure.announced) reply.header('connection', 'close')
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
