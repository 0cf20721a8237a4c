import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** One file of the page: what is sent, and as what. */
export type PageFile = { type: string; content: string | Buffer }

/** Addresses are relative to `/docs`, so that a proxy may serve all of it under a sub path. */
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

/** The key stays in the page's memory: `persistAuthorization` would leave it in the browser. */
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

/** The page at `/docs` and all it loads, by their paths: Swagger UI out of its package, no network behind it. */
export function docsPage(): Record<string, PageFile> {
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
