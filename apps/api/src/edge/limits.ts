import { FleetError } from '@zapfleet/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../caller.ts'
import { keepRate, networkOf } from './rate.ts'

/** What callers may do, in this process; 0 and absent: no limit. */
export type Limits = {
  /** Calls of one key in a second; a batch counts as the calls in it. Five seconds' worth may come at once. */
  callsPerSecond?: number
  /** Wrong keys from one address in a minute. */
  wrongKeysPerMinute?: number
  /** Open streams of one key. */
  streamsPerKey?: number
}

/** The limits of a process, kept in its memory: with n processes a key has n times as much. */
export type LimitKeeper = {
  /** @throws FleetError RATE_LIMITED when this key calls too often */
  countCall(caller: Caller, request: FastifyRequest, reply: FastifyReply): void
  /**
   * What a caller with a wrong key is told. Past the limit that is RATE_LIMITED, and nothing else changes: a right key from
   * the same address is looked at first and let in, so that nobody behind a proxy or a NAT can lock out a neighbour.
   * Keys are random through and through, so answering slowly would protect nothing that their length does not.
   */
  wrongKey(request: FastifyRequest, reply: FastifyReply, refusal: FleetError): FleetError
  /** Counts a stream until its connection ends. @throws FleetError RATE_LIMITED when this key holds too many */
  holdStream(caller: Caller, reply: FastifyReply): void
  /** How often each limit was met, since the process began. */
  readonly met: Readonly<Record<LimitName, number>>
}

export type LimitName = 'calls' | 'wrong_keys' | 'streams'

const BURST_SECONDS = 5
/** A person who tries the keys of a drawer should not meet the limit. */
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
  const met = { calls: 0, wrong_keys: 0, streams: 0 }

  return {
    met,
    countCall(caller, request, reply) {
      if (calls === null) return
      const waitMs = calls.take(caller.id, callsIn(request), performance.now())
      if (waitMs === null) return
      met.calls++
      const words = `The key "${caller.label}" calls more than ${callsPerSecond} times a second. Send less at a time; KEY_CALLS_PER_SECOND sets the limit.`
      throw rateLimited(reply, words, waitMs)
    },
    wrongKey(request, reply, refusal) {
      const waitMs = wrong?.take(networkOf(request.ip), 1, performance.now()) ?? null
      if (waitMs === null) return refusal
      met.wrong_keys++
      const words = 'Too many wrong keys came from this address. A right one is let in all the same.'
      return rateLimited(reply, words, waitMs)
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

/** A batch names its calls in the path, with commas between them. */
function callsIn(request: FastifyRequest): number {
  const path = (request.params as { path?: string } | undefined)?.path
  if (path === undefined) return 1
  let calls = 1
  for (let at = path.indexOf(','); at !== -1; at = path.indexOf(',', at + 1)) calls++
  return calls
}

function rateLimited(reply: FastifyReply, words: string, waitMs: number): FleetError {
  reply.header('retry-after', String(Math.max(1, Math.ceil(waitMs / 1_000))))
  return new FleetError('RATE_LIMITED', words, { availableAt: new Date(Date.now() + Math.ceil(waitMs)) })
}
