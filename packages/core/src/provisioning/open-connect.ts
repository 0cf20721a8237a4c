import { randomUUID } from 'node:crypto'
import type { ConnectAnswer } from '@zapfleet/evolution'
import type { Fleet } from '../fleet/fleet.ts'
import { holdLease, releaseLease } from '../ground/hold-lease.ts'

/** Renewed while a connect is under way: a process that died keeps others out no longer than this. */
const LEASE_MS = 15_000
const RENEW_EVERY_MS = 5_000

/** A connect that is under way or ended; `answer` rejects as `evolution.connect` does. */
export type Connect = { answer: Promise<ConnectAnswer> }

const underWay = new WeakMap<Fleet['sql'], Map<string, Connect>>()

/** The connect of this instance that this process began and that has not ended. */
export function connectUnderWay(fleet: Fleet, name: string): Connect | null {
  return underWay.get(fleet.sql)?.get(name) ?? null
}

/**
 * Opens a socket for a closed instance. Of all processes one does so at a time, and it reads the state once more right before:
 * two sockets of one account replace each other without end. The connect goes on when the caller does not wait for it.
 *
 * @returns null where another process holds the connect, or the instance is not closed any more
 * @throws what reading the state throws; DATABASE_UNAVAILABLE
 */
export async function openConnect(
  fleet: Fleet,
  name: string,
  number: string | null,
): Promise<Connect | null> {
  const lease = { name: `connect:${name}`, holder: randomUUID(), forMs: LEASE_MS }
  if (!(await holdLease(fleet, lease)).held) return null
  const release = (): Promise<void> => releaseLease(fleet, lease).catch(() => {})
  let isClosed = false
  try {
    isClosed = (await fleet.evolution.connectionState(name)).state === 'close'
  } finally {
    if (!isClosed) await release()
  }
  if (!isClosed) return null
  const renewing = setInterval(() => void holdLease(fleet, lease).catch(() => {}), RENEW_EVERY_MS)
  renewing.unref()
  const all = underWay.get(fleet.sql) ?? new Map<string, Connect>()
  underWay.set(fleet.sql, all)
  const answer = fleet.evolution.connect(name, number ? { number } : {}).finally(async () => {
    clearInterval(renewing)
    all.delete(name)
    await release()
  })
  // Its callers may have gone by the time it fails.
  answer.catch(() => {})
  const connect = { answer }
  all.set(name, connect)
  return connect
}
