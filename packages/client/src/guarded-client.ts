import {
  type Operation,
  type OperationResultEnvelope,
  type TRPCClientError,
  type TRPCLink,
  type TRPCRequestOptions,
  TRPCUntypedClient,
} from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { isLarge, isPostable, isSlow } from './call-policy.ts'
import { assertJson, callOf, carryOut, type LastLink, type Transport } from './carry-out.ts'
import { type Call, failureOf } from './failure.ts'
import type { Settings } from './options.ts'
import { openRandom } from './retry-wait.ts'
import type { FleetRouter } from './router.ts'

/** The last links: one request for each call, the same by POST, one request for a batch, and streams of events. */
export type LastLinks = {
  alone: TRPCLink<FleetRouter>
  posted: TRPCLink<FleetRouter>
  together: TRPCLink<FleetRouter>
  stream: TRPCLink<FleetRouter>
}

/**
 * tRPC's client with a timeout for each call, retries where they are safe, and FleetError as the only error. Calls go directly
 * to the last link: for many small calls, tRPC's chain would cost more than everything else here.
 */
export class GuardedClient extends TRPCUntypedClient<FleetRouter> {
  readonly #transport: Transport
  #calls = 0

  constructor(settings: Settings, links: LastLinks) {
    super({ links: [guardStreams(settings), links.stream] })
    const alone = links.alone(this.runtime)
    const posted = links.posted(this.runtime)
    const together = links.together(this.runtime)
    const linkOf = ({ path, type, input }: Operation): LastLink => {
      if (isLarge(type, input)) return isPostable(type, path) ? posted : alone
      return !settings.batch || isSlow(path) ? alone : together
    }
    this.#transport = { settings, random: openRandom(), linkOf }
  }

  override query(path: string, input?: unknown, options?: TRPCRequestOptions): Promise<unknown> {
    return this.#call('query', path, input, options)
  }

  override mutation(path: string, input?: unknown, options?: TRPCRequestOptions): Promise<unknown> {
    return this.#call('mutation', path, input, options)
  }

  #call(type: 'query' | 'mutation', path: string, input: unknown, options: TRPCRequestOptions = {}) {
    const { context = {}, signal } = options
    return carryOut(this.#transport, { id: ++this.#calls, type, path, input, context, signal })
  }
}

type Envelope = OperationResultEnvelope<unknown, TRPCClientError<FleetRouter>>

/**
 * Turns every error of a subscription into a FleetError, also those before a reconnection. What the caller's listeners throw ends no
 * stream: it is thrown apart, as an error of the caller's program.
 */
function guardStreams(settings: Settings): TRPCLink<FleetRouter> {
  return () =>
    ({ op, next }) => {
      assertJson(op, settings)
      return observable((observer) =>
        next(op).subscribe({
          next: (envelope) => apart(() => observer.next(withFleetError(envelope, callOf(op, settings)))),
          error: (error) => apart(() => observer.error(failureOf(error, callOf(op, settings)))),
          complete: () => apart(() => observer.complete()),
        }),
      )
    }
}

function apart(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

function withFleetError(envelope: Envelope, call: Call): Envelope {
  const { result } = envelope
  if (result.type !== 'state' || result.error === null) return envelope
  return { ...envelope, result: { ...result, error: failureOf(result.error, call) } as typeof result }
}
