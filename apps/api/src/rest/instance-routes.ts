import { createInstance, type Fleet, FleetError, pairInstance } from '@zapfleet/core'
import type { FastifyInstance } from 'fastify'
import { authenticate } from '../authenticate.ts'
import type { KeyRing } from '../key-ring.ts'
import { nameFromPath, newInstanceFrom } from './new-instance.ts'
import { qrcodeOf } from './qrcode.ts'

/** `POST /admin/instances` and `GET /admin/instances/{nome}/qrcode`, for programs that exist: Portuguese, admin key. */
export function registerInstanceRoutes(
  server: FastifyInstance,
  door: { fleet: Fleet; keyRing: KeyRing },
): void {
  const { fleet } = door
  server.register(
    async (scope) => {
      scope.addHook('onRequest', authenticate(door.keyRing))
      scope.addHook('onRequest', (request, _reply, done) => {
        const role = request.caller?.role
        done(
          role === 'admin'
            ? undefined
            : new FleetError('FORBIDDEN', `These routes need the role admin, not ${role}.`),
        )
      })

      scope.post('/instances', async (request) => {
        const asked = newInstanceFrom(request.body)
        const { pairing } = await createInstance(fleet, asked)
        return {
          nome: asked.name,
          qrcode: qrcodeOf(asked.name, pairing),
          message: 'Escaneie o QR Code para conectar',
        }
      })

      scope.get<{ Params: { nome: string } }>('/instances/:nome/qrcode', async (request) => {
        const name = nameFromPath(request.params.nome)
        return qrcodeOf(name, await pairInstance(fleet, { name }))
      })
    },
    { prefix: '/admin' },
  )
}
