import type { FastifyInstance } from 'fastify'

/**
 * What helmet sets, as far as it means something for an API: nothing of ours is sniffed, framed, embedded, cached by
 * others' pages or told to others as a referrer.
 */
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

/** Nothing may run or load in what is no page. */
const POLICY = "default-src 'none'; frame-ancestors 'none'"
/** The least for a page that has no policy of its own. */
const PAGE_POLICY = "frame-ancestors 'none'; object-src 'none'; base-uri 'none'"
/** Half a year, told only over TLS (said by a proxy that is trusted): over plain HTTP browsers must not believe it. */
const HSTS = 'max-age=15552000'

/** Puts the headers on every answer. A route may set its own policy before. */
export function addSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(HEADERS)
    if (request.protocol === 'https') reply.header('strict-transport-security', HSTS)
    done()
  })
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('content-security-policy')) {
      const type = String(reply.getHeader('content-type') ?? '')
      reply.header('content-security-policy', type.startsWith('text/html') ? PAGE_POLICY : POLICY)
    }
    done(null, payload)
  })
}
