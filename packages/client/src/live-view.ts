import { aborted } from './failure.ts'
import type { FleetError, FleetErrorCode } from './fleet-error.ts'
import { type Change, KnownNumbers } from './known-numbers.ts'
import type { LiveOptions, LiveSource } from './live-options.ts'
import {
  type LiveFleet,
  type LiveSnapshot,
  type LiveState,
  type LiveUpdate,
  updatesOf,
} from './live-update.ts'
import type { Instance } from './router.ts'
import type { FleetEvent, StreamState } from './watch.ts'

const REFRESH_MS = 30_000
const RETRY_MS = 5_000
/** Errors that end a view. After any other the API may answer again. */
const FINAL: readonly FleetErrorCode[] = ['UNAUTHORIZED', 'FORBIDDEN']

/** `LiveFleet` over a list and a stream. */
export class LiveView implements LiveFleet {
  readonly ready: Promise<void>

  readonly #source: LiveSource
  readonly #options: LiveOptions
  readonly #closed = new AbortController()
  readonly #listeners = new Set<(update: LiveUpdate) => void>()
  #onReady!: { resolve(): void; reject(error: FleetError): void }

  #known: KnownNumbers | null = null
  #snapshot: LiveSnapshot | null = null
  #state: LiveState = 'connecting'
  #error: FleetError | null = null
  #asOf: Date | null = null

  #stream: { stop(): void } | null = null
  #isOpen = false
  /** How often the stream opened. */
  #openings = 0
  #reopening: ReturnType<typeof setTimeout> | undefined

