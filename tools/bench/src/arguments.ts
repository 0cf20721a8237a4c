import { parseArgs } from 'node:util'
import { LAST_GOAL, SLOW_FLUSH_MS } from './goals.ts'

/** The options of the command. */
export type BenchArguments = {
  short: boolean
  /** Numbers of the goals to run; null for all. */
  only: number[] | null
  /** How many rounds; null: those of a full or a short run. */
  rounds: number | null
  /** The processes of goal 14, which share 64 callers. */
  processes: number
  /** The time that a flush of the log takes at least, in milliseconds, for every contestant; null: as the disk is, and as a slow one. */
  flushMs: number | null
  /** The rows of reservations of goal 15, which runs with them alone; 0: none. */
  historyRows: number
  redisUrl: string | null
  jsonFile: string | null
  help: boolean
}

export const USAGE = `pnpm bench [--short] [--only GOAL]... [--rounds N] [--processes N] [--flush-ms MS] [--history ROWS] [--redis URL] [--json FILE]

  --short        some seven minutes: fewer and shorter rounds
  --only GOAL    only the goals of this number, 1 to ${LAST_GOAL}; may be given more than once
  --rounds N     more or fewer rounds, 1 to 50: a median of more is steadier
  --processes N  the processes of goal 14, which share 64 callers: 2 to 16 (default 4)
  --flush-ms MS  one disk for all, which takes so long to flush: 0 to 100 (default: the disk as it is, and goals 1 and 14 also at ${SLOW_FLUSH_MS} ms)
  --history ROWS runs goal 15: calls beside so many stored reservations, 100000 to 100000000 (default 0: none)
  --redis URL    the Redis of goal 5 that need not be durable (default: REDIS_URL, else a redis-server found on the PATH)
  --json FILE    also writes the whole result there`

/**
 * Reads the command line.
 * @throws Error with what was expected
 */
export function readArguments(argv: readonly string[], redisUrl: string | undefined): BenchArguments {
  const { values } = parseArgs({
    // pnpm passes the separator of its own arguments through.
    args: argv.filter((word, at) => !(at === 0 && word === '--')),
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      processes: { type: 'string', default: '4' },
      'flush-ms': { type: 'string' },
      history: { type: 'string', default: '0' },
      redis: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  })
  for (const goal of values.only ?? []) {
    if (!/^\d+$/.test(goal) || Number(goal) < 1 || Number(goal) > LAST_GOAL)
      throw new Error(`--only takes the number of a goal, 1 to ${LAST_GOAL}; it was given "${goal}".`)
  }
  const processes = readNumber('--processes', values.processes, 2, 16)
  const flush = values['flush-ms']
  const flushMs = flush === undefined ? null : readNumber('--flush-ms', flush, 0, 100)
  const historyRows =
    values.history === '0' ? 0 : readNumber('--history', values.history, 100_000, 100_000_000)
  if (values.only?.includes('15') && historyRows === 0)
    throw new Error('--only 15 needs --history with the number of rows.')
  const redis = values.redis ?? (redisUrl || undefined)
  if (redis !== undefined && !/^rediss?:\/\/[^/]/.test(redis))
    throw new Error('--redis and REDIS_URL take a URL such as redis://127.0.0.1:6379.')
  return {
    short: values.short,
    only: values.only ? values.only.map(Number) : null,
    rounds: values.rounds === undefined ? null : readNumber('--rounds', values.rounds, 1, 50),
    processes,
    flushMs,
    historyRows,
    redisUrl: redis ?? null,
    jsonFile: values.json ?? null,
    help: values.help,
  }
}

function readNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new Error(`${option} takes a whole number from ${least} to ${most}; it was given "${text}".`)
  return number
}
