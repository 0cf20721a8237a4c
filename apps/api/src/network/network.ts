import type { FastifyInstance } from 'fastify'
import { keepLimits, type Limits } from '../limits/limits.ts'
import { allowOrigins } from './allow-origins.ts'
import { addSecurityHeaders } from './security-headers.ts'

/** How a server treats its network. Absent fields mean closed, or without limit. */
export type NetworkOptions = {
  /** Proxies whose X-Forwarded-* is used: a number of hops, or addresses and networks. Default: none. */
  trustProxy?: number | readonly string[] | undefined
  /** Origins whose pages may call. Default: none. */
  corsOrigins?: readonly string[] | undefined
  limits?: Limits | undefined
  timeouts?: Partial<Timeouts> | undefined
}

/** Limits for slow peers, in milliseconds. */
export type Timeouts = {
  /** From the first byte, or the opened connection, to the end of the headers. */
  headersMs: number
  /** The same to the end of the request. */
  requestMs: number
  /** A socket without traffic for this long is closed, such as a stream that is not read. Pairing, the slowest answer, takes 15 s. */
  silenceMs: number
  /** Longer than the idle time of common load balancers (60 s): the server must not close a connection that a proxy begins to use. */
  keepAliveMs: number
}

const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000, silenceMs: 120_000, keepAliveMs: 65_000 }

/** Node checks the limits this many times within the shortest one; its default is each 30 s. */
const CHECKS = 4

/** The options with which Fastify must be made. */
export function fastifyNetworkOptions(options: NetworkOptions) {
  const { headersMs, requestMs, silenceMs, keepAliveMs } = { ...TIMEOUTS, ...options.timeouts }
  return {
    requestTimeout: requestMs,
    connectionTimeout: silenceMs,
    keepAliveTimeout: keepAliveMs,
    http: {
      headersTimeout: Math.min(headersMs, requestMs),
      connectionsCheckingInterval: Math.ceil(Math.min(headersMs, requestMs) / CHECKS),
    },
    trustProxy: trusted(options.trustProxy),
  }
}

function trusted(proxies: NetworkOptions['trustProxy']) {
  if (proxies === undefined) return false
  return typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : [...proxies]
}

/** Adds the security headers, CORS, and the limits that `authenticate` applies. */
export function registerNetwork(server: FastifyInstance, options: NetworkOptions): void {
  server.decorate('limits', keepLimits(options.limits ?? {}))
  addSecurityHeaders(server)
  allowOrigins(server, options.corsOrigins ?? [])
}
