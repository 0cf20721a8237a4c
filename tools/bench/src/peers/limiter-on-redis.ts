import { randomUUID } from 'node:crypto'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { Arena } from '../arena.ts'
import { type Absent, CALLERS, type Contestant } from '../contestants/contestant.ts'
import type { ContestantName } from '../goals.ts'
import { drive } from '../load/drive.ts'
import { countedSend, WINDOWS } from './limiter.ts'

const CONNECT_TIMEOUT_MS = 5_000

/**
 * rate-limiter-flexible on Redis through ioredis, one connection. Its keys have a prefix of this run and are deleted at the
 * end, because the Redis may have other data.
 */
export async function openLimiterOnRedis(
  arena: Arena,
  name: ContestantName,
  { numbers, pipelined }: { numbers: number; pipelined: boolean },
  url: string | null,
): Promise<Contestant | Absent> {
  if (url === null) return { name, absent: 'no Redis here' }
  // Loaded only with a Redis.
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: 30_000,
    enableAutoPipelining: pipelined,
    // A server that was just started needs a moment.
    retryStrategy: (tries) => (tries > 20 ? null : 100),
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
    driven: `rate-limiter-flexible on Redis (ioredis, one connection${pipelined ? ', enableAutoPipelining' : ''}): hour and day limiter for each send, sent together; ${numbers} numbers`,
    run: (times, signal) => drive(call, { ...times, callers: CALLERS }, signal),
  }
}

function withoutPassword(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
