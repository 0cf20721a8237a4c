import { setTimeout as pause } from 'node:timers/promises'
import { EvolutionError, type EvolutionInstance } from '@zapfleet/evolution'
import type { Fleet } from '../fleet/fleet.ts'

/** The call before and one's own, each of which takes up to 10 s: Evolution counts its tables of messages at each. */
const WAIT_MS = 20_000

type Inventory = ReadonlyMap<string, EvolutionInstance>

/** A call rests as long as the one before took, so that an outage with its many hints leaves Evolution's database half its time. */
const REST_AT_MOST_MS = 1_000

type Reader = {
  running: Promise<unknown> | null
  tookMs: number
  next: { names: Set<string>; answer: Promise<Inventory> } | null
}

const readers = new WeakMap<Fleet['sql'], Reader>()

/**
 * Reads what Evolution's database holds of these instances, by name; the map has no entry for a name that it does not hold, and
 * may hold others. A process makes one such call at a time, since parallel ones slow each other down. Calls that arrive during
 * one share the next, so every answer was read after its call.
 *
 * @param waitMs how long the caller waits, 20 s by default; each call has the client's own timeout
 * @throws EvolutionError as `evolution.fetchInstances`; EVOLUTION_UNREACHABLE after `waitMs`
 */
export async function readInventory(
  fleet: Pick<Fleet, 'sql' | 'evolution'>,
  names: readonly string[],
  { waitMs = WAIT_MS }: { waitMs?: number } = {},
): Promise<Inventory> {
  if (names.length === 0) return new Map()
  const reader = readers.get(fleet.sql) ?? { running: null, tookMs: 0, next: null }
  readers.set(fleet.sql, reader)
  const { running } = reader
  // Between the end of one call and the begin of the next, `running` is null and `next` is not.
  if (reader.next === null && running !== null) reader.next = follow(fleet, reader, running)
  if (reader.next === null) return within(waitMs, start(fleet, reader, new Set(names)))
  for (const name of names) reader.next.names.add(name)
  return within(waitMs, reader.next.answer)
}

function follow(
  fleet: Pick<Fleet, 'evolution'>,
  reader: Reader,
  running: Promise<unknown>,
): NonNullable<Reader['next']> {
  const names = new Set<string>()
  const begin = async (): Promise<Inventory> => {
    await pause(Math.min(reader.tookMs, REST_AT_MOST_MS))
    reader.next = null
    return start(fleet, reader, names)
  }
  const answer = running.then(begin, begin)
  // Its callers may have gone by the time it fails.
  answer.catch(() => {})
  return { names, answer }
}

function start(fleet: Pick<Fleet, 'evolution'>, reader: Reader, names: Set<string>): Promise<Inventory> {
  const begunAtMs = performance.now()
  const read = fetchRows(fleet, names).finally(() => {
    reader.tookMs = performance.now() - begunAtMs
    if (reader.running === read) reader.running = null
  })
  reader.running = read
  read.catch(() => {})
  return read
}

async function fetchRows({ evolution }: Pick<Fleet, 'evolution'>, names: Set<string>): Promise<Inventory> {
  const [first, ...others] = names
  const rows = await evolution.fetchInstances(others.length === 0 && first ? { name: first } : {})
  return new Map(rows.map((row) => [row.name, row]))
}

async function within<Result>(waitMs: number, answer: Promise<Result>): Promise<Result> {
  const ended = new AbortController()
  const tooLate = async (): Promise<never> => {
    await pause(waitMs, undefined, { signal: ended.signal })
    throw new EvolutionError({
      code: 'EVOLUTION_UNREACHABLE',
      call: 'fetchInstances',
      message: `Evolution did not answer fetchInstances within ${waitMs} ms.`,
      maybeActed: false,
    })
  }
  try {
    return await Promise.race([answer, tooLate()])
  } finally {
    ended.abort()
  }
}
