import { hash, timingSafeEqual } from 'node:crypto'
import {
  callOf,
  type Fleet,
  FleetError,
  readWebhookEvent,
  readWebhookSecret,
  receiveWebhook,
  WEBHOOK_SECRET_HEADER,
} from '@zapfleet/core'
import type { FastifyInstance } from 'fastify'
import { makeRefuser, type Renderer } from './errors/refuse.ts'
import type { LogFailure } from './log.ts'

/** A QR code, the largest event that is registered for, is some 15 kB. */
const BODY_LIMIT_BYTES = 512 * 1024

/**
 * `POST /webhooks/evolution`, which Evolution calls for each event; with `webhookByEvents` the event's name follows in the
 * path. No API key: the header must hold the fleet's secret, which is checked before the body is read. Evolution drops an event
 * after 400 (no event) and 401 (wrong secret), and repeats it for some 20 minutes after every other error, such as 503 (the
 * database does not answer). A body above 512 kB is 413. Every other event is answered 200 at once and processed afterwards.
 */
export function registerWebhookRoutes(
  server: FastifyInstance,
  { fleet, logFailure }: { fleet: Fleet; logFailure: LogFailure },
): void {
  const refuse = makeRefuser(logFailure, webhookAnswer, 'POST /webhooks/evolution')
  server.register(
    async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser(
        'application/json',
        { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
        (_request, body, done) => done(null, body),
      )
      scope.addHook('onRequest', async (request) => {
        const presented = request.headers[WEBHOOK_SECRET_HEADER]
        if (typeof presented !== 'string' || !isSecret(await readWebhookSecret(fleet), presented))
          throw new FleetError(
            'UNAUTHORIZED',
            `The header ${WEBHOOK_SECRET_HEADER} does not hold the secret.`,
          )
      })
      scope.setErrorHandler((error, request, reply) => refuse(error, request, reply))
      for (const url of ['/evolution', '/evolution/:event'])
        scope.post(url, async (request, reply) => {
          const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0)
          const event = readWebhookEvent(parsed(body))
          if (event === null)
            throw new FleetError(
              'INVALID_INPUT',
              'This is no event of Evolution: event and instance are missing.',
            )
          // Evolution waits for the answer, and delays a delete meanwhile.
          setImmediate(() => receiveWebhook(callOf(fleet, request.id), event, body))
          return reply.send({ status: 'received' })
        })
    },
    { prefix: '/webhooks' },
  )
}

/** Compares digests: neither the time nor the length of the comparison depends on the secret. */
function isSecret(secret: string, presented: string): boolean {
  return timingSafeEqual(hash('sha256', presented, 'buffer'), hash('sha256', secret, 'buffer'))
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

const webhookAnswer: Renderer = ({ error, status }) => {
  if (status >= 500) return { status, body: { detail: 'This event could not be taken. Send it again.' } }
  const detail = status === 413 ? `The body is larger than ${BODY_LIMIT_BYTES} bytes.` : error.message
  return { status, body: { detail } }
}
