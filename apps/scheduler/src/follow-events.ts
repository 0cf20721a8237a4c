import { once } from 'node:events'
import {
  type Fleet,
  type KnownServer,
  type Log,
  MESSAGE_EVENTS,
  readMessageEvents,
  takeServerEvents,
} from '@zapfleet/core'
import { openEventSocket } from '@zapfleet/evolution'

/** The names under which the websocket sends events about messages. */
const EVENTS = MESSAGE_EVENTS.map((name) => name.toLowerCase().replaceAll('_', '.'))

/**
 * Takes the events about messages from the websocket of a server until `signal` aborts. One process does it, so that each event is stored
 * once; another one would change nothing. A connection that is lost is opened again; what happens meanwhile is missed. Never rejects.
 */
export async function followEvents(
  fleet: Fleet,
  signal: AbortSignal,
  { server: { name: server, url, apiKey }, log }: { server: KnownServer; log: Log },
): Promise<void> {
  let wasConnected: boolean | null = null
  try {
    const socket = await openEventSocket({
      url,
      apiKey,
      events: EVENTS,
      onEvent(body) {
        const events = readMessageEvents(body)
        if (events !== null) takeServerEvents(fleet, server, 'websocket', events)
      },
      onChange({ connected, reason }) {
        // One line for each change: while Evolution is away, each attempt fails alike.
        if (connected === wasConnected) return
        wasConnected = connected
        if (connected)
          log.info({ server }, 'the websocket of Evolution is connected; outcomes of messages arrive by it')
        else
          log.warn(
            { server, reason },
            'the websocket of Evolution is not connected: set WEBSOCKET_ENABLED and WEBSOCKET_GLOBAL_EVENTS on Evolution, or unset EVOLUTION_WEBSOCKET here',
          )
      },
    })
    if (!signal.aborted) await once(signal, 'abort')
    socket.close()
  } catch (error) {
    log.error({ server, err: error }, 'the websocket of Evolution could not be opened')
  }
}