  #reading: Promise<void> | null = null
  #readAfter: Promise<void> | null = null
  /** Changes during a read: the list that arrives may be older. */
  #meanwhile: Change[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(source: LiveSource, options: LiveOptions) {
    this.#source = source
    this.#options = options
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = { resolve, reject }
    })
    // A caller that does not wait for it gets the error from the snapshot.
    this.ready.catch(() => {})
    const { signal } = options
    if (signal?.aborted) {
      this.close()
      return
    }
    signal?.addEventListener('abort', () => this.close(), { signal: this.#closed.signal })
    this.#openStream()
    // A stream that opens or fails at once has begun a read.
    if (this.#reading !== null) return
    const { streamFirstMs = 0 } = options
    if (streamFirstMs > 0) this.#timer = setTimeout(() => void this.refresh(), streamFirstMs)
    else void this.refresh()
  }

  get snapshot(): LiveSnapshot {
    this.#snapshot ??= {
      instances: this.#known?.inOrder() ?? null,
      state: this.#state,
      asOf: this.#asOf,
      error: this.#error,
    }
    return this.#snapshot
  }

  subscribe(listener: (update: LiveUpdate) => void): () => void {
    // The same function may subscribe twice.
    const own = (update: LiveUpdate): void => listener(update)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  refresh(): Promise<void> {
    if (this.#state === 'ended') return Promise.resolve()
    if (this.#reading === null) return this.#read()
    // The list on its way may be older than this call.
    this.#readAfter ??= this.#reading.then(() => {
      this.#readAfter = null
      if (this.#state === 'ended') return
      // A caller that waited for the first list may have begun a read already.
      return this.#reading ?? this.#read()
    })
    return this.#readAfter
  }

  apply(name: string, instance: Instance | null): void {
    if (this.#state === 'ended') return
    this.#change({ kind: 'number', name, instance })
    if (this.#known !== null) this.#notify({ type: 'list', instances: this.snapshot.instances ?? [] })
  }

  close(): void {
    this.#end(null)
  }

  [Symbol.asyncIterator](): AsyncGenerator<LiveUpdate, void> {
    return updatesOf(this)
  }

  #openStream(): void {
    const opened = (this.#options.watch ?? this.#source.watch)({
      onEvent: (event) => this.#onEvent(event),
      onState: (state, error) => this.#onStream(state, error),
    })
    // It may have been refused before it was returned.
    if (this.#state === 'ended') opened.stop()
    else this.#stream = opened
  }

  #onStream(state: StreamState, error: FleetError | null): void {
    if (this.#state === 'ended') return
    if (state === 'live') {
      this.#isOpen = true
      this.#openings++
      void this.refresh()
      return
    }
    const wasOpen = this.#isOpen
    this.#isOpen = false
    if (error !== null && FINAL.includes(error.code)) {
      this.#end(error)
      return
    }
    if (wasOpen || error !== null) this.#lose(error)
    if (this.#known === null && error !== null && this.#reading === null) void this.refresh()
    if (state === 'ended') {
      clearTimeout(this.#reopening)
      this.#reopening = setTimeout(() => this.#openStream(), this.#retryMs())
    }
  }

  #onEvent(event: FleetEvent): void {
    if (this.#state === 'ended') return
    if (event.type === 'counters') {
      for (const instance of event.instances)
        this.#change({ kind: 'counters', name: instance.name, instance })
      this.#notify({ type: 'event', event, previous: null })
      return
    }
    const { name } = event.instance
    const previous = this.#known?.get(name) ?? null
    this.#change({ kind: 'number', name, instance: event.type === 'deleted' ? null : event.instance })
    this.#notify({ type: 'event', event, previous })
  }

  #change(change: Change): void {
    if (this.#reading !== null) this.#meanwhile.push(change)
    this.#known?.apply(change)
    this.#snapshot = null
  }

  #read(): Promise<void> {
    // Only a list that was requested while the stream was open has no gap before the stream's events.
    const opening = this.#isOpen ? this.#openings : null
    this.#meanwhile = []
    const { context = {} } = this.#options
    this.#reading = this.#source
      .list({ signal: this.#closed.signal, context: { ...context } })
      .then(
        (list) => this.#replace(list, opening),
        (error: FleetError) => this.#onFailedRead(error),
      )
      .finally(() => {
        this.#reading = null
        this.#schedule()
      })
    return this.#reading
  }

  #replace(list: Instance[], opening: number | null): void {
    if (this.#state === 'ended') return
    this.#known = new KnownNumbers(list)
    for (const change of this.#meanwhile) this.#known.apply(change)
    this.#snapshot = null
    this.#asOf = new Date()
    this.#notify({ type: 'list', instances: this.snapshot.instances ?? [] })
    this.#onReady.resolve()
    if (this.#isOpen && opening === this.#openings) this.#become('live', null)
    else if (this.#state === 'lost') this.#become('polling', this.#error)
  }

  #onFailedRead(error: FleetError): void {
    if (this.#state === 'ended') return
    this.#onReady.reject(error)
    if (FINAL.includes(error.code)) this.#end(error)
    else this.#lose(error)
  }

  #lose(error: FleetError | null): void {
    if (this.#state === 'live') this.#asOf = new Date()
    this.#become('lost', error)
    this.#schedule()
  }

  #become(state: LiveState, error: FleetError | null): void {
    if (state === this.#state && error === this.#error) return
    this.#state = state
    this.#error = error
    this.#snapshot = null
    this.#notify({ type: 'state', state, error })
  }

  /** Plans the next periodic read. */
  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#state === 'ended') return
    const ms = this.#state === 'live' ? (this.#options.refreshMs ?? REFRESH_MS) : this.#retryMs()
    this.#timer = setTimeout(() => {
      if (this.#options.isIdle?.()) this.#schedule()
      else void this.refresh()
    }, ms)
  }

  #retryMs(): number {
    return this.#options.retryMs ?? RETRY_MS
  }

  #end(error: FleetError | null): void {
    if (this.#state === 'ended') return
    if (this.#state === 'live') this.#asOf = new Date()
    this.#become('ended', error)
    this.#onReady.reject(error ?? aborted({ procedure: 'instance.list', server: '', requestId: null }))
    clearTimeout(this.#timer)
    clearTimeout(this.#reopening)
    this.#closed.abort()
    this.#stream?.stop()
  }

  #notify(update: LiveUpdate): void {
    // Events before the first list are part of it.
    if (update.type === 'event' && this.#known === null) return
    for (const listener of [...this.#listeners]) {
      try {
        listener(update)
      } catch (error) {
        // As EventTarget does: an error of one listener is none of the others.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
