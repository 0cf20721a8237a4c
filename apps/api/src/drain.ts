import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

/**
 * Makes `server.close()` polite: it stops listening at once, lets requests that already run finish for up to
 * `withinMs`, and only then lets Fastify cut what is left. Streams of events never end by themselves and are not waited for.
 */
export function drainOnClose(server: FastifyInstance, options: { withinMs: number }): void {
  const running = new Set<ServerResponse>()
  let lastLeft: (() => void) | null = null

  server.addHook('onRequest', (request, reply, done) => {
    if (request.headers.accept !== 'text/event-stream') {
      const response = reply.raw
      const leave = (): void => {
        running.delete(response)
        if (running.size === 0) lastLeft?.()
      }
      running.add(response)
      // `finish` for answers sent, `close` for callers that left.
      response.once('finish', leave)
      response.once('close', leave)
    }
    done()
  })

  server.addHook('preClose', async () => {
    server.server.close()
    if (running.size === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      lastLeft = resolve
      timer = setTimeout(resolve, options.withinMs)
    })
    clearTimeout(timer)
  })
}
