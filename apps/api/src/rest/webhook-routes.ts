import { hash, timingSafeEqual } from 'node:crypto'
import {
  type Fleet,
  FleetError,
  type FleetErrorCode,
  forRequest,
  readWebhookEvent,
  readWebhookSecret,
  receiveWebhook,
  WEBHOOK_SECRET_HEADER,
} from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refusalOf } from '../errors/trpc-refusal.ts'
import type { makeFailureLog } from '../log-failure.ts'

/** A QR code, the largest event we ask for, is some 15 kB. */
const BODY_LIMIT_BYTES = 512 * 1024

type WebhookDoor = { fleet: Fleet; logFailure: ReturnType<typeof makeFailureLog> }

/**
 * `POST /webhooks/evolution`, where Evolution tells that something happened; also with the event's name behind it, as a
 * webhook "by events" has it. No API key: the fleet's secret must be in the header, before the body is read (401, after
 * which Evolution does not repeat). 413 above 512 kB, 400 for what is no event, 503 while the database cannot tell the
 * secret (Evolution repeats). Everything else is 200 at once, and worked on afterwards. Nothing in the URL is looked at.
 */
export function registerWebhookRoutes(server: FastifyInstance, door: WebhookDoor): void {
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
        if (typeof presented !== 'string' || !isSecret(await readWebhookSecret(door.fleet), presented))
          throw new FleetError(
            'UNAUTHORIZED',
            `The header ${WEBHOOK_SECRET_HEADER} does not hold the secret.`,
          )
      })
      scope.setErrorHandler((error, request, reply) => refuse(door, error, request, reply))
      for (const url of ['/evolution', '/evolution/:event'])
        scope.post(url, async (request, reply) => {
          const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0)
          const event = readWebhookEvent(parsed(body))
          if (event === null)
            throw new FleetError(
              'INVALID_INPUT',
              'This is no event of Evolution: event and instance are missing.',
            )
          // Evolution waits for the answer, and holds a delete back meanwhile.
          setImmediate(() => receiveWebhook(forRequest(door.fleet, request.id), event, body))
          return reply.send({ status: 'received' })
        })
    },
    { prefix: '/webhooks' },
  )
}

/** Compares digests, so that neither the time nor the length tells anything of the secret. */
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

function refuse(
  door: WebhookDoor,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = refusalOf(error) ?? new FleetError('UNEXPECTED', 'a webhook failed', { cause: error })
  door.logFailure(refusal, { call: 'POST /webhooks/evolution', requestId: request.id })
  const { statusCode } = error as { statusCode?: number }
  const status = error instanceof FleetError ? STATUSES[error.code] : statusCode
  const detail = status === 413 ? `The body is larger than ${BODY_LIMIT_BYTES} bytes.` : refusal.message
  if (status === undefined || status >= 500)
    return reply.status(status ?? 500).send({ detail: 'This event could not be taken. Send it again.' })
  return reply.status(status).send({ detail })
}

/** What Evolution is told: after 400 and 401 it drops the event, after the others it repeats it for some 20 minutes. */
const STATUSES: Partial<Record<FleetErrorCode, number>> = {
  UNAUTHORIZED: 401,
  INVALID_INPUT: 400,
  DATABASE_UNAVAILABLE: 503,
}
