import type { EndpointCall } from './endpoint-fleet.ts'
import { judgeAttempt, type RetryPlan, retryWaitMs } from './next-attempt.ts'
import type { Position } from './position.ts'
import type { DueEndpoint } from './read-due.ts'
import { readPending } from './read-pending.ts'
import { storeAccepted, storeDisabled, storeFailed, storePassed, storeSkipped } from './store-attempt.ts'
import { webhookBody } from './webhook-body.ts'
import { purposeOf } from './webhook-endpoint.ts'

/**
 * Posts what waits for an endpoint, one event after the other, until nothing is left, an attempt fails, or `signal` aborts. The position
 * is stored after each event that the receiver accepted, so what was in flight when the process ended is posted again, with the same id.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function deliverEvents(
  call: EndpointCall,
  endpoint: DueEndpoint,
  { plan, signal }: { plan: RetryPlan; signal: AbortSignal },
): Promise<void> {
  const { fleet } = call
  let { position } = endpoint
  let { failures } = endpoint
  while (!signal.aborted) {
    const page = await readPending(fleet, { events: endpoint.events, position })
    if (page.length === 0) return
    let stored: Position = position
    for (const pending of page) {
      const data = await pending.read()
      const next = { ...position, ...pending.moves }
      if (data !== null) {
        const body = webhookBody(pending.type, pending.at, data)
        const secret = openSecret(call, endpoint)
        const attempt =
          secret.text === null
            ? ({ status: null, error: secret.error } as const)
            : await fleet.webhookSender.post(
                endpoint.url,
                secret.text,
                { id: eventId(endpoint, pending.id), body },
                signal,
              )
        // An aborted attempt is no failure of the receiver.
        if (signal.aborted && attempt.status === null) return
        const verdict = judgeAttempt(attempt)
        if (verdict.kind !== 'accepted') return await fail(call, endpoint, verdict, { failures, plan })
        fleet.metrics.delivered(endpoint.name, 'accepted', 1)
        if (!(await storeAccepted(fleet, endpoint.id, next))) return
        if (failures > 0)
          call.log.info({ endpoint: endpoint.name }, 'a webhook endpoint accepts events again')
        failures = 0
        stored = next
      }
      position = next
      if (signal.aborted) return
    }
    if (stored !== position && !(await storePassed(fleet, endpoint.id, position))) return
  }
}

/** The `webhook-id`: the same for every repetition, and another for each endpoint, since several may have one receiver. */
function eventId({ id }: DueEndpoint, entry: string): string {
  return `${entry}-${id.slice(0, 8)}`
}

function openSecret(
  { fleet }: EndpointCall,
  { name, sealedSecret }: DueEndpoint,
): { text: string } | { text: null; error: string } {
  if (fleet.sealer === null)
    return { text: null, error: 'ZAPFLEET_SECRET is not set in the scheduler, so nothing can be signed' }
  try {
    return { text: fleet.sealer.open(sealedSecret, purposeOf(name)) }
  } catch (error) {
    return { text: null, error: error instanceof Error ? error.message : String(error) }
  }
}

async function fail(
  { fleet, log }: EndpointCall,
  { id, name }: DueEndpoint,
  verdict: Exclude<ReturnType<typeof judgeAttempt>, { kind: 'accepted' }>,
  { failures, plan }: { failures: number; plan: RetryPlan },
): Promise<void> {
  const { error } = verdict
  if (verdict.kind === 'gone') {
    await storeDisabled(fleet, id, error)
    fleet.metrics.delivered(name, 'disabled', 1)
    log.warn({ endpoint: name }, 'a webhook endpoint answered 410 and is disabled')
    return
  }
  fleet.metrics.delivered(name, 'failed', 1)
  const attempt = { failures: failures + 1, retryAfterS: verdict.retryAfterS, random: Math.random() }
  const waitMs = retryWaitMs(plan, attempt)
  // One line for a row of failures: each further attempt fails alike.
  if (failures === 0)
    log.warn({ endpoint: name, error, waitMs }, 'an event could not be posted to a webhook endpoint')
  const givesUp = await storeFailed(fleet, id, { error, waitMs, giveUpMs: plan.giveUpMs })
  if (!givesUp) return
  const skipped = await storeSkipped(fleet, id, plan.giveUpMs)
  if (skipped === 0) return
  fleet.metrics.delivered(name, 'skipped', skipped)
  log.warn(
    { endpoint: name, skipped, error },
    'events that a webhook endpoint refused for too long are skipped',
  )
}
