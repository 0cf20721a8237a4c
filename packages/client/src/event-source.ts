import { createParser } from 'eventsource-parser'
import { type Call, failureOf, NoAnswer, refusal, StrangeAnswer } from './failure.ts'
import { FleetError, type FleetErrorCode } from './fleet-error.ts'
import { newId } from './new-id.ts'
import type { Settings } from './options.ts'
import { pause } from './pause.ts'

/** What listeners get: a message, or, for `error`, the FleetError that ended a connection. */
type Notice = { type: string; data: string; lastEventId: string } | FleetError

/** The part of the browsers' EventSource that tRPC's httpSubscriptionLink uses. */
type EventSourceLike = {
  readonly CONNECTING: number
  readonly OPEN: number
  readonly CLOSED: number
  readyState: number
  addEventListener(type: string, listener: (event: never) => void): void
  removeEventListener(type: string, listener: (event: never) => void): void
  close(): void
}

const CONNECTING = 0
const OPEN = 1
const CLOSED = 2

/** A connection attempt ends after this without the head of a response. */
const CONNECT_MS = 15_000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
/** The server's limits of streams end within seconds: a longer wait is a clock of this machine that is behind. */
const LONGEST_LIMIT_MS = 10_000

/** After these errors the stream reconnects; any other ends it. */
const RECONNECTS_AFTER: ReadonlySet<FleetErrorCode> = new Set<FleetErrorCode>([
  'UNREACHABLE',
  'TIMEOUT',
  'OVERLOADED',
  'DATABASE_UNAVAILABLE',
  'RATE_LIMITED',
  'UNEXPECTED',
])

/**
 * An EventSource over `fetch`; tRPC's httpSubscriptionLink calls it with `new`. The one of browsers sends no header and ends
 * at the first 503. This one sends the key in a header, reconnects with growing pauses after every error that may pass, and
 * continues after the last event id that it received.
 */
export function eventSourceOf(settings: Settings): new (url: string) => EventSourceLike {
  // A constructor that returns an object makes that object.
  return function FleetEventSource(url: string) {
    return openEventSource(settings, url)
  } as unknown as new (
    url: string,
  ) => EventSourceLike
}

function openEventSource(settings: Settings, url: string): EventSourceLike {
  const listeners = new Map<string, Set<(notice: Notice) => void>>()
  const closed = new AbortController()
  const notify = (type: string, notice: Notice): void => {
    if (closed.signal.aborted) return
    for (const listener of listeners.get(type) ?? []) listener(notice)
  }
  const source: EventSourceLike = {
    CONNECTING,
    OPEN,
    CLOSED,
    readyState: CONNECTING,
    addEventListener(type, listener) {
      listeners.set(type, (listeners.get(type) ?? new Set()).add(listener as (notice: Notice) => void))
    },
    removeEventListener(type, listener) {
      listeners.get(type)?.delete(listener as (notice: Notice) => void)
    },
    close() {
      source.readyState = CLOSED
      closed.abort()
    },
  }
  void keepConnected(settings, url, { source, notify, signal: closed.signal })
  return source
}

type Stream = { source: EventSourceLike; notify(type: string, notice: Notice): void; signal: AbortSignal }

/** Connects until the source is closed or refused for good. */
async function keepConnected(
  settings: Settings,
  url: string,
  { source, notify, signal }: Stream,
): Promise<void> {
  let lastEventId = ''
  let failures = 0
  const onEvent = (event: { event?: string | undefined; data: string; id?: string | undefined }): void => {
    failures = 0
    lastEventId = event.id ?? lastEventId
    const type = event.event ?? 'message'
    notify(type, { type, data: event.data, lastEventId })
  }
  const onOpen = (): void => {
    source.readyState = OPEN
  }
  while (!signal.aborted) {
    const error = await readConnection(settings, url, { lastEventId, onOpen, onEvent, signal })
    if (signal.aborted) return
    const reconnects = RECONNECTS_AFTER.has(error.code)
    source.readyState = reconnects ? CONNECTING : CLOSED
    notify('error', error)
    if (!reconnects) return
    await pause(waitMs(error, failures++), signal)
  }
}

type Connection = {
  lastEventId: string
  onOpen(): void
  onEvent(event: { event?: string | undefined; data: string; id?: string | undefined }): void
  signal: AbortSignal
}

/** Reads one connection to its end. Returns why it ended. */
async function readConnection(
  settings: Settings,
  url: string,
  { lastEventId, onOpen, onEvent, signal }: Connection,
): Promise<FleetError> {
  const requestId = newId()
  const call: Call = { procedure: procedureOf(url), server: settings.server, requestId }
  const connection = new AbortController()
  const giveUp = (): void => connection.abort()
  signal.addEventListener('abort', giveUp)
  const timer = setTimeout(() => connection.abort(new DOMException('no answer', 'TimeoutError')), CONNECT_MS)
  try {
    const response = await settings.fetch(url, {
      headers: {
        accept: 'text/event-stream',
        'x-api-key': await settings.apiKey(),
        'x-request-id': requestId,
        ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }),
      },
      signal: connection.signal,
    })
    const kind = response.headers.get('content-type') ?? ''
    if (!response.ok || !kind.startsWith('text/event-stream')) return await readRefusal(response, call)
    clearTimeout(timer)
    onOpen()
    await readEvents(response, onEvent)
    return new FleetError('UNREACHABLE', `${call.procedure}: ${call.server} ended the stream.`, call)
  } catch (error) {
    return failureOf(connection.signal.aborted ? connection.signal.reason : new NoAnswer(error), call)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    connection.abort()
  }
}

async function readEvents(response: Response, onEvent: Connection['onEvent']): Promise<void> {
  const parser = createParser({ onEvent })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parser.feed(decoder.decode(part.value, { stream: true }))
  }
}

async function readRefusal(response: Response, call: Call): Promise<FleetError> {
  const kind = response.headers.get('content-type') ?? ''
  if (!/\bjson\b/.test(kind)) {
    await response.body?.cancel()
    return failureOf(new StrangeAnswer(response.status), call)
  }
  const { error } = (await response.json()) as { error?: Parameters<typeof refusal>[0] }
  return error?.data?.fleet ? refusal(error, call) : failureOf(new StrangeAnswer(response.status), call)
}

/** The pause doubles with each failure and is drawn from its upper half. It does not end before `availableAt`, up to ten seconds. */
function waitMs(error: FleetError, failures: number): number {
  const limitMs = error.availableAt === null ? 0 : error.availableAt.getTime() - Date.now()
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)
  return Math.min(LONGEST_LIMIT_MS, Math.max(0, limitMs)) + longest * (0.5 + Math.random() / 2)
}

function procedureOf(url: string): string {
  return url.split('?')[0]?.split('/').at(-1) ?? ''
}
