import type { FastifyInstance } from 'fastify'
import { allowOrigins } from './allow-origins.ts'
import { keepLimits, type Limits } from './limits.ts'
import { addSecurityHeaders } from './security-headers.ts'

/** How a server meets the network. What is absent is closed, or without limit. */
export type Edge = {
  /** Whose X-Forwarded-* is believed: so many hops, or these addresses and networks. Default: nobody's. */
  trustProxy?: number | readonly string[] | undefined
  /** Pages of which origins may call. Default: none. */
  corsOrigins?: readonly string[] | undefined
  limits?: Limits | undefined
  timeouts?: Partial<Timeouts> | undefined
}

/** How long slow peers are borne with, in milliseconds. */
export type Timeouts = {
  /** Within this the headers of a request must be there, from the first byte or the opened connection on. */
  headersMs: number
  /** Within this a request must have arrived whole. */
  requestMs: number
  /** A socket on which nothing moves for this long is cut: an answer or a stream that nobody reads. Pairing, the slowest answer, takes 15 s. */
  silenceMs: number
  /** Longer than the idle time of common load balancers (60 s), so that it is they who close, never we in mid-request. */
  keepAliveMs: number
}

const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000, silenceMs: 120_000, keepAliveMs: 65_000 }

/** How many times within the shortest limit Node looks for who is over it; by itself it looks each 30 s. */
const LOOKS = 4

/** What Fastify must be made with. */
export function edgeOptions(edge: Edge) {
  const { headersMs, requestMs, silenceMs, keepAliveMs } = { ...TIMEOUTS, ...edge.timeouts }
  return {
    requestTimeout: requestMs,
    connectionTimeout: silenceMs,
    keepAliveTimeout: keepAliveMs,
    http: {
      headersTimeout: Math.min(headersMs, requestMs),
      connectionsCheckingInterval: Math.ceil(Math.min(headersMs, requestMs) / LOOKS),
    },
    trustProxy: trusted(edge.trustProxy),
  }
}

function trusted(proxies: Edge['trustProxy']) {
  if (proxies === undefined) return false
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : [...proxies]
}

/** Headers on every answer, foreign pages kept out, and the limits that `authenticate` keeps. */
export function guardEdge(server: FastifyInstance, edge: Edge): void {
  server.decorate('limits', keepLimits(edge.limits ?? {}))
  addSecurityHeaders(server)
  allowOrigins(server, edge.corsOrigins ?? [])
}
