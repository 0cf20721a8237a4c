import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BODY_LIMIT_BYTES, SEND_BODY_LIMIT_BYTES } from './body-limits.ts'
import type { LargeBodies } from './limits/large-bodies.ts'

/** A body that is larger than its limit; `limitBytes` is in the message of its error. */
export class BodyTooLarge extends Error {
  readonly statusCode = 413
  readonly limitBytes: number

  constructor(limitBytes: number) {
    super(`larger than ${limitBytes} bytes`)
    this.limitBytes = limitBytes
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives back the room of a large body. */
    endLargeBody?: () => void
  }
}

/**
 * Makes a scope read JSON of up to `SEND_BODY_LIMIT_BYTES`, as bytes, after the key was checked. A body above `BODY_LIMIT_BYTES` waits for room in
 * `largeBodies` before more of it is read, and has that room until the call is answered. A batch keeps the smaller limit.
 */
export function acceptLargeJson(scope: FastifyInstance, largeBodies: LargeBodies): void {
  scope.removeContentTypeParser('application/json')
  scope.addContentTypeParser('application/json', (request: FastifyRequest, payload: IncomingMessage) =>
    readBody(request, payload, largeBodies),
  )
  scope.addHook('onResponse', (request, _reply, done) => {
    request.endLargeBody?.()
    done()
  })
  scope.addHook('onRequestAbort', (request, done) => {
    request.endLargeBody?.()
    done()
  })
  // The rest of a body that is not read would be taken for the next request.
  scope.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, sent, done) => {
    if (!request.raw.complete) reply.header('connection', 'close')
    done(null, sent)
  })
}

async function readBody(
  request: FastifyRequest,
  payload: IncomingMessage,
  largeBodies: LargeBodies,
): Promise<Buffer> {
  const isBatch = Object.hasOwn(request.query as object, 'batch')
  const limitBytes = isBatch ? BODY_LIMIT_BYTES : SEND_BODY_LIMIT_BYTES
  const announced = Number(request.headers['content-length'] ?? Number.NaN)
  if (announced > limitBytes) throw new BodyTooLarge(limitBytes)
  const takeRoom = async (bytes: number): Promise<void> => {
    request.endLargeBody = await largeBodies.take(bytes)
    // The client went away while the call waited: no hook comes any more.
    if (payload.destroyed && !payload.complete) request.endLargeBody()
  }
  if (announced > BODY_LIMIT_BYTES) await takeRoom(announced)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > limitBytes) throw new BodyTooLarge(limitBytes)
    chunks.push(chunk)
    if (length > BODY_LIMIT_BYTES && request.endLargeBody === undefined) await takeRoom(limitBytes)
  }
  return Buffer.concat(chunks)
}
