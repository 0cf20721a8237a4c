import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { ControlError, EvolutionError, noSuchRoute } from './errors.ts'

const zip = promisify(gzip)
// The compression middleware leaves smaller answers uncompressed.
const ZIP_FROM_BYTES = 1024

/**
 * What Evolution's Express adds to every answer: headers, the Date of its clock, ETag and 304, gzip, the error envelope, the
 * 404.
 */
export function imitateExpress(app: FastifyInstance, now: () => Date): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(body as string))
    } catch (error) {
      // The only answer whose status and text disagree.
      done(new EvolutionError(400, (error as Error).message, 'Internal Server Error'))
    }
  })
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, {}))

  app.setNotFoundHandler(async (request) => {
    throw noSuchRoute(request.method, request.originalUrl)
  })

  app.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof EvolutionError) return reply.code(error.status).send(error.answer)
    if (error instanceof ControlError) return reply.code(400).send({ error: error.message })
    const text = error instanceof Error ? error.message : String(error)
    const status = (error as { statusCode?: number }).statusCode ?? 500
    return reply.code(status).send(new EvolutionError(status, text).answer)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('X-Powered-By', 'Express').header('Vary', 'Origin, Accept-Encoding')
    reply.header('Date', now().toUTCString())
    if (typeof payload !== 'string' || reply.sent) return payload
    const tag = `W/"${payload.length.toString(16)}-${createHash('sha1').update(payload).digest('base64').slice(0, 27)}"`
    reply.header('ETag', tag)
    if (request.method === 'GET' && request.headers['if-none-match'] === tag) {
      reply.code(304).removeHeader('content-length')
      return ''
    }
    const wantsZip = String(request.headers['accept-encoding'] ?? '').includes('gzip')
    if (!wantsZip || payload.length < ZIP_FROM_BYTES) return payload
    reply.header('Content-Encoding', 'gzip').removeHeader('content-length')
    return zip(payload)
  })
}
