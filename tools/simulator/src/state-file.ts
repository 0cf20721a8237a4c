import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Instance, newConnection } from './instance.ts'
import type { SimulatorLog } from './options.ts'
import { newTraffic } from './traffic.ts'

/** An instance in the state file: everything but its connection and its messages, which begin anew. */
type Kept = Omit<Instance, 'connection' | 'traffic'> & { state: string }

type KeptWorld = { simulator: 1; instances: Kept[] }

/**
 * Reads the stored instances; none without a file. A broken file is renamed to `.broken`, with a log entry, and the simulator
 * starts empty. A connection that was lost or showed a QR code returns in the state of the database: open when a session
 * exists, closed otherwise.
 */
export function loadState(path: string, log: SimulatorLog): Instance[] {
  if (!existsSync(path)) return []
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as KeptWorld
    if (kept.simulator !== 1 || !Array.isArray(kept.instances))
      throw new Error('it is not a state file of this simulator')
    return kept.instances.map(revive)
  } catch (error) {
    const aside = `${path}.broken`
    renameSync(path, aside)
    log('the state file could not be read; it was set aside and the simulator starts empty', {
      reason: (error as Error).message,
      aside,
    })
    return []
  }
}

/** Writes all instances atomically (a second file, then a rename), readable by the owner only. */
export function saveState(path: string, instances: Iterable<Instance>): void {
  const kept = [...instances].map(
    ({ connection, traffic: _messages, ...rest }): Kept => ({ ...rest, state: connection?.state ?? 'close' }),
  )
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.${process.pid}.tmp`
  writeFileSync(beside, JSON.stringify({ simulator: 1, instances: kept } satisfies KeptWorld), {
    mode: 0o600,
  })
  renameSync(beside, path)
}

function revive({ state, ...rest }: Kept): Instance {
  if (typeof rest.name !== 'string' || typeof rest.database !== 'object') {
    throw new Error('an instance in it has no name or no database row')
  }
  const open = rest.paired || (state === 'open' && rest.integration !== 'WHATSAPP-BAILEYS')
  return {
    ...rest,
    dying: 0,
    // Older state files have no websocket settings.
    websocket: rest.websocket ?? null,
    traffic: newTraffic(),
    connection: { ...newConnection(open ? 'open' : 'close'), hasSocket: rest.database.ownerJid !== null },
  }
}
