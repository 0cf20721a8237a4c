import { parseArgs } from 'node:util'

/** The options of the command. */
export type BenchArguments = {
  short: boolean
  /** Numbers of the goals to run, 1 to 13; null for all. */
  only: number[] | null
  redisUrl: string | null
  jsonFile: string | null
  help: boolean
}

export const USAGE = `pnpm bench [--short] [--only GOAL]... [--redis URL] [--json FILE]

  --short        about two minutes: fewer and shorter rounds
  --only GOAL    only the goals of this number, 1 to 13; may be given more than once
  --redis URL    a Redis for goal 5 (default: REDIS_URL, else a redis-server found on the PATH)
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
      redis: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  })
  for (const goal of values.only ?? []) {
    if (!/^([1-9]|1[0-3])$/.test(goal))
      throw new Error(`--only takes the number of a goal, 1 to 13; it was given "${goal}".`)
  }
  const redis = values.redis ?? (redisUrl || undefined)
  if (redis !== undefined && !/^rediss?:\/\/[^/]/.test(redis))
    throw new Error('--redis and REDIS_URL take a URL such as redis://127.0.0.1:6379.')
  return {
    short: values.short,
    only: values.only ? values.only.map(Number) : null,
    redisUrl: redis ?? null,
    jsonFile: values.json ?? null,
    help: values.help,
  }
}
