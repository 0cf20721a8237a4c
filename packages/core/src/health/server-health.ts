import pLimit, { type LimitFunction } from 'p-limit'
import { type CoalescedRuns, coalesceRuns } from '../ground/coalesce-runs.ts'
import { madeOnce } from '../ground/made-once.ts'
import { type Crowd, createCrowd } from './crowd.ts'
import { createInventory, type Inventory } from './inventory.ts'
import { createUndecidedPhones, type UndecidedPhones } from './undecided-phones.ts'

/** How long callers without a key share a round. */
export const SHARED_ROUNDS_FOR_MS = 5_000
/** How many instances of a server are read at the same time. */
export const READINGS_AT_A_TIME = 20

/** What one process keeps for reading the instances of one server: a server that does not answer delays no other one. */
export type ServerHealth = {
  readonly inventory: Inventory
  /** Rounds of one server never overlap; each returns how many instances got another status. */
  readonly rounds: CoalescedRuns<number>
  /** When a round last read why numbers closed that were closed before, by this process's clock. */
  thoroughAtMs: number
  /** Whether the last round ended because the server did not answer. */
  isSilent: boolean
  /** Readings of all hints share it. */
  readonly limit: LimitFunction
  readonly crowd: Crowd
  readonly undecidedPhones: UndecidedPhones
}

/** By the name of the server; made at the first use. */
export type ServersHealth = (server: string) => ServerHealth

export const createServersHealth = (): ServersHealth =>
  madeOnce(() => ({
    inventory: createInventory(),
    rounds: coalesceRuns(),
    thoroughAtMs: Number.NEGATIVE_INFINITY,
    isSilent: false,
    limit: pLimit(READINGS_AT_A_TIME),
    crowd: createCrowd(),
    undecidedPhones: createUndecidedPhones(),
  }))
