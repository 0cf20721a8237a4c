import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '@zapfleet/core'

/** Where the scheduler answers when nobody named a port. */
const DEFAULT_PORT = 3334

/** What `/health/ready` says, beside whether it is ready. */
export type Readiness = { ready: boolean } & Record<string, unknown>

/** What `/metrics` says, and to whom: `open` to everybody, else to whom `mayRead` lets by the key that was sent. */
export type SchedulerFigures = {
  contentType: string
  text(): Promise<string>
  open: boolean
  mayRead(key: string | null): Promise<boolean>
}

/** A listener that answers for this process. `close` also ends open connections. */
export type HealthServer = { address: string; close(): Promise<void> }

/**
 * Listens for orchestrators, who need no key: `GET /health/live` is 200 while the process runs, `GET /health/ready` is 200
 * or 503 with the details of `readiness`; and for Prometheus at `GET /metrics`.
 *
 * @param port null: 3334, or a free one where that is taken, with a warning
 * @throws Error that says what to do when a port that was named cannot be had
 */
export async function listenForHealth(
  where: { host: string; port: number | null },
  readiness: () => Promise<Readiness>,
  figures: SchedulerFigures,
  log: Log,
): Promise<HealthServer> {
  const { host, port } = where
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (path !== '/health/live' && path !== '/health/ready' && path !== '/metrics')
      return answer(response, 404, { status: 'unknown_route' })
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response, 405, { status: 'method_not_allowed' })
    if (path === '/health/live') return answer(response, 200, { status: 'ok' })
    if (path === '/metrics') return void answerFigures(request, response, figures, log)
    readiness().then(
      ({ ready, ...details }) =>
        answer(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not_ready', ...details }),
      (error) => {
        log.error({ err: error }, 'the readiness could not be told')
        answer(response, 503, { status: 'not_ready' })
      },
    )
  })
  try {
    await listen(server, host, port ?? DEFAULT_PORT)
  } catch (error) {
    if (port !== null || codeOf(error) !== 'EADDRINUSE')
      throw new Error(listenProblem(error, host, port ?? DEFAULT_PORT), { cause: error })
    await listen(server, host, 0)
    log.warn(
      { port: portOf(server) },
      `port ${DEFAULT_PORT} is taken; the scheduler answers for its health on ${portOf(server)}. Name a port with SCHEDULER_PORT`,
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

async function answerFigures(
  request: IncomingMessage,
  response: ServerResponse,
  figures: SchedulerFigures,
  log: Log,
): Promise<void> {
  try {
    if (!figures.open && !(await figures.mayRead(presentedKey(request)))) {
      response.setHeader('www-authenticate', 'Bearer')
      return answer(response, 401, { status: 'unauthorized', reason: NEEDS_KEY })
    }
    const text = await figures.text()
    response.writeHead(200, { 'content-type': figures.contentType, 'cache-control': 'no-store' })
    response.end(text)
  } catch (error) {
    log.error({ err: error }, 'the figures could not be told')
    answer(response, 503, { status: 'not_ready' })
  }
}

const NEEDS_KEY =
  'The figures need a key of role viewer or admin, as Authorization: Bearer <key>. They are open where the scheduler listens on this machine alone, and with METRICS_OPEN=true.'

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

function listenProblem(error: unknown, host: string, port: number): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Choose a free one with SCHEDULER_PORT, for instance SCHEDULER_PORT=${port + 1}.`
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023 with SCHEDULER_PORT, for instance SCHEDULER_PORT=${DEFAULT_PORT}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (everybody).`
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
