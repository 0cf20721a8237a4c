import { randomUUID } from 'node:crypto'
import { holdLease, releaseLease } from '../ground/hold-lease.ts'
import { type Connect, pairingOf } from './pairings.ts'
import type { ProvisioningServerCall } from './provisioning-fleet.ts'

/** Renewed while a connect is in flight: a process that died blocks others no longer than this. */
const LEASE_MS = 15_000
const RENEW_EVERY_MS = 5_000

/**
 * Opens a socket for a closed instance. One process at a time does so, and it reads the state once more right before: two
 * sockets of one account replace each other without end. The connect continues when the caller does not wait for it.
 *
 * @returns null where another process holds the connect, or the instance is not closed any more
 * @throws what reading the state throws; DATABASE_UNAVAILABLE
 */
export async function openConnect(
  call: ProvisioningServerCall,
  name: string,
  number: string | null,
): Promise<Connect | null> {
  const pairing = pairingOf(call, name)
  const lease = { name: `connect:${pairing}`, holder: randomUUID(), forMs: LEASE_MS }
  if (!(await holdLease(call.fleet, lease)).held) return null
  const release = (): Promise<void> => releaseLease(call.fleet, lease).catch(() => {})
  let isClosed = false
  try {
    isClosed = (await call.evolution.connectionState(name)).state === 'close'
  } finally {
    if (!isClosed) await release()
  }
  if (!isClosed) return null
  const renewing = setInterval(() => void holdLease(call.fleet, lease).catch(() => {}), RENEW_EVERY_MS)
  renewing.unref()
  const { connects } = call.fleet.pairings
  const answer = call.evolution.connect(name, number ? { number } : {}).finally(async () => {
    clearInterval(renewing)
    connects.delete(pairing)
    await release()
  })
  // Its callers may not wait any more when it fails.
  answer.catch(() => {})
  const connect = { answer }
  connects.set(pairing, connect)
  return connect
}
