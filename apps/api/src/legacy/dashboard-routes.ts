import type { Fleet, FleetStats, Instance } from '@zapfleet/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { requireKey } from '../authenticate.ts'
import { makeProcedureCall } from '../call-procedure.ts'
import { readFailure } from '../errors/failure.ts'
import type { KeyRing } from '../key-ring.ts'
import type { activity } from '../procedures/instance-schemas.ts'
import { dashboardOf, detailOf, fleetHealthOf, statsOf } from './figures.ts'
import { nameFromPath } from './new-instance.ts'
import { PortugueseRefusal } from './portuguese-answer.ts'

type DashboardParts = { fleet: Fleet; keyRing: KeyRing; version: string }

const VIEWERS_ONLY = {
  status: 403,
  detail: 'Esta chave não tem permissão para isto. Use uma chave de consulta (viewer) ou de administrador.',
}

/**
 * The Portuguese routes of older dashboards, for keys of viewers and admins: `GET /stats/instances`, `GET /dashboard/instances`,
 * `GET /dashboard/instances/{nome}`, `GET /dashboard/health`. They read what is stored; parameters of the query are ignored.
 */
export function registerDashboard(scope: FastifyInstance, parts: DashboardParts): void {
  requireKey(scope, { keyRing: parts.keyRing })
  const stats = makeRead<FleetStats>(parts, 'fleet.stats')
  const list = makeRead<Instance[]>(parts, 'instance.list')
  const get = makeRead<Instance>(parts, 'instance.get')
  const lately = makeRead<z.output<typeof activity>>(parts, 'instance.activity')

  scope.get('/stats/instances', async (request) => {
    const figures = await stats(request)
    return statsOf(await list(request), figures)
  })

  scope.get('/dashboard/instances', async (request) => {
    const figures = await stats(request)
    return dashboardOf(await list(request), figures, parts.fleet.clock() ?? new Date())
  })

  scope.get<{ Params: { nome: string } }>('/dashboard/instances/:nome', async (request) => {
    const input = () => ({ name: nameFromPath(request.params.nome) })
    // First what fewer roles may read.
    const activity = await lately(request, input)
    return detailOf(await get(request, input), activity)
  })

  scope.get('/dashboard/health', async (request) =>
    fleetHealthOf(await stats(request), parts.fleet.clock() ?? new Date()),
  )
}

/** Makes the call of a query. Its refusal of a role names the keys that may read. */
function makeRead<Output>(parts: DashboardParts, path: string) {
  const call = makeProcedureCall(parts, path)
  return async (request: FastifyRequest, input: () => unknown = () => ({})): Promise<Output> => {
    try {
      return (await call(request, input)) as Output
    } catch (error) {
      if (readFailure(error).error.code === 'FORBIDDEN') throw new PortugueseRefusal(VIEWERS_ONLY)
      throw error
    }
  }
}
