import { FleetError } from '@zapfleet/core'
import { type Metrics, openTally, showCount } from '@zapfleet/telemetry'
import type { FastifyInstance } from 'fastify'
import { requireKey } from './authenticate.ts'
import type { KeyRing } from './key-ring.ts'

/** The metrics of this process. `open`: readable without a key. */
export type ServedMetrics = Metrics & { open: boolean }

/**
 * `GET /metrics` for Prometheus: with a key of role viewer or admin (as `Authorization: Bearer`), or open. Counts
 * answers by route group and status, and calls refused by a limit.
 */
export function serveMetrics(server: FastifyInstance, metrics: ServedMetrics, keyRing: KeyRing): void {
  countAnswers(server, metrics)
  showCount(metrics.registry, {
    name: 'zapfleet_rate_limited_total',
    help: 'Calls refused by a limit: calls of a key, its streams, wrong keys of an address.',
    label: 'limit',
    counts: server.limits.met,
  })
  server.register(async (scope) => {
    if (!metrics.open) {
      requireKey(scope, { keyRing })
      scope.addHook('onRequest', (request, _reply, done) => {
        const role = request.caller?.role
        const words = 'The figures need a key of role viewer or admin; the role of this key is bot.'
        done(role === 'bot' ? new FleetError('FORBIDDEN', words) : undefined)
      })
    }
    scope.get('/metrics', { exposeHeadRoute: false }, async (_request, reply) => {
      reply.header('content-type', metrics.contentType)
      return metrics.text()
    })
  })
}

/** Groups answers by the first part of the route's pattern: there are few, and a URL may hold anything. */
function countAnswers(server: FastifyInstance, metrics: Metrics): void {
  const answers = openTally(metrics.registry, {
    name: 'zapfleet_http_answers_total',
    help: 'Answers by the first part of the route and by HTTP status.',
    // A name of the public contract: alert rules and dashboards use it.
    labels: ['door', 'status'],
  })
  const groups = new Map<string | undefined, string>()
  server.addHook('onResponse', (request, reply, done) => {
    const { url } = request.routeOptions
    let group = groups.get(url)
    if (group === undefined) {
      group = url === undefined ? 'none' : (url.split('/')[1] ?? '')
      groups.set(url, group)
    }
    answers.add(1, group, String(reply.statusCode))
    done()
  })
}
