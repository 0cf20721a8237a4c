import type { FastifyInstance } from 'fastify'

/** What helmet sets, as far as it has a meaning for an API. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off',
  'x-permitted-cross-domain-policies': 'none',
}

/**
 * The policy of our own pages (dashboard and `/docs`): their own files, this API, and data URLs for pictures (QR codes, icons). No inline
 * script or style, no frames, no forms.
 */
export const PAGE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The policy of answers that are no page. */
const CSP = "default-src 'none'; frame-ancestors 'none'"
/** The policy of pages without one of their own. */
const OTHER_PAGE_CSP = "frame-ancestors 'none'; object-src 'none'; base-uri 'none'"
/** Half a year. Sent over TLS only, which a trusted proxy reports: browsers must ignore it over plain HTTP. */
const HSTS = 'max-age=15552000'

/** Adds the headers to every answer. A route may set a policy of its own before. */
export function addSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(HEADERS)
    if (request.protocol === 'https') reply.header('strict-transport-security', HSTS)
    done()
  })
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('content-security-policy')) {
      const type = String(reply.getHeader('content-type') ?? '')
      reply.header('content-security-policy', type.startsWith('text/html') ? OTHER_PAGE_CSP : CSP)
    }
    done(null, payload)
  })
}
