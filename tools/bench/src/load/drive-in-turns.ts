import { setTimeout as sleep } from 'node:timers/promises'
import { type Measured, median } from '../measured.ts'
import type { ReadUsage, Usage } from '../read-usage.ts'
import { type Call, costOf } from './drive.ts'

/** The two ways of a comparison in turns. */
export type Way = 0 | 1

export type Turns = {
  callers: number
  warmUpMs: number
  /** How many turns each way has. */
  turns: number
  /** The measured part of a turn. */
  turnMs: number
  /** The part before it, in which what the other way left behind ends. */
  changeMs: number
  /** Begins a turn of this way. */
  change(way: Way): void
  readUsage: ReadUsage
}

type Tally = { took: number[]; errors: number; firstError: string | null; ms: number; used: Usage }

/**
 * A closed loop as in `drive`, without a pause, whose calls run in two ways in turns: the speed of a machine changes from second to second, and
 * turns that are next to each other see the same machine. A call belongs to the turn in which it is answered. Returns the figures of each way,
 * over all of its turns.
 */
export async function driveInTurns(
  call: Call,
  { callers, warmUpMs, turns, turnMs, changeMs, change, readUsage }: Turns,
  signal: AbortSignal,
): Promise<[Measured, Measured]> {
  const tallies: [Tally, Tally] = [emptyTally(), emptyTally()]
  let counting: Tally | null = null
  let isOver = false
  const run = async (caller: number): Promise<void> => {
    while (!isOver) {
      const sentAt = performance.now()
      try {
        await call(caller)
        counting?.took.push(performance.now() - sentAt)
      } catch (error) {
        if (counting !== null) {
          counting.errors++
          counting.firstError ??= error instanceof Error ? error.message : String(error)
        }
        // Without this, calls that fail at once would never let a timer run.
        await new Promise(setImmediate)
      }
    }
  }
  const running = Promise.all(Array.from({ length: callers }, (_, caller) => run(caller)))
  try {
    await sleep(warmUpMs, undefined, { signal })
    for (const way of waysOf(turns)) {
      change(way)
      await sleep(changeMs, undefined, { signal })
      const tally = tallies[way]
      const before = await readUsage()
      const startedAt = performance.now()
      counting = tally
      await sleep(turnMs, undefined, { signal })
      counting = null
      tally.ms += performance.now() - startedAt
      tally.used = sum(tally.used, before, await readUsage())
    }
  } finally {
    isOver = true
    await running
  }
  return [measuredOf(tallies[0]), measuredOf(tallies[1])]
}

/** The ways in the order of their turns: 0 1, 1 0, 0 1, so that a machine that becomes slower favours neither. */
function waysOf(turns: number): Way[] {
  return Array.from({ length: turns }, (_, turn): Way[] => (turn % 2 === 0 ? [0, 1] : [1, 0])).flat()
}

const NOTHING: Usage = { processUs: 0, databaseUs: 0, walBytes: 0 }

function emptyTally(): Tally {
  return { took: [], errors: 0, firstError: null, ms: 0, used: NOTHING }
}

function sum(used: Usage, before: Usage, after: Usage): Usage {
  const added = (key: 'processUs' | 'databaseUs'): number | null => {
    const [all, from, to] = [used[key], before[key], after[key]]
    return all === null || from === null || to === null ? null : all + to - from
  }
  return {
    processUs: added('processUs'),
    databaseUs: added('databaseUs'),
    walBytes: used.walBytes + after.walBytes - before.walBytes,
  }
}

function measuredOf({ took, errors, firstError, ms, used }: Tally): Measured {
  return {
    calls: took.length,
    errors,
    firstError,
    perSecond: ms > 0 ? took.length / (ms / 1_000) : 0,
    p50Ms: took.length > 0 ? median(took) : null,
    cost: costOf(NOTHING, used, took.length),
  }
}
