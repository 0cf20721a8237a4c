import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One request as the server received it, byte for byte where it matters. */
export type Seen = { method: string; path: string; headers: IncomingMessage['headers']; body: string }

/** The answer to a request: a status and a body (JSON unless it is text), or a function on the socket. */
export type Act =
  | { status: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | ((request: IncomingMessage, response: ServerResponse) => void)

/** Evolution's error envelope. */
export function envelope(status: number, message: unknown): Act {
  return { status, json: { status, error: 'Error', response: { message } } }
}

/** Cuts the connection without an answer. */
export const reset: Act = (request) => request.socket.destroy()

/** Accepts the request and never answers. */
export const hang: Act = () => {}

/**
 * An HTTP server on loopback that follows a script: one answer for each request, the last one repeated. `seen` are
 * the requests, `connections` how many sockets were opened.
 */
export async function startScriptedServer(...script: Act[]): Promise<{
  url: string
  seen: Seen[]
  connections: () => number
  nextRequest: () => Promise<Seen>
  close: () => Promise<void>
}> {
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const waiting: ((request: Seen) => void)[] = []
  let connections = 0
  let next = 0

  const server = createServer(async (request, response) => {
    const act = script[Math.min(next++, script.length - 1)]
    let body = ''
    for await (const chunk of request) body += chunk
    const entry = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
    seen.push(entry)
    waiting.shift()?.(entry)
    if (act === undefined) throw new Error('the script has no act')
    if (typeof act === 'function') return act(request, response)
    response.writeHead(act.status, { 'content-type': 'application/json', ...act.headers })
    response.end(act.text ?? JSON.stringify(act.json))
  })
  server.on('connection', (socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    connections: () => connections,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
