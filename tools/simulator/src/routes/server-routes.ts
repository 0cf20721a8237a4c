import type { FastifyInstance } from 'fastify'
import { metricsText } from '../inventory.ts'
import type { World } from '../world.ts'

/** `GET /`, which needs no key and states that this is a simulator, and `GET /metrics`. */
export function serverRoutes(app: FastifyInstance, world: World): void {
  // Express answers HEAD on every GET route.
  app.get('/', { exposeHeadRoute: true }, async () => ({
    status: 200,
    message: 'Welcome to the Evolution API, it is working!',
    version: world.options.version,
    clientName: 'evolution',
    manager: `${world.url}/manager`,
    documentation: 'https://doc.evolution-api.com',
    whatsappWebVersion: '2.3000.1027934701',
    simulator:
      'This is the zapfleet simulator of the Evolution API: no WhatsApp is behind it, and no message leaves.',
  }))

  if (!world.options.metrics) return
  app.get('/metrics', async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8')
    return metricsText(world)
  })
}
