import { createInstance, type Fleet, FleetError, forRequest, pairInstance } from '@zapfleet/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Actor, audited } from '../audit/audited.ts'
import { requireKey } from '../authenticate.ts'
import { canonicalAddress } from '../edge/address.ts'
import type { KeyRing } from '../key-ring.ts'
import { nameFromPath, newInstanceFrom } from './new-instance.ts'
import { qrcodeOf } from './qrcode.ts'

/** `POST /admin/instances` and `GET /admin/instances/{nome}/qrcode`, for programs that exist: Portuguese, admin key. */
export function registerInstanceRoutes(
  server: FastifyInstance,
  door: { fleet: Fleet; keyRing: KeyRing },
): void {
  server.register(
    async (scope) => {
      requireKey(scope, { keyRing: door.keyRing })
      scope.addHook('onRequest', (request, _reply, done) => {
        const role = request.caller?.role
        done(
          role === 'admin'
            ? undefined
            : new FleetError('FORBIDDEN', `These routes need the role admin, not ${role}.`),
        )
      })

      scope.post('/instances', async (request) => {
        const asked = newInstanceFrom(request.body, door.fleet.defaultCountry)
        const fleet = forRequest(door.fleet, request.id)
        const act = { act: 'instance.create', input: asked }
        const { pairing } = await audited(fleet, actorOf(request), act, () => createInstance(fleet, asked))
        return {
          nome: asked.name,
          ...(asked.phoneNumber === undefined ? {} : { numero_telefone: asked.phoneNumber }),
          qrcode: qrcodeOf(asked.name, pairing),
          message: 'Escaneie o QR Code para conectar',
        }
      })

      scope.get<{ Params: { nome: string } }>('/instances/:nome/qrcode', async (request) => {
        const name = nameFromPath(request.params.nome)
        const fleet = forRequest(door.fleet, request.id)
        const act = { act: 'instance.qrCode', input: { name } }
        return qrcodeOf(
          name,
          await audited(fleet, actorOf(request), act, () => pairInstance(fleet, { name })),
        )
      })
    },
    { prefix: '/admin' },
  )
}

/** Who calls: nobody gets so far without a key. */
function actorOf({ caller, id, ip }: FastifyRequest): Actor {
  if (caller === null) throw new FleetError('UNAUTHORIZED', 'This route needs an API key.')
  return { caller, requestId: id, address: canonicalAddress(ip) }
}
