import type { FleetClient, FleetEvent, StreamState, WatchOptions } from '@zapfleet/client'

type Watch = (options: WatchOptions) => { stop(): void }

/** What the tab that reads the stream sends to the others, and what a tab sends when it opens. */
type Message =
  | { type: 'event'; event: FleetEvent }
  | { type: 'state'; state: Exclude<StreamState, 'ended'> }
  | { type: 'hello' }

/**
 * `watch`, shared by the tabs of one session, because a browser opens six HTTP/1.1 connections per host: the tab that holds a
 * Web Lock reads the stream and passes it on over a BroadcastChannel. Without a secure context there are no Web Locks: then
 * each visible tab has a stream.
 */
export function sharedWatch(client: FleetClient, sessionId: string): Watch {
  const canShare = 'locks' in navigator && 'BroadcastChannel' in globalThis
  return canShare
    ? (options) => watchTogether(client, `zapfleet.changes.${sessionId}`, options)
    : (options) => watchWhileVisible(client, options)
}

function watchTogether(client: FleetClient, name: string, options: WatchOptions): { stop(): void } {
  const stopped = new AbortController()
  const channel = new BroadcastChannel(name)
  stopped.signal.addEventListener('abort', () => channel.close())
  const post = (message: Message): void => channel.postMessage(message)

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === 'event') options.onEvent(data.event)
    if (data.type === 'state') options.onState?.(data.state, null)
  }
  const read = (): Promise<void> =>
    new Promise((resolve) => {
      let state: StreamState = 'connecting'
      // A tab that opens later requests the present state.
      channel.onmessage = ({ data }: MessageEvent<Message>) => {
        if (data.type === 'hello' && state === 'live') post({ type: 'state', state })
      }
      const stream = client.watch({
        onEvent(event) {
          options.onEvent(event)
          post({ type: 'event', event })
        },
        onState(next, error) {
          if (stopped.signal.aborted) return
          state = next
          // An error is for the tab that received it; another tab reads the stream next, and meets its own.
          post({ type: 'state', state: next === 'live' ? 'live' : 'connecting' })
          options.onState?.(next, error)
        },
      })
      stopped.signal.addEventListener('abort', () => {
        stream.stop()
        resolve()
      })
    })
  navigator.locks.request(name, { signal: stopped.signal }, read).catch(() => undefined)
  post({ type: 'hello' })
  return { stop: () => stopped.abort() }
}

function watchWhileVisible(client: FleetClient, options: WatchOptions): { stop(): void } {
  let stream: { stop(): void } | null = null
  const follow = (): void => {
    if (document.hidden) {
      stream?.stop()
      stream = null
    } else
      stream ??= client.watch({
        ...options,
        // A stream that stopped because its tab is hidden opens again.
        onState: (state, error) =>
          options.onState?.(state === 'ended' && error === null ? 'connecting' : state, error),
      })
  }
  follow()
  document.addEventListener('visibilitychange', follow)
  return {
    stop() {
      document.removeEventListener('visibilitychange', follow)
      stream?.stop()
    },
  }
}
