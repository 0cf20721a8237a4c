import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf, type Fleet, keyIdIn, type Log } from '@zapfleet/core'

/** The answer of `/health/ready`. */
export type Readiness = { ready: boolean } & Record<string, unknown>

/** The metrics at `/metrics`. `open`: readable without a key, else with a key that `mayRead` accepts. */
export type HealthMetrics = {
  contentType: string
  text(): Promise<string>
  open: boolean
  mayRead(key: string | null): Promise<boolean>
}

/** The HTTP server of this process. `close` also closes open connections. */
export type HealthServer = { address: string; close(): Promise<void> }

/**
 * Serves orchestrators without a key: `GET /health/live` is 200 while the process runs, `GET /health/ready` is 200 or 503 with the
 * details of `readiness`; and Prometheus at `GET /metrics`.
 *
 * @param where.port null: the default port of this program, or a free one where that is taken, with a warning
 * @throws Error with what to do when the named port cannot be used
 */
export async function listenForHealth(
  where: { program: string; host: string; port: number | null; defaultPort: number; variable: string },
  readiness: () => Promise<Readiness>,
  metrics: HealthMetrics,
  log: Log,
): Promise<HealthServer> {
  const { program, host, port, defaultPort, variable } = where
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (path !== '/health/live' && path !== '/health/ready' && path !== '/metrics')
      return answer(response, 404, { status: 'unknown_route' })
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response, 405, { status: 'method_not_allowed' })
    if (path === '/health/live') return answer(response, 200, { status: 'ok' })
    if (path === '/metrics') return void answerMetrics(request, response, metrics, log)
    readiness().then(
      ({ ready, ...details }) =>
        answer(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready', ...details }),
      (error) => {
        log.error({ err: error }, 'the readiness could not be read')
        answer(response, 503, { status: 'not_ready' })
      },
    )
  })
  try {
    await listen(server, host, port ?? defaultPort)
  } catch (error) {
    if (port !== null || codeOf(error) !== 'EADDRINUSE')
      throw new Error(listenProblem(error, { ...where, port: port ?? defaultPort }), { cause: error })
    await listen(server, host, 0)
    log.warn(
      { port: portOf(server) },
      `port ${defaultPort} is taken; the ${program} answers for its health on ${portOf(server)}. Name a port with ${variable}`,
    )
  }
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: HealthMetrics,
  log: Log,
): Promise<void> {
  try {
    if (!metrics.open && !(await metrics.mayRead(presentedKey(request)))) {
      response.setHeader('www-authenticate', 'Bearer')
      return answer(response, 401, { status: 'unauthorized', reason: NEEDS_KEY })
    }
    const text = await metrics.text()
    response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' })
    response.end(text)
  } catch (error) {
    log.error({ err: error }, 'the metrics could not be read')
    answer(response, 503, { status: 'not_ready' })
  }
}

const NEEDS_KEY =
  'The figures need a key of role viewer or admin that is not bound to pools, as Authorization: Bearer <key>. They are open where the process listens on this machine alone, and with METRICS_OPEN=true.'

function presentedKey({ headers }: IncomingMessage): string | null {
  const own = headers['x-api-key']
  if (typeof own === 'string' && own !== '') return own
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify(body))
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code
}

function listenProblem(
  error: unknown,
  {
    host,
    port,
    defaultPort,
    variable,
  }: { host: string; port: number; defaultPort: number; variable: string },
): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Choose a free one with ${variable}, for instance ${variable}=${port + 1}.`
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023 with ${variable}, for instance ${variable}=${defaultPort}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (every address).`
    default:
      return error instanceof Error ? error.message : String(error)
  }
}

/** Whether a key of the database has the role viewer or admin, and is not bound to pools. False before the fleet is open. */
export async function mayRead(fleet: Fleet | null, key: string | null): Promise<boolean> {
  const id = key === null ? null : keyIdIn(key)
  if (fleet === null || key === null || id === null) return false
  const holder = await fleet.keys.find(id, digestOf(key))
  return holder !== null && holder.role !== 'bot' && holder.pools === undefined
}

/** Whether only this machine reaches a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
