import { setTimeout as pause } from 'node:timers/promises'
import type { DeliveryCall } from './delivery-fleet.ts'
import { judgeDelivery } from './judge-delivery.ts'
import { probeConnections } from './probe-connections.ts'

const JUDGE_EVERY_MS = 5_000
/** With the rest of a number that failed, it is back within 90 s of being well. */
const PROBE_EVERY_MS = 25_000

/**
 * Judges all numbers every 5 s, and probes the connections of failing ones every 25 s, until `signal` aborts. For the leading scheduler.
 * Two processes may do it at a time: each change is stored once. Never rejects: what fails is logged and tried again.
 */
export async function watchDeliveries(
  call: DeliveryCall,
  signal: AbortSignal,
  { judgeEveryMs = JUDGE_EVERY_MS, probeEveryMs = PROBE_EVERY_MS } = {},
): Promise<void> {
  const repeat = async (everyMs: number, failed: string, work: () => Promise<unknown>): Promise<void> => {
    while (!signal.aborted) {
      await work().catch((error: unknown) => {
        if (!signal.aborted) call.log.warn({ err: error }, failed)
      })
      await pause(everyMs, undefined, { signal }).catch(() => {})
    }
  }
  await Promise.all([
    repeat(judgeEveryMs, 'the delivery of the numbers could not be judged', () => judgeDelivery(call, null)),
    repeat(probeEveryMs, 'the failing connections could not be probed', () => probeConnections(call, signal)),
  ])
}
