import { callOf, type Fleet, healthSummary, sharedRound } from '@zapfleet/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { requireKey } from '../authenticate.ts'
import { makeProcedureCall } from '../call-procedure.ts'
import type { Refuse } from '../errors/refuse.ts'
import type { KeyRing } from '../key-ring.ts'
import type { createdInstance, pairing } from '../procedures/instance-schemas.ts'
import { bodyText } from '../request-text.ts'
import { registerDashboard } from './dashboard-routes.ts'
import { type NewInstance, nameFromPath, newInstanceFrom } from './new-instance.ts'
import { qrcodeOf } from './qrcode.ts'

type LegacyParts = {
  fleet: Fleet
  keyRing: KeyRing
  version: string
  /** Whether `GET /health/instances` needs no key; default true. */
  healthOpen?: boolean
  refuse: { legacy: Refuse }
}

/**
 * The Portuguese routes that older Python programs call: `GET /health/instances`, `POST /admin/instances`,
 * `GET /admin/instances/{nome}/qrcode`, and those of `registerDashboard`. Their errors are `{ detail }`, as are those of all
 * routes without an error handler.
 */
export function registerLegacyRoutes(server: FastifyInstance, parts: LegacyParts): void {
  // Beside JSON, Fastify would read plain text too.
  server.removeContentTypeParser('text/plain')
  server.setErrorHandler((error, request, reply) => parts.refuse.legacy(error, request, reply))
  server.setNotFoundHandler((_request, reply) => reply.status(404).send({ detail: 'Rota não encontrada' }))
  server.register(async (scope) => registerHealth(scope, parts))
  server.register(async (scope) => registerInstances(scope, parts), { prefix: '/admin' })
  server.register(async (scope) => registerDashboard(scope, parts))
}

/**
 * A live reading of all instances, in the shape that older programs read. No procedure: it needs no key. Where it needs one, a key that is
 * bound to pools receives the instances of these.
 */
function registerHealth(scope: FastifyInstance, { fleet, keyRing, healthOpen = true }: LegacyParts): void {
  if (!healthOpen) requireKey(scope, { keyRing })
  scope.get('/health/instances', async (request) => {
    const round = await sharedRound(callOf(fleet, request.id))
    const pools = request.caller?.pools
    const { status, online, total, instances } =
      pools === undefined ? round : await healthSummary(fleet, pools)
    return {
      status,
      online,
      total,
      instances: instances.map((one) => ({ nome: one.name, status: one.state, online: one.online })),
    }
  })
}

function registerInstances(scope: FastifyInstance, parts: LegacyParts): void {
  requireKey(scope, { keyRing: parts.keyRing })
  const create = makeProcedureCall(parts, 'instance.create')
  const pair = makeProcedureCall(parts, 'instance.qrCode')
  const bodyOf = deferBody(scope)

  scope.post('/instances', async (request) => {
    let input: NewInstance | undefined
    const made = await create(request, () => {
      input = newInstanceFrom(bodyOf(request), parts.fleet.defaultCountry)
      return input
    })
    const { name, phoneNumber } = input as NewInstance
    return {
      nome: name,
      ...(phoneNumber === undefined ? {} : { numero_telefone: phoneNumber }),
      qrcode: qrcodeOf(name, (made as z.output<typeof createdInstance>).pairing),
      message: 'Escaneie o QR Code para conectar',
    }
  })

  scope.get<{ Params: { nome: string } }>('/instances/:nome/qrcode', async (request) => {
    const { nome } = request.params
    const paired = await pair(request, () => ({ name: nameFromPath(nome) }))
    return qrcodeOf(nome, paired as z.output<typeof pairing>)
  })
}

/**
 * Leaves the JSON of this scope's bodies unparsed, and returns the function that parses it as Fastify does: a body is
 * parsed after the role of its caller is checked.
 */
function deferBody(scope: FastifyInstance): (request: FastifyRequest) => unknown {
  const parse = scope.getDefaultJsonParser('error', 'error')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  return (request) => {
    if (!Buffer.isBuffer(request.body)) return request.body
    let parsed: unknown
    parse(request, bodyText(request.body), (error, body) => {
      if (error) throw error
      parsed = body
    })
    return parsed
  }
}
