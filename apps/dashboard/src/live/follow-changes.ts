import { codeOf } from '../api/failure.ts'
import type { FleetClient } from '../api/open-client.ts'
import { type Change, changesOf } from './known-fleet.ts'

/** What the stream of changes reports. `live`: open since now; read the list again. `lost`: interrupted. */
export type StreamNews =
  | { type: 'live' }
  | { type: 'lost' }
  | { type: 'changes'; changes: Change[] }
  | { type: 'refused'; error: unknown }

type Tell = (news: StreamNews) => void

/** A stream that was refused or ended is opened again after this. */
const REOPEN_MS = 2_000

/**
 * Follows the changes of the fleet until the returned function is called. The tabs of one session share one stream, because a
 * browser opens six HTTP/1.1 connections per host: the tab that holds a Web Lock reads the stream and passes it on over a
 * BroadcastChannel. Without a secure context there are no Web Locks: then each visible tab has a stream.
 */
export function followChanges(client: FleetClient, sessionId: string, tell: Tell): () => void {
  const canShare = 'locks' in navigator && 'BroadcastChannel' in globalThis
  return canShare ? shareStream(client, sessionId, tell) : streamWhileVisible(client, tell)
}

function openStream(client: FleetClient, tell: Tell): () => void {
  let subscription: { unsubscribe(): void } | null = null
  let reopening: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    subscription = client.instance.onChange.subscribe(
      {},
      {
        onStarted: () => tell({ type: 'live' }),
        onData: (event) => tell({ type: 'changes', changes: changesOf(event) }),
        onConnectionStateChange({ state, error }) {
          if (state === 'connecting' && error) tell({ type: 'lost' })
        },
        onError(error) {
          tell({ type: 'lost' })
          tell({ type: 'refused', error })
          if (codeOf(error) !== 'UNAUTHORIZED') reopening = setTimeout(open, REOPEN_MS)
        },
        onStopped: () => tell({ type: 'lost' }),
      },
    )
  }
  open()
  return () => {
    clearTimeout(reopening)
    subscription?.unsubscribe()
  }
}

function shareStream(client: FleetClient, sessionId: string, tell: Tell): () => void {
  const name = `zapfleet.changes.${sessionId}`
  const ended = new AbortController()
  const channel = new BroadcastChannel(name)
  ended.signal.addEventListener('abort', () => channel.close())
  let isLive = false
  channel.onmessage = ({ data }: MessageEvent<StreamNews | { type: 'hello' }>) => {
    if (data.type !== 'hello') tell(data)
  }
  const lead = () =>
    new Promise<void>((resolve) => {
      // A tab that opens later requests the present state.
      channel.onmessage = ({ data }: MessageEvent<StreamNews | { type: 'hello' }>) => {
        if (data.type === 'hello' && isLive) channel.postMessage({ type: 'live' })
      }
      const close = openStream(client, (news) => {
        if (ended.signal.aborted) return
        if (news.type === 'live') isLive = true
        if (news.type === 'lost') isLive = false
        tell(news)
        // An error is for the tab that received it; the others meet their own.
        if (news.type !== 'refused') channel.postMessage(news)
      })
      ended.signal.addEventListener('abort', () => {
        close()
        resolve()
      })
    })
  navigator.locks.request(name, { signal: ended.signal }, lead).catch(() => undefined)
  channel.postMessage({ type: 'hello' })
  return () => ended.abort()
}

function streamWhileVisible(client: FleetClient, tell: Tell): () => void {
  let close: (() => void) | null = null
  const follow = () => {
    if (document.hidden) {
      close?.()
      close = null
    } else close ??= openStream(client, tell)
  }
  follow()
  document.addEventListener('visibilitychange', follow)
  return () => {
    document.removeEventListener('visibilitychange', follow)
    close?.()
  }
}
