import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { emit } from '../emit.ts'
import { crashed } from '../errors.ts'
import { bodyOf, guard } from '../guard.ts'
import type { Instance } from '../instance.ts'
import { sendMedia, sendVoice } from '../send-media.ts'
import { sendText } from '../send-text.ts'
import type { Message } from '../traffic.ts'
import type { World } from '../world.ts'
import { foundInstance } from './message-routes.ts'

type Send = (world: World, instance: Instance, body: Record<string, unknown>) => Promise<Message>

/** `/message/*`: the routes that send, by kind. */
export function sendRoutes(app: FastifyInstance, world: World): void {
  const kinds: Readonly<Record<string, Send>> = { sendText, sendMedia, sendWhatsAppAudio: sendVoice }
  const preHandler = async (request: FastifyRequest) => guard(world, request)
  for (const [route, send] of Object.entries(kinds))
    app.post(`/message/${route}/:instanceName`, { preHandler }, async (request, reply) => {
      const instance = foundInstance(world, request)
      const mishap = world.mishaps?.draw() ?? 'none'
      if (mishap === 'hangBefore') return hang(reply)
      if (mishap === 'refused') throw crashed('Internal Server Error')
      const message = await send(world, instance, bodyOf(request))
      // Evolution starts the webhook without waiting; it arrives after the answer. A client that left changes nothing.
      const tell = () => void emit(world, instance, 'SEND_MESSAGE', message)
      if (mishap === 'hangAfter') {
        tell()
        return hang(reply)
      }
      reply.code(201)
      if (reply.raw.destroyed) tell()
      else reply.raw.once('close', tell)
      return message
    })
}

function hang(reply: FastifyReply): FastifyReply {
  reply.hijack()
  return reply
}
