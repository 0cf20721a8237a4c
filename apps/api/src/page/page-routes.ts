import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { PAGE_CSP } from '../network/security-headers.ts'

/** Sends the page as the answer to a request. */
type SendPage = (reply: FastifyReply) => FastifyReply

/**
 * `GET /`: the dashboard for browsers, a description of the API in JSON for programs; and the dashboard's files at `/assets`.
 *
 * @param parts.pageFolder the build of the dashboard; null, or without `index.html`: JSON for browsers too
 */
export function registerPage(
  server: FastifyInstance,
  parts: { version: string; pageFolder?: string | null },
): void {
  const sendPage = serveFiles(server, parts.pageFolder ?? null)
  const about = {
    name: 'zapfleet',
    version: parts.version,
    trpc: '/trpc',
    // A name of the public contract: the REST routes.
    doors: '/v1',
    description: ['/openapi.json', '/docs'],
    rest: [
      'GET /health/instances',
      'POST /admin/instances',
      'GET /admin/instances/{nome}/qrcode',
      'GET /stats/instances',
      'GET /dashboard/instances',
      'GET /dashboard/instances/{nome}',
      'GET /dashboard/health',
    ],
    health: ['GET /health/live', 'GET /health/ready'],
  }
  server.get('/', (request, reply) => {
    reply.header('vary', 'accept')
    return sendPage !== null && wantsPage(request.headers.accept) ? sendPage(reply) : reply.send(about)
  })
}

/** The names of files below `/assets` hold a hash of their content, so browsers may store them for ever; the page itself is revalidated. */
function serveFiles(server: FastifyInstance, folder: string | null): SendPage | null {
  if (folder === null || !existsSync(join(folder, 'index.html'))) return null
  server.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    index: false,
    immutable: true,
    maxAge: '1y',
    preCompressed: true,
    setHeaders: (reply) => void reply.header('content-security-policy', PAGE_CSP),
  })
  return (reply) =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', folder, { cacheControl: false })
}

/** Whether a caller prefers a page to JSON: browsers name HTML, programs do not. */
function wantsPage(accept: string | undefined): boolean {
  return accept !== undefined && /\btext\/html\b/i.test(accept)
}
