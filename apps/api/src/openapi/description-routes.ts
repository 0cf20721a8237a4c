import type { FastifyInstance } from 'fastify'
import { PAGE_CSP } from '../network/security-headers.ts'
import { docsPage } from './docs-page.ts'
import { openApiDocument } from './document.ts'

/** The page's files change with zapfleet's version only; a browser may ask again after an hour. */
const KEEP_FILES = 'public, max-age=3600'

/** `GET /openapi.json`, and `/docs`, a page to try it. Neither needs a key, and neither needs the internet. */
export function registerDescription(server: FastifyInstance, parts: { version: string }): void {
  const document = JSON.stringify(openApiDocument(parts.version))
  server.get('/openapi.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(document),
  )
  for (const [path, { type, content }] of Object.entries(docsPage())) {
    server.get(path, (request, reply) => {
      // The page's addresses are relative to /docs without a slash at its end.
      if (/\/docs\/(\?|$)/.test(request.url)) return reply.redirect('../docs', 308)
      return reply
        .type(type)
        .header('cache-control', path === '/docs' ? 'no-cache' : KEEP_FILES)
        .header('content-security-policy', PAGE_CSP)
        .send(content)
    })
  }
}
