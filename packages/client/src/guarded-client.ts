import {
  type Operation,
  type OperationResultEnvelope,
  type TRPCClientError,
  type TRPCLink,
  type TRPCRequestOptions,
  TRPCUntypedClient,
} from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { isLarge, isSlow } from './call-policy.ts'
import { callOf, carryOut, type Transport } from './carry-out.ts'
import { type Call, failureOf } from './failure.ts'
import type { Settings } from './options.ts'
import { openRandom } from './retry-wait.ts'
import type { FleetRouter } from './router.ts'

/** The last links: one request for each call, one request for a batch, and streams of events. */
export type LastLinks = {
  alone: TRPCLink<FleetRouter>
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
    const together = links.together(this.runtime)
    const goesAlone = ({ path, type, input }: Operation): boolean =>
      !settings.batch || isSlow(path) || isLarge(type, input)
    this.#transport = { settings, random: openRandom(), linkOf: (op) => (goesAlone(op) ? alone : together) }
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

/** Turns every error of a subscription into a FleetError, also those before a reconnection. */
function guardStreams(settings: Settings): TRPCLink<FleetRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) =>
        next(op).subscribe({
          next: (envelope) => observer.next(withFleetError(envelope, callOf(op, settings))),
          error: (error) => observer.error(failureOf(error, callOf(op, settings))),
          complete: () => observer.complete(),
        }),
      )
}

function withFleetError(envelope: Envelope, call: Call): Envelope {
  const { result } = envelope
  if (result.type !== 'state' || result.error === null) return envelope
  return { ...envelope, result: { ...result, error: failureOf(result.error, call) } as typeof result }
}
