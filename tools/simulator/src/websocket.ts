import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { Socket } from 'socket.io'
import type { Instance } from './instance.ts'
import type { WebsocketOptions } from './options.ts'
import type { World } from './world.ts'

/** Evolution's websocket: socket.io 4 at `/socket.io/`. */
export type Websocket = {
  /** Whether a client could receive this event. The namespace of an instance exists from its first event on. */
  wants(instance: Instance, event: string): boolean
  /** Sends an event to the root namespace and to that of the instance. Nothing is kept for clients that are not connected. */
  send(instance: Instance, event: string, word: string, content: object): void
  count(): number
  /** Closes every connection. */
  drop(): void
  /** Closes every connection and forgets which namespaces exist. */
  restart(): void
  end(): void
}

/** A connection below the namespaces. */
type Transport = { close(discard?: boolean): void; once(event: 'close', act: () => void): void }

/** Attaches the websocket to the HTTP server. socket.io is loaded only here, because most simulators have no websocket. */
export async function openWebsocket(
  server: HttpServer,
  world: World,
  { globalEvents, allowedHosts }: Required<WebsocketOptions>,
): Promise<Websocket> {
  const { Server } = await import('socket.io')
  const io = new Server(server, {
    path: '/socket.io/',
    serveClient: false,
    // Without it a namespace would outlive a restart of Evolution.
    cleanupEmptyChildNamespaces: true,
    cors: { origin: '*' },
    allowRequest: (request, answer) => {
      if (world.hanging) return
      const refusal = refusalOf(world, request, allowedHosts)
      answer(refusal, refusal === null)
    },
  })
  const transports = new Set<Transport>()
  io.engine.on('connection', (transport: Transport) => {
    transports.add(transport)
    transport.once('close', () => transports.delete(transport))
  })

  const existing = new Set<string>()
  const listeners = new Map<string, Set<Socket>>()
  // "Invalid namespace" for others: socket.io does not retry it.
  io.of((namespace, _auth, decide) => decide(null, existing.has(namespace.slice(1)))).on(
    'connection',
    (socket: Socket) => {
      const name = socket.nsp.name.slice(1)
      const sockets = listeners.get(name) ?? new Set()
      listeners.set(name, sockets.add(socket))
      socket.once('disconnect', () => sockets.delete(socket))
    },
  )

  const subscribes = ({ websocket }: Instance, event: string) =>
    websocket?.enabled === true && websocket.events.includes(event)
  const drop = () => {
    for (const transport of transports) transport.close(true)
  }
  return {
    wants: (instance, event) => globalEvents || subscribes(instance, event),
    send(instance, event, word, content) {
      if (globalEvents) io.emit(word, content)
      if (!subscribes(instance, event)) return
      existing.add(instance.name)
      for (const socket of listeners.get(instance.name) ?? []) socket.emit(word, content)
    },
    count: () => transports.size,
    drop,
    restart() {
      existing.clear()
      drop()
    },
    end() {
      drop()
      io.engine.close()
    },
  }
}

/** Why a connection is refused, or null. Allowed peers need no key; others the global key or the token of any instance. */
function refusalOf(world: World, request: IncomingMessage, allowedHosts: readonly string[]): string | null {
  if (allowedHosts.includes(request.socket.remoteAddress ?? '')) return null
  const query = new URL(request.url ?? '/', 'http://simulator').searchParams
  const key = query.get('apikey') || request.headers.apikey
  if (typeof key !== 'string' || key === '') return 'apiKey is required'
  const isToken = [...world.instances.values()].some(({ token }) => token === key)
  return key === world.options.apiKey || isToken ? null : 'Invalid global token'
}
