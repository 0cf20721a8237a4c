import { setTimeout as pause } from 'node:timers/promises'
import type { Fleet, KnownServer, Log } from '@zapfleet/core'
import { followEvents } from './follow-events.ts'

/** A server that was added, or whose key was changed, is followed after this time. */
const READ_EVERY_MS = 10_000

/** Follows the websocket of each Evolution server until `signal` aborts. Never rejects. */
export async function followServers(
  fleet: Fleet,
  signal: AbortSignal,
  { log, readEveryMs = READ_EVERY_MS }: { log: Log; readEveryMs?: number },
): Promise<void> {
  const followed = new Map<KnownServer, { ending: AbortController; ended: Promise<void> }>()
  while (!signal.aborted) {
    const servers = await fleet.servers.list().catch((error) => {
      log.warn({ err: error }, 'the Evolution servers could not be read')
      return null
    })
    if (servers !== null) {
      for (const [server, { ending }] of followed) {
        if (servers.includes(server)) continue
        ending.abort()
        followed.delete(server)
      }
      for (const server of servers) {
        if (followed.has(server) || server.keyProblem !== null) continue
        const ending = new AbortController()
        followed.set(server, { ending, ended: followEvents(fleet, ending.signal, { server, log }) })
      }
    }
    await pause(readEveryMs, undefined, { signal }).catch(() => {})
  }
  for (const { ending } of followed.values()) ending.abort()
  await Promise.all([...followed.values()].map(({ ended }) => ended))
}
