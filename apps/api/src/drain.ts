import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How often connections are looked at that have become idle while the server closes. */
const SWEEP_EVERY_MS = 25

/** Whether this process is about to stop: it still serves, and sends everybody elsewhere. */
export type Departure = { announced: boolean }

/**
 * From the announced departure on, ends each connection with the answer that it carries (`connection: close`): the client's
 * next call opens a new one, which a load balancer leads to another process. A connection that nobody ends so would meet
 * the close in the middle of its next call.
 */
export function sendElsewhere(server: FastifyInstance, departure: Departure): void {
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (departure.announced) reply.header('connection', 'close')
    done(null, payload)
  })
}

/**
 * Makes `server.close()` polite: it stops listening at once, lets requests that run finish for up to `withinMs`, and
 * only then lets Fastify cut what is left. Streams of events never end by themselves and are ended first. Requests cost
 * nothing for it: Node knows which connections are idle.
 */
export function drainOnClose(server: FastifyInstance, options: { withinMs: number }): void {
  const streams = new Set<Socket>()

  server.addHook('onSend', (request, reply, payload, done) => {
    // A Response brings its own headers, which are not the reply's yet.
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
