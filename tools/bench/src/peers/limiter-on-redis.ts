import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { Arena } from '../arena.ts'
import { type Absent, CALLERS, type Contestant } from '../contestants/contestant.ts'
import type { ContestantName } from '../goals.ts'
import { drive } from '../load/drive.ts'
import { thisProcess, type Usage } from '../read-usage.ts'
import type { RedisKind } from './find-redis.ts'
import { countedSend, WINDOWS } from './limiter.ts'

const CONNECT_TIMEOUT_MS = 5_000

/**
 * rate-limiter-flexible on Redis through ioredis, one connection. Its keys have a prefix of this run and are deleted at the
 * end, because the Redis may have other data.
 */
export async function openLimiterOnRedis(
  arena: Arena,
  name: ContestantName,
  { numbers, kind, pipelined }: { numbers: number; kind: RedisKind; pipelined: boolean },
  url: string | null,
): Promise<Contestant | Absent> {
  if (url === null)
    return { name, absent: kind === 'durable' ? 'no redis-server on the PATH' : 'no Redis here' }
  // Loaded only with a Redis.
  const { Redis: Client } = await import('ioredis')
  const redis = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: 30_000,
    enableAutoPipelining: pipelined,
    retryStrategy: null,
  })
  redis.on('error', () => {})
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    redis.disconnect()
    throw new Error(`The Redis at ${withoutPassword(url)} does not answer: ${(error as Error).message}`, {
      cause: error,
    })
  }
  const prefix = `zapfleet-bench-${randomUUID()}`
  arena.onClose(async () => {
    const names = Array.from({ length: numbers }, (_, index) => `number-${1 + index}`)
    await redis.unlink(...names.flatMap((one) => [`${prefix}-hour:${one}`, `${prefix}-day:${one}`]))
    redis.disconnect()
  })
  const limiter = (window: keyof typeof WINDOWS): RateLimiterRedis =>
    new RateLimiterRedis({ ...WINDOWS[window], storeClient: redis, keyPrefix: `${prefix}-${window}` })
  const call = countedSend({ hour: limiter('hour'), day: limiter('day') }, numbers)
  return {
    name,
    driven: `rate-limiter-flexible on ${kind === 'durable' ? 'Redis with appendfsync always' : 'Redis'} (ioredis, one connection${pipelined ? ', enableAutoPipelining' : ''}): hour and day limiter for each send, sent together; ${numbers} numbers`,
    run: (times, signal) =>
      drive(call, { ...times, callers: CALLERS, readUsage: () => readRedisUsage(redis) }, signal),
  }
}

/** The processor time is of the whole server, and the log its append-only file. */
async function readRedisUsage(redis: Redis): Promise<Usage> {
  const text = await redis.info()
  const figure = (field: string): number =>
    Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(text)?.[1] ?? 0)
  return {
    processUs: await thisProcess(),
    databaseUs: (figure('used_cpu_sys') + figure('used_cpu_user')) * 1_000_000,
    walBytes: figure('aof_current_size'),
  }
}

function withoutPassword(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
