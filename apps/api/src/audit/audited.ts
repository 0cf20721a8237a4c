import { beginAct, endAct, type Fleet, FleetError } from '@zapfleet/core'
import { maskedAddress } from '@zapfleet/telemetry'
import type { Caller } from '../caller.ts'
import { actTarget, madeByAct } from './act-target.ts'

/** Who acts, from where, in which request. */
export type Actor = { caller: Caller; requestId: string; address: string }

/** How an act went: its answer, or what it threw. */
export type Acted = { answer: unknown } | { error: unknown }

/**
 * Writes an act of an admin down before it is done, and answers the function that writes down how it ended. An act that
 * cannot be written down is refused; whatever happens after that, there is a row. That end never throws: the act is done,
 * and its caller has an answer to get.
 *
 * @param input as the act's procedure takes it, checked
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function beginAudit(
  fleet: Fleet,
  actor: Actor,
  act: string,
  input: unknown,
): Promise<(acted: Acted) => Promise<void>> {
  const { target, look, unknownTarget = target } = actTarget(fleet, act, input)
  const before = await look()
  const { id: keyId, label } = actor.caller
  const id = await beginAct(fleet, {
    requestId: actor.requestId,
    key: { id: keyId, label },
    address: maskedAddress(actor.address),
    act,
    target: before === null ? unknownTarget : target,
    before,
  })
  const startedAtMs = performance.now()
  return async (acted) => {
    const tookMs = performance.now() - startedAtMs
    try {
      const made = 'answer' in acted ? madeByAct(act, acted.answer) : {}
      const seen = await look()
      const after = seen === null ? (made.after ?? null) : { ...seen, ...made.after }
      const known = before === null && seen !== null ? (target ?? undefined) : undefined
      await endAct(fleet, id, { outcome: outcomeOf(acted), target: made.target ?? known, after, tookMs })
    } catch (error) {
      const details = { act, requestId: actor.requestId, outcome: outcomeOf(acted), err: error }
      fleet.log.error(details, 'the end of an act could not be written into the audit')
    }
  }
}

/** Does an act of an admin with a row in the audit around it. Throws what the act throws, and DATABASE_UNAVAILABLE. */
export async function audited<Answer>(
  fleet: Fleet,
  actor: Actor,
  { act, input }: { act: string; input: unknown },
  run: () => Promise<Answer>,
): Promise<Answer> {
  const end = await beginAudit(fleet, actor, act, input)
  try {
    const answer = await run()
    await end({ answer })
    return answer
  } catch (error) {
    await end({ error })
    throw error
  }
}

function outcomeOf(acted: Acted): string {
  if ('answer' in acted) return 'done'
  return acted.error instanceof FleetError ? acted.error.code : 'UNEXPECTED'
}
