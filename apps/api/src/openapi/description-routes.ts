import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { PAGE_CSP } from '../network/security-headers.ts'
import { openApiDocument } from './document.ts'

/** A file of the page and its content type. */
type PageFile = { type: string; content: string | Buffer }

/** The page's files change with zapfleet's version only. */
const KEEP_FILES = 'public, max-age=3600'

/**
 * `GET /openapi.json`, and `/docs`, a page to try it. Neither needs a key or the internet. The document is built for its first
 * reader: it is a fifth of the processor time of a start.
 */
export function registerDescription(server: FastifyInstance, parts: { version: string }): void {
  let document: string | null = null
  server.get('/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(parts.version))
    return reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(document)
  })
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

/** Addresses are relative to `/docs`, so that a proxy may serve the page under a sub path. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>zapfleet API</title>
    <link rel="icon" type="image/png" href="docs/favicon.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="stylesheet" href="docs/page.css">
  </head>
  <body>
    <div id="page"></div>
    <noscript>This page needs JavaScript. The description itself is <a href="openapi.json">/openapi.json</a>.</noscript>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/page.js"></script>
  </body>
</html>
`

/** The key is only in the page's memory: `persistAuthorization` would store it in the browser. */
const SCRIPT = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#page',
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  requestSnippetsEnabled: true,
  presets: [SwaggerUIBundle.presets.apis],
})
`

const STYLE = `body { margin: 0; background: #fff; }
`

/** The page at `/docs` and its files, by path: Swagger UI from its package, nothing from the internet. */
function docsPage(): Record<string, PageFile> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const shipped = (name: string) => readFileSync(join(folder, name))
  return {
    '/docs': { type: 'text/html; charset=utf-8', content: PAGE },
    '/docs/page.js': { type: 'text/javascript; charset=utf-8', content: SCRIPT },
    '/docs/page.css': { type: 'text/css; charset=utf-8', content: STYLE },
    '/docs/swagger-ui.css': { type: 'text/css; charset=utf-8', content: shipped('swagger-ui.css') },
    '/docs/swagger-ui-bundle.js': {
      type: 'text/javascript; charset=utf-8',
      content: shipped('swagger-ui-bundle.js'),
    },
    '/docs/favicon.png': { type: 'image/png', content: shipped('favicon-32x32.png') },
  }
}
