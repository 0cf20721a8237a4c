import { hash, timingSafeEqual } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  callOf,
  DEFAULT_SERVER,
  type EventSource,
  type Fleet,
  FleetError,
  globalWebhookSecret,
  readLargeEvent,
  readWebhookEvent,
  readWebhookSecret,
  receiveWebhook,
  serverSecret,
  WEBHOOK_SECRET_HEADER,
} from '@zapfleet/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { makeRefuser, type Renderer } from './errors/refuse.ts'
import type { LogFailure } from './log.ts'

/** A QR code is some 15 kB, a message without its media less. */
const BODY_LIMIT_BYTES = 512 * 1024

type Parts = { fleet: Fleet; logFailure: LogFailure }

/** A body as it was read. `isWhole` false: it was larger than the limit, and `bytes` is its beginning. */
type Body = { bytes: Buffer; isWhole: boolean }

/**
 * The routes that Evolution calls for each event; with `webhookByEvents` the event's name follows in the path. No API key.
 *
 * - `POST /webhooks/evolution`, the webhook of an instance of the default server: the header must hold the fleet's secret. A wrong one
 *   is 401.
 * - `POST /webhooks/evolution/servers/:server`, the same of an instance of another server, with the secret of that server.
 * - `POST /webhooks/evolution/global/:secret`, the global webhook of a server, which sends no header: the secret is in the path. A wrong
 *   one is 404.
 *
 * The secret is checked before the body is read. Evolution drops an event after 400 (no event), 401 and 404, and repeats it for some
 * 20 minutes after every other error, 413 among them. So a body above 512 kB, a message with its media as base64, is answered 200: its
 * beginning is used, the rest is read and dropped. Every other event is answered 200 at once and processed afterwards.
 */
export function registerWebhookRoutes(server: FastifyInstance, parts: Parts): void {
  const { fleet } = parts
  const checkHeader = async (request: FastifyRequest, server: string): Promise<string> => {
    const presented = request.headers[WEBHOOK_SECRET_HEADER]
    const secret = serverSecret(await readWebhookSecret(fleet), server)
    if (typeof presented !== 'string' || !isSecret(secret, presented))
      throw new FleetError('UNAUTHORIZED', `The header ${WEBHOOK_SECRET_HEADER} does not hold the secret.`)
    return server
  }
  registerRoutes(server, parts, {
    prefix: '/webhooks/evolution',
    source: 'instance_webhook',
    check: (request) => checkHeader(request, DEFAULT_SERVER),
  })
  registerRoutes(server, parts, {
    prefix: '/webhooks/evolution/servers/:server',
    source: 'instance_webhook',
    check: (request) => checkHeader(request, (request.params as { server: string }).server),
  })
  registerRoutes(server, parts, {
    prefix: '/webhooks/evolution/global/:secret',
    source: 'global_webhook',
    async check(request) {
      const { secret } = request.params as { secret: string }
      const fleetSecret = await readWebhookSecret(fleet)
      const servers = await fleet.servers.list()
      const sender = servers.find(({ name }) => isSecret(globalWebhookSecret(fleetSecret, name), secret))
      if (sender === undefined)
        throw new FleetError('NOT_FOUND', 'No webhook has this address. The doctor shows the address.')
      return sender.name
    },
  })
}

function registerRoutes(
  server: FastifyInstance,
  { fleet, logFailure }: Parts,
  how: { prefix: string; source: EventSource; check: (request: FastifyRequest) => Promise<string> },
): void {
  /** The server of each request, from the check of its secret. */
  const senders = new WeakMap<FastifyRequest, string>()
  const refuse = makeRefuser(logFailure, webhookAnswer, `POST ${how.prefix}`)
  const receive = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { bytes, isWhole } = (request.body ?? { bytes: Buffer.alloc(0), isWhole: true }) as Body
    const json = isWhole ? parsed(bytes) : readLargeEvent(bytes.toString('utf8'))
    const event = readWebhookEvent(json)
    if (event === null && !isWhole) return reply.send({ status: 'skipped' })
    if (event === null)
      throw new FleetError('INVALID_INPUT', 'This is no event of Evolution: event and instance are missing.')
    // Evolution waits for the answer, and delays a delete meanwhile.
    const sender = senders.get(request) ?? DEFAULT_SERVER
    setImmediate(() =>
      receiveWebhook(callOf(fleet, request.id), sender, how.source, { event, json, body: bytes }),
    )
    return reply.send({ status: 'received' })
  }
  server.register(
    async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('application/json', (_request: FastifyRequest, payload: Readable) =>
        readBody(payload),
      )
      scope.addHook('onRequest', async (request) => {
        senders.set(request, await how.check(request))
      })
      scope.setErrorHandler((error, request, reply) => refuse(error, request, reply))
      for (const url of ['/', '/:event']) scope.post(url, async (request, reply) => receive(request, reply))
    },
    { prefix: how.prefix },
  )
}

/** Keeps the beginning of a body, at most BODY_LIMIT_BYTES, and reads the rest without keeping it. */
async function readBody(payload: Readable): Promise<Body> {
  const chunks: Buffer[] = []
  let kept = 0
  let isWhole = true
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    const room = BODY_LIMIT_BYTES - kept
    if (chunk.length > room) isWhole = false
    if (room === 0) continue
    chunks.push(chunk.subarray(0, room))
    kept += Math.min(chunk.length, room)
  }
  return { bytes: Buffer.concat(chunks), isWhole }
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
  return { status, body: { detail: error.message } }
}
