import {
  createTRPCClientProxy,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  type TRPCClient,
} from '@trpc/client'
import { eventSourceOf } from './event-source.ts'
import { NoAnswer, StrangeAnswer } from './failure.ts'
import { GuardedClient } from './guarded-client.ts'
import type { LiveOptions, LiveSource } from './live-options.ts'
import type { LiveFleet } from './live-update.ts'
import { LiveView } from './live-view.ts'
import { newId } from './new-id.ts'
import { type FleetClientOptions, readOptions, type Settings } from './options.ts'
import type { FleetRouter } from './router.ts'
import { type WatchOptions, watch } from './watch.ts'
import { type Fleet, type ServingInstance, type WithInstanceOptions, withInstance } from './with-instance.ts'

/** Calls in one HTTP request. The server's limits (1 MiB of body, 5,000 characters of a batch's path) allow more. */
const MOST_IN_A_BATCH = 64
/** A single input has up to 3,000. */
const LONGEST_URL_CHARS = 4_000

/**
 * Every procedure of zapfleet, typed: `fleet.message.send.mutate({ to, text })`, which sends one message, `fleet.instance.list.query()`,
 * `fleet.reservation.reserve.mutate({ contactId })`, `withInstance`, for programs that send themselves, `watch`, the stream of changes, and `live`, the list kept current by that stream.
 */
export type FleetClient = TRPCClient<FleetRouter> & {
  /**
   * Reserves a number, waits for its turn where `maxWaitMs` allows it, runs `act` with it, confirms when it returns, and returns its result.
   *
   * - `act` throws `notSent(cause)`: the reservation is released and another number is tried, up to `failover` times.
   * - `act` throws anything else: the message may have been sent. The reservation stays counted and the error is rethrown.
   *
   * @throws FleetError `NO_CAPACITY` (see `availableAt`), `NOT_SENT` (safe to repeat), `MAYBE_SENT` (not safe to
   * repeat), the errors of `reserve`, and those of `act`
   * @example
   * await fleet.withInstance({ contactId: number, failover: 2 }, (instance) =>
   *   evolution.sendText(instance, { number, text: 'Olá!' }),
   * )
   */
  withInstance<Result>(
    options: WithInstanceOptions,
    act: (instance: ServingInstance) => Result | Promise<Result>,
  ): Promise<Result>
  /**
   * Follows every change in the fleet over one connection, which reconnects and then sends what was missed. It ends by
   * `stop` or when the key is refused. Needs a key of a viewer or an admin.
   */
  watch(options: WatchOptions): {
    /** Ends the connection. */
    stop(): void
  }
  /**
   * Keeps the list of all numbers current: reads it, follows the stream of changes, and reads it again after each
   * interruption. Needs a key of a viewer or an admin. Ends by `close`, by `signal`, or when the key is refused.
   *
   * @example
   * const live = fleet.live({ signal })
   * for await (const update of live) console.log(update.type, live.snapshot.instances?.length)
   */
  live(options?: LiveOptions): LiveFleet
}

/**
 * A client of zapfleet. It opens no connection before the first call and needs no closing. Calls throw FleetError and nothing else.
 *
 * @throws FleetError `INVALID_INPUT` when an option is invalid
 */
export function createFleetClient(options: FleetClientOptions): FleetClient {
  const settings = readOptions(options)
  const request = {
    url: settings.url,
    fetch: fetchJson(settings),
    headers: async (sent: { op: Called } | { opList: readonly Called[] }) => {
      const requestId = newId()
      for (const { context } of 'op' in sent ? [sent.op] : sent.opList) context.requestId = requestId
      return { 'x-api-key': await settings.apiKey(), 'x-request-id': requestId }
    },
  }
  const guarded = new GuardedClient(settings, {
    alone: httpLink(request),
    posted: httpLink({ ...request, methodOverride: 'POST' }),
    together: httpBatchLink({ ...request, maxItems: MOST_IN_A_BATCH, maxURLLength: LONGEST_URL_CHARS }),
    stream: httpSubscriptionLink({ url: settings.url, EventSource: eventSourceOf(settings) }),
  })
  const calls: TRPCClient<FleetRouter> = createTRPCClientProxy(guarded)
  const fleet: Fleet = { calls, quickMs: settings.timeouts.quickMs }
  const own: Pick<FleetClient, 'withInstance' | 'watch' | 'live'> = {
    withInstance: (wanted, act) => withInstance(fleet, wanted, act),
    watch: (options) => watch(calls, options),
    live: (options = {}) => {
      const source: LiveSource = {
        list: (call) => calls.instance.list.query({}, call),
        watch: own.watch,
      }
      return new LiveView(source, options)
    },
  }
  // A proxy over tRPC's proxy, which has no properties to copy.
  return new Proxy(calls as FleetClient, {
    get: (target, key) => Reflect.get(Object.hasOwn(own, key) ? own : target, key),
  })
}

type Called = { context: Record<string, unknown> }

/** A `fetch` for JSON alone: throws NoAnswer without an answer, and StrangeAnswer for one without JSON. */
function fetchJson(settings: Settings) {
  return async (url: Parameters<typeof fetch>[0], init?: object): Promise<Response> => {
    const response = await settings.fetch(url, init).catch((cause: unknown) => {
      throw new NoAnswer(cause)
    })
    const kind = response.headers.get('content-type') ?? ''
    if (/\bjson\b/.test(kind)) return response
    await response.body?.cancel()
    throw new StrangeAnswer(response.status)
  }
}
