import { EventEmitter, once } from 'node:events'

/** One event as sent. `id` is '' where the server clears it, and null where it sends none. */
// biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of the events
export type WireEvent = { event: string; id: string | null; data: any }

/** An open `instance.onChange`, or another stream, read as events arrive. */
export type EventStream = {
  wire: WireEvent[]
  /** The stored changes so far: the events that tRPC tracks. */
  changes(): { id: string; type: string; name: string; status: string }[]
  /** Waits until so many changes have arrived. */
  untilChanges(count: number, timeoutMs?: number): Promise<void>
  /** Resolves when either side has closed the connection. */
  ended: Promise<void>
  close(): void
}

/**
 * Subscribes like a program without a library: a GET, the key in a header, the last id in the input or, as an
 * EventSource sends it, in a header. Throws with status and body when the answer is no stream.
 */
export async function openStream(
  address: string,
  how: { key: string; lastEventId?: string; lastEventIdHeader?: string; procedure?: string },
): Promise<EventStream> {
  const input = how.lastEventId === undefined ? {} : { lastEventId: how.lastEventId }
  const abort = new AbortController()
  const response = await fetch(
    `${address}/trpc/${how.procedure ?? 'instance.onChange'}?input=${encodeURIComponent(JSON.stringify(input))}`,
    {
      signal: abort.signal,
      headers: {
        'x-api-key': how.key,
        accept: 'text/event-stream',
        ...(how.lastEventIdHeader === undefined ? {} : { 'last-event-id': how.lastEventIdHeader }),
      },
    },
  )
  if (response.status !== 200 || response.body === null)
    throw new Error(`no stream: ${response.status} ${await response.text()}`)
  const wire: WireEvent[] = []
  const arrivals = new EventEmitter()
  const ended = readWire(response.body, (event) => {
    wire.push(event)
    arrivals.emit('event')
  }).catch(() => {})
  const until = async (isSo: () => boolean, timeoutMs: number, what: () => string): Promise<void> => {
    const limit = AbortSignal.timeout(timeoutMs)
    while (!isSo()) {
      await once(arrivals, 'event', { signal: limit }).catch(() => {
        throw new Error(`${what()} within ${timeoutMs} ms`)
      })
    }
  }
  // The first bytes show that the stream has started.
  await until(
    () => wire.length > 0,
    60_000,
    () => 'the stream did not begin',
  )
  const changes = () =>
    wire
      .filter((one) => one.event === 'message' && one.id !== null && one.id !== '')
      .map(({ id, data }) => ({
        id: String(id),
        type: data.type,
        name: data.instance.name,
        status: data.instance.status,
      }))
  return {
    wire,
    changes,
    ended,
    untilChanges: (count, timeoutMs = 60_000) =>
      until(
        () => changes().length >= count,
        timeoutMs,
        () => `${changes().length} of ${count} changes came`,
      ),
    close: () => abort.abort(),
  }
}

async function readWire(
  body: ReadableStream<Uint8Array>,
  arrived: (event: WireEvent) => void,
): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .filter((line) => line.includes(':'))
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      if (fields.size === 0) continue
      const text = fields.get('data') ?? ''
      arrived({
        event: fields.get('event') ?? 'message',
        id: fields.get('id') ?? null,
        data: text === '' ? null : JSON.parse(text),
      })
    }
  }
}
