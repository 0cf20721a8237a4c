import { repeatUntil } from '../ground/repeat-until.ts'
import { singleFlights } from '../ground/single-flight.ts'
import { renumberChanges } from '../message/renumber-changes.ts'
import { deliverEvents } from './deliver-events.ts'
import type { EndpointCall } from './endpoint-fleet.ts'
import { RETRY_PLAN, type RetryPlan } from './next-attempt.ts'
import { type DueEndpoint, readDueEndpoints } from './read-due.ts'
import { resealSecrets } from './reseal-secrets.ts'

const POLL_EVERY_MS = 1_000

/**
 * What the leading scheduler does for webhook endpoints until `signal` aborts: posts events to each, independently of the others. While there is
 * none, it waits for a notification. Two
 * processes may do it at a time: a receiver then gets an event twice, with the same id. Never rejects.
 *
 * @param options for tests
 */
export async function watchEndpoints(
  call: EndpointCall,
  signal: AbortSignal,
  { pollEveryMs = POLL_EVERY_MS, plan = RETRY_PLAN }: { pollEveryMs?: number; plan?: RetryPlan } = {},
): Promise<void> {
  const { fleet, log } = call
  const deliveries = singleFlights<void>()
  const deliver = (endpoint: DueEndpoint): Promise<void> =>
    deliverEvents(call, endpoint, { plan, signal }).catch((error: unknown) => {
      if (!signal.aborted)
        log.warn({ endpoint: endpoint.name, err: error }, 'events for a webhook endpoint could not be read')
    })
  await renumberChanges(fleet).then(
    ({ changes, positions }) => {
      if (changes + positions > 0)
        log.info({ changes, positions }, 'changes of messages of a former database cluster are numbered anew')
    },
    (error) => log.warn({ err: error }, 'changes of messages could not be numbered anew'),
  )
  await resealSecrets(fleet).then(
    (secrets) => {
      if (secrets > 0) log.info({ secrets }, 'secrets are encrypted by the present ZAPFLEET_SECRET')
    },
    (error) => log.warn({ err: error }, 'secrets could not be encrypted by the present ZAPFLEET_SECRET'),
  )
  const failed = 'webhook endpoints could not be read'
  let endpoints = 0
  const everyMs = (): number => fleet.receiverNotices.restMs(endpoints, pollEveryMs)
  await repeatUntil(signal, { everyMs, failed, log, onWake: fleet.receiverNotices.on }, async () => {
    const { due, all } = await readDueEndpoints(fleet)
    endpoints = all
    for (const endpoint of due) void deliveries.run(endpoint.id, () => deliver(endpoint))
  })
  await deliveries.idle()
}
