import {
  type Operation,
  type OperationResultEnvelope,
  type TRPCClientError,
  type TRPCLink,
  type TRPCRequestOptions,
  TRPCUntypedClient,
} from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { isLarge, waitsForEvolution } from './call-policy.ts'
import { callOf, carryOut, type Transport } from './carry-out.ts'
import { type Call, failureOf } from './failure.ts'
import type { Settings } from './options.ts'
import { openChance } from './patience.ts'
import type { FleetRouter } from './router.ts'

/** The links by which calls leave: each in a request of its own, those of a moment in one, and streams of events. */
export type Ways = {
  alone: TRPCLink<FleetRouter>
  together: TRPCLink<FleetRouter>
  stream: TRPCLink<FleetRouter>
}

/**
 * tRPC's client, but a call has a deadline, is repeated until then if it may be, and throws FleetError and nothing else.
 * Calls go straight to the last link: among many small ones, tRPC's chain would cost each more than all else here does.
 */
export class GuardedClient extends TRPCUntypedClient<FleetRouter> {
  readonly #transport: Transport
  #calls = 0

  constructor(settings: Settings, ways: Ways) {
    super({ links: [guardStreams(settings), ways.stream] })
    const alone = ways.alone(this.runtime)
    const together = ways.together(this.runtime)
    const goesAlone = ({ path, type, input }: Operation): boolean =>
      !settings.batch || waitsForEvolution(path) || isLarge(type, input)
    this.#transport = { settings, chance: openChance(), wayOf: (op) => (goesAlone(op) ? alone : together) }
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

/** Turns what goes wrong with a subscription into a FleetError, also while it connects again by itself. */
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
