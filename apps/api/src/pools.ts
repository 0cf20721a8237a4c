import { FleetError, type SeenPools } from '@zapfleet/core'
import type { Caller } from './caller.ts'

/** What decides about pools: those that the key is bound to; absent: none. */
type Bound = Pick<Caller, 'pools'>

/**
 * The input of a call with the pool in which it chooses a number; without one: the whole fleet. A key that is bound to one pool needs to
 * name none.
 *
 * @throws FleetError FORBIDDEN for a pool that the key is not bound to; INVALID_INPUT where the key is bound to several and the call
 * names none
 */
export function withPoolOfCall<Input extends { pool?: string | undefined }>(
  caller: Bound,
  input: Input,
): Input {
  const pool = poolOfCall(caller, input.pool)
  return pool === input.pool ? input : { ...input, pool }
}

function poolOfCall({ pools }: Bound, named: string | undefined): string | undefined {
  if (pools === undefined) return named
  if (named !== undefined) return ownPool(pools, named)
  if (pools.length === 1) return pools[0]
  throw new FleetError('INVALID_INPUT', `pool: expected one of ${listOf(pools)}, got none. ${BOUND}`)
}

/**
 * The pools whose numbers a call reads: the one that it names, else those of the key; undefined: the whole fleet.
 *
 * @throws FleetError FORBIDDEN for a pool that the key is not bound to
 */
export function poolsOfRead({ pools }: Bound, named: string | undefined): SeenPools {
  if (named === undefined) return pools
  return [pools === undefined ? named : ownPool(pools, named)]
}

const BOUND = 'The key of this call is bound to these pools.'

function ownPool(pools: readonly string[], named: string): string {
  if (pools.includes(named)) return named
  throw new FleetError(
    'FORBIDDEN',
    `pool: expected ${pools.length === 1 ? '' : 'one of '}${listOf(pools)}, got ${JSON.stringify(named)}. ${BOUND} Name one of them, or use a key of the other pool.`,
  )
}

const listOf = (pools: readonly string[]): string => pools.map((pool) => JSON.stringify(pool)).join(', ')
