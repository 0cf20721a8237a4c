import { readAddress, readKey } from './address.ts'

/** A connection to Evolution's websocket, which connects again until it is closed. */
export type EventSocket = {
  isConnected(): boolean
  /** Closes it; nothing is received afterwards. */
  close(): void
}

export type EventSocketOptions = {
  /** Evolution's address, as for `createEvolution`. */
  url: string
  /** Evolution's global key, sent in the header `apikey`. */
  apiKey: string
  /** Names of events as Evolution sends them, such as `messages.update`. */
  events: readonly string[]
  /** Receives the body of each event: that of the webhook without `destination`. Must not throw. */
  onEvent(body: unknown): void
  /** The connection began, ended or could not be made. `reason`: in the words of socket.io; contains no key. */
  onChange(change: { connected: boolean; reason: string | null }): void
}

/** The longest pause between two attempts; the first is one second. */
const LONGEST_PAUSE_MS = 30_000
const ANSWERS_WITHIN_MS = 10_000

/**
 * Connects to Evolution's websocket (socket.io 4 at `/socket.io/`). With WEBSOCKET_GLOBAL_EVENTS the root namespace receives every event
 * of every instance, at once. Nothing is repeated: what happens while it is not connected is missed.
 *
 * @throws TypeError for an address or a key that cannot work
 */
export async function openEventSocket(options: EventSocketOptions): Promise<EventSocket> {
  const { origin, basePath } = readAddress(options.url)
  // Loaded here, because most processes have no websocket.
  const { io } = await import('socket.io-client')
  const socket = io(origin, {
    path: `${basePath}/socket.io/`,
    extraHeaders: { apikey: readKey(options.apiKey) },
    // A connection of its own: two of one process share nothing.
    forceNew: true,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    timeout: ANSWERS_WITHIN_MS,
    reconnectionDelayMax: LONGEST_PAUSE_MS,
  })
  let isClosed = false
  const change = (connected: boolean, reason: string | null): void => {
    if (!isClosed) options.onChange({ connected, reason })
  }
  socket.on('connect', () => change(true, null))
  socket.on('connect_error', (error) => change(false, error.message))
  socket.on('disconnect', (reason) => {
    change(false, reason)
    // socket.io does not connect again after the server closed the connection.
    if (reason === 'io server disconnect' && !isClosed) socket.connect()
  })
  for (const event of options.events)
    socket.on(event, (body: unknown) => {
      if (!isClosed) options.onEvent(body)
    })
  return {
    isConnected: () => socket.connected,
    close() {
      isClosed = true
      socket.disconnect()
    },
  }
}
