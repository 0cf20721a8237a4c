import { beginAct, endAct, type FleetCall, FleetError } from '@zapfleet/core'
import { maskedAddress } from '@zapfleet/telemetry'
import type { Caller } from '../caller.ts'
import { actTarget, madeByAct } from './act-target.ts'

/** The caller of an act, its address and its request. */
export type Actor = { caller: Caller; requestId: string; address: string }

/** The result of an act. */
type Acted = { answer: unknown } | { error: unknown }

/**
 * Stores the begin of an act of an admin, and returns the function that stores its end. An act whose begin cannot be stored is
 * refused. The returned function never throws: the act is done, and its caller needs the answer.
 *
 * @param input the validated input of the act's procedure
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function beginAudit(
  call: FleetCall,
  actor: Actor,
  act: string,
  input: unknown,
): Promise<(acted: Acted) => Promise<void>> {
  const { fleet } = call
  const { target, readNow, unknownTarget = target } = actTarget(fleet, act, input)
  const before = await readNow()
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
      const found = await readNow()
      const after = found === null ? (made.after ?? null) : { ...found, ...made.after }
      const known = before === null && found !== null ? (target ?? undefined) : undefined
      await endAct(fleet, id, { outcome: outcomeOf(acted), target: made.target ?? known, after, tookMs })
    } catch (error) {
      const details = { act, requestId: actor.requestId, outcome: outcomeOf(acted), err: error }
      call.log.error(details, 'the end of an act could not be written into the audit')
    }
  }
}

function outcomeOf(acted: Acted): string {
  if ('answer' in acted) return 'done'
  return acted.error instanceof FleetError ? acted.error.code : 'UNEXPECTED'
}
