import { FleetError } from '@zapfleet/core'
import { countAnswers, type Metrics } from '@zapfleet/telemetry'
import type { FastifyInstance } from 'fastify'
import { requireKey } from './authenticate.ts'
import type { KeyRing } from './key-ring.ts'

/** The metrics of this process. `open`: readable without a key. */
export type ServedMetrics = Metrics & { open: boolean }

const OF_A_BOT = 'The figures need a key of role viewer or admin; the role of this key is bot.'
const OF_POOLS =
  'The figures concern the whole fleet, and the key of this call is bound to pools. They need a key of role viewer or admin that is not bound.'

/**
 * `GET /metrics` for Prometheus: with a key of role viewer or admin that is not bound to pools (as `Authorization: Bearer`), or open. Counts every HTTP answer.
 */
export function serveMetrics(server: FastifyInstance, metrics: ServedMetrics, keyRing: KeyRing): void {
  const count = countAnswers(metrics.registry, server.limits.met)
  const groups = new Map<string | undefined, string>()
  server.addHook('onResponse', (request, reply, done) => {
    const { url } = request.routeOptions
    const group = groups.get(url) ?? routeGroup(url)
    groups.set(url, group)
    count(group, reply.statusCode)
    done()
  })
  server.register(async (scope) => {
    if (!metrics.open) {
      requireKey(scope, { keyRing })
      scope.addHook('onRequest', (request, _reply, done) => {
        const { role, pools } = request.caller ?? {}
        const problem = role === 'bot' ? OF_A_BOT : pools === undefined ? null : OF_POOLS
        done(problem === null ? undefined : new FleetError('FORBIDDEN', problem))
      })
    }
    scope.get('/metrics', { exposeHeadRoute: false }, async (_request, reply) => {
      reply.header('content-type', metrics.contentType)
      return metrics.text()
    })
  })
}

/** The first part of a route's pattern. A URL itself may hold anything, and would make a series for each value. */
function routeGroup(pattern: string | undefined): string {
  return pattern === undefined ? 'none' : (pattern.split('/')[1] ?? '')
}
