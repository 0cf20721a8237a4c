import type { FastifyInstance, FastifyRequest } from 'fastify'
import { noSuchRoute } from '../errors.ts'
import { metricsText } from '../inventory.ts'
import { licenceStatus } from '../licence.ts'
import { isAtLeast } from '../version.ts'
import type { World } from '../world.ts'

/**
 * The routes without a key: `GET /`, which states that this is a simulator, `GET /metrics`, and those that 2.4 and newer answer
 * without a licence.
 */
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

  const ofLicensedVersions = async (request: FastifyRequest) => {
    if (world.licence.active && !isAtLeast(world.options.version, '2.4.0'))
      throw noSuchRoute(request.method, request.originalUrl)
  }
  app.get('/health', { preHandler: ofLicensedVersions }, async () => ({ status: 'ok' }))
  app.get('/server/ok', { preHandler: ofLicensedVersions }, async () => ({ status: 'ok' }))
  app.get('/license/status', { preHandler: ofLicensedVersions }, async () => licenceStatus(world.licence))

  if (!world.options.metrics) return
  app.get('/metrics', async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8')
    return metricsText(world)
  })
}
