import { FleetError } from '@zapfleet/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../caller.ts'
import { networkOf } from '../network/address.ts'
import { holdRefusals } from './hold-refusals.ts'
import { keepRate } from './rate.ts'
import { keepReads, type ReadKeeper } from './reads.ts'

/** Limits of callers in this process; 0 or absent: no limit. */
export type Limits = {
  /** Calls of one key in a second; a batch counts as the calls in it. A burst of five seconds' calls is allowed. */
  callsPerSecond?: number
  /** Wrong keys from one address in a minute. */
  wrongKeysPerMinute?: number
  /** Open streams of one key. */
  streamsPerKey?: number
}

/** The limits of a process, in its memory: with n processes a key may do n times as much. */
export type LimitKeeper = {
  /** @throws FleetError RATE_LIMITED when this key calls too often */
  countCall(caller: Caller, request: FastifyRequest): void
  /**
   * Counts a wrong key, and calls `refuse` with its error: `refusal` at once, or above the limit RATE_LIMITED, a moment later. Valid keys of
   * the same address are not affected: a caller cannot lock out others behind the same proxy or NAT. Keys are long and random, so the wait
   * protects no key; it protects the time of the other callers.
   */
  wrongKey(request: FastifyRequest, refusal: FleetError, refuse: (error: FleetError) => void): void
  /** Counts a stream until its connection ends. @throws FleetError RATE_LIMITED when this key holds too many */
  holdStream(caller: Caller, reply: FastifyReply): void
  /** Runs a query within the limits of its key, see `ReadKeeper`. */
  read: ReadKeeper['read']
  /** Counts the rows of an answer against the calls of this key: `ROWS_PER_CALL` rows count as one call. */
  countRows(caller: Caller, rows: number): void
  /** The number of refusals by each limit, since the process began. */
  readonly met: Readonly<Record<LimitName, number>>
}

export type LimitName = 'calls' | 'wrong_keys' | 'streams' | 'reads'

const BURST_SECONDS = 5
/** Rows of an answer that cost as much as a call. */
const ROWS_PER_CALL = 50
/** Calls in one GET. A batch of reads has one answer, which the process holds in memory and writes at once. */
const READS_IN_A_BATCH = 64
/** A person who tries several stored keys stays below the limit. */
const WRONG_KEYS_AT_ONCE = 20

export function keepLimits(limits: Limits): LimitKeeper {
  const { callsPerSecond = 0, wrongKeysPerMinute = 0, streamsPerKey = 0 } = limits
  const calls =
    callsPerSecond > 0 ? keepRate({ perSecond: callsPerSecond, burst: callsPerSecond * BURST_SECONDS }) : null
  const wrong =
    wrongKeysPerMinute > 0
      ? keepRate({
          perSecond: wrongKeysPerMinute / 60,
          burst: Math.min(WRONG_KEYS_AT_ONCE, Math.max(1, wrongKeysPerMinute)),
        })
      : null
  const streams = new Map<string, number>()
  const met = { calls: 0, wrong_keys: 0, streams: 0, reads: 0 }
  const reads = keepReads(() => met.reads++)
  const hold = holdRefusals()

  return {
    met,
    read: reads.read,
    countRows(caller, rows) {
      const cost = Math.floor(rows / ROWS_PER_CALL)
      if (cost > 0) calls?.charge(caller.id, cost, performance.now())
    },
    countCall(caller, request) {
      const count = callsIn(request)
      const waitMs = calls?.take(caller.id, count, performance.now()) ?? null
      if (waitMs === null && request.method === 'GET' && count > READS_IN_A_BATCH) {
        met.reads++
        const words = `Expected at most ${READS_IN_A_BATCH} calls in a batch of reads, got ${count}. Send them in several batches.`
        throw new FleetError('INVALID_INPUT', words)
      }
      if (waitMs === null) return
      met.calls++
      const words = `The key "${caller.label}" calls more than ${callsPerSecond} times a second. Send less at a time; KEY_CALLS_PER_SECOND sets the limit.`
      throw rateLimited(words, waitMs)
    },
    wrongKey(request, refusal, refuse) {
      const waitMs = wrong?.take(networkOf(request.ip), 1, performance.now()) ?? null
      if (waitMs === null) return refuse(refusal)
      met.wrong_keys++
      const words = 'Too many wrong keys came from this address. A right one is let in all the same.'
      const error = rateLimited(words, waitMs)
      hold(() => refuse(error))
    },
    holdStream(caller, reply) {
      if (streamsPerKey === 0) return
      const held = streams.get(caller.id) ?? 0
      if (held >= streamsPerKey) {
        met.streams++
        const words = `The key "${caller.label}" holds ${held} open streams, the most it may. End some; KEY_STREAMS sets the limit.`
        throw new FleetError('RATE_LIMITED', words, { availableAt: null })
      }
      streams.set(caller.id, held + 1)
      reply.raw.once('close', () => {
        const left = (streams.get(caller.id) ?? 1) - 1
        if (left > 0) streams.set(caller.id, left)
        else streams.delete(caller.id)
      })
    },
  }
}

/**
 * The calls in a request: a batch names them in the path, with commas between them.
 *
 * @throws FleetError INVALID_INPUT for a path that is encoded more than once: tRPC would decode it again, and run other calls
 * than those that are counted
 */
function callsIn(request: FastifyRequest): number {
  const path = (request.params as { path?: string } | undefined)?.path
  if (path === undefined) return 1
  if (path.includes('%'))
    throw new FleetError(
      'INVALID_INPUT',
      'The path holds "%" after decoding. Encode the names of procedures at most once.',
    )
  let calls = 1
  for (let at = path.indexOf(','); at !== -1; at = path.indexOf(',', at + 1)) calls++
  return calls
}

function rateLimited(words: string, waitMs: number): FleetError {
  return new FleetError('RATE_LIMITED', words, { availableAt: new Date(Date.now() + Math.ceil(waitMs)) })
}
