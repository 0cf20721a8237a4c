import { repeatUntil } from '../ground/repeat-until.ts'
import type { DeliveryCall } from './delivery-fleet.ts'
import { judgeDelivery } from './judge-delivery.ts'
import { probeConnections } from './probe-connections.ts'

const JUDGE_EVERY_MS = 5_000
/** With the rest of a number that failed, it is back within 90 s of being well. */
const PROBE_EVERY_MS = 20_000

/**
 * Judges all numbers every 5 s, and probes the connections of failing ones every 20 s, until `signal` aborts. For the leading scheduler.
 * Two processes may do it at a time: each change is stored once. Never rejects: what fails is logged and tried again.
 */
export async function watchDeliveries(
  call: DeliveryCall,
  signal: AbortSignal,
  { judgeEveryMs = JUDGE_EVERY_MS, probeEveryMs = PROBE_EVERY_MS } = {},
): Promise<void> {
  const { log } = call
  const unjudged = 'the delivery of the numbers could not be judged'
  const unprobed = 'the failing connections could not be probed'
  await Promise.all([
    repeatUntil(signal, { everyMs: judgeEveryMs, failed: unjudged, log }, () => judgeDelivery(call, null)),
    repeatUntil(signal, { everyMs: probeEveryMs, failed: unprobed, log }, () =>
      probeConnections(call, signal),
    ),
  ])
}
