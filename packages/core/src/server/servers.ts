import type { Evolution } from '@zapfleet/evolution'
import { coalesceRuns } from '../ground/coalesce-runs.ts'
import type { Ground } from '../ground/ground.ts'
import type { Log } from '../ground/log.ts'
import type { Sealer } from '../ground/seal.ts'
import { singleFlight } from '../ground/single-flight.ts'
import { DEFAULT_SERVER } from './server-names.ts'
import { unusableEvolution } from './unusable-evolution.ts'

/** How long a process uses the servers that it read: a changed key is used by all processes after this time. */
const READ_EVERY_MS = 5_000
/** The longest call of Evolution is a send. */
const CALLS_END_WITHIN_MS = 80_000

/** One Evolution API server as a process uses it. */
export type KnownServer = {
  readonly name: string
  readonly url: string
  /** Never log it, and return it by no call. Empty where it cannot be opened. */
  readonly apiKey: string
  readonly evolution: Evolution
  /** Why its stored key cannot be used; null: it can. */
  readonly keyProblem: string | null
}

/** Opens a client of a server. */
export type OpenEvolution = (server: { name: string; url: string; apiKey: string }) => Evolution

/** The Evolution API servers of a fleet, in the memory of one process: the default one, and those of `zapfleet.servers`. */
export type Servers = {
  /**
   * The default server first, the others by name.
   *
   * @throws FleetError DATABASE_UNAVAILABLE
   */
  list(): Promise<readonly KnownServer[]>
  /**
   * A server; undefined: there is none of this name. The default one is never read, and a known one is returned also while the
   * database does not answer.
   *
   * @throws FleetError DATABASE_UNAVAILABLE
   */
  find(name: string): Promise<KnownServer | undefined>
  /** Reads the servers again. @throws FleetError DATABASE_UNAVAILABLE */
  refresh(): Promise<void>
  /** Ends the calls of the servers that were added, at once. The default client belongs to its caller. */
  close(): Promise<void>
}

/** The purpose of a sealed key. */
export const purposeOf = (name: string): string => `server:${name}`

type Known = KnownServer & { readonly sealedKey: string }

export function createServers(
  { sql, log }: Pick<Ground, 'sql'> & { log: Log },
  parts: {
    first: { url: string; apiKey: string; evolution: Evolution }
    sealer: Sealer | null
    open: OpenEvolution
  },
): Servers {
  const first: KnownServer = { name: DEFAULT_SERVER, ...parts.first, keyProblem: null }
  const closing = new Set<Promise<void>>()
  let known = new Map<string, Known>()
  /** Readings never overlap: an older one would close the clients of a newer one. */
  const readings = coalesceRuns<void>()
  const renewal = singleFlight<void>()
  let readAtMs = Number.NEGATIVE_INFINITY

  const leave = ({ evolution }: Known, graceMs: number): void => {
    const closed = evolution.close({ graceMs }).finally(() => closing.delete(closed))
    closing.add(closed)
  }
  const read = async (): Promise<void> => {
    const begunAtMs = performance.now()
    const rows = await sql.prisma.server.findMany({ orderBy: { name: 'asc' } })
    const before = known
    known = new Map(
      rows.map((row) => {
        const same = before.get(row.name)
        const isSame = same !== undefined && same.url === row.url && same.sealedKey === row.sealedKey
        return [row.name, isSame ? same : { ...row, ...clientOf(row, parts, log) }]
      }),
    )
    readAtMs = begunAtMs
    for (const [name, one] of before) if (known.get(name) !== one) leave(one, CALLS_END_WITHIN_MS)
  }
  const refresh = (): Promise<void> => readings.run(read)
  const current = async (): Promise<void> => {
    if (performance.now() - readAtMs >= READ_EVERY_MS) await renewal.run(refresh)
  }

  return {
    async list() {
      await current()
      return [first, ...known.values()]
    },
    async find(name) {
      if (name === DEFAULT_SERVER) return first
      await current().catch((error) => {
        if (!known.has(name)) throw error
      })
      // Another process may have added it a moment ago.
      if (!known.has(name)) await refresh()
      return known.get(name)
    },
    refresh,
    async close() {
      for (const one of known.values()) leave(one, 0)
      known = new Map()
      await Promise.all(closing)
    },
  }
}

function clientOf(
  { name, url, sealedKey }: { name: string; url: string; sealedKey: string },
  { sealer, open }: { sealer: Sealer | null; open: OpenEvolution },
  log: Log,
): Pick<KnownServer, 'apiKey' | 'evolution' | 'keyProblem'> {
  try {
    if (sealer === null) throw new Error('ZAPFLEET_SECRET is not set for this process')
    const apiKey = sealer.open(sealedKey, purposeOf(name))
    return { apiKey, evolution: open({ name, url, apiKey }), keyProblem: null }
  } catch (error) {
    const keyProblem = `The key of the server "${name}" cannot be opened: ${error instanceof Error ? error.message : String(error)}`
    log.warn({ server: name }, keyProblem)
    return { apiKey: '', evolution: unusableEvolution(keyProblem), keyProblem }
  }
}
