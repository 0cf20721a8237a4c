import { setTimeout as pause } from 'node:timers/promises'
import type { FleetError } from '../ground/fleet-error.ts'
import { type Carried, carryMessage } from './carry-message.ts'
import type { MessageRow } from './message.ts'
import type { MessageCall } from './message-fleet.ts'
import type { Head, HeadMessage, Lane } from './message-store.ts'

/** A message in `sending` whose process has ended is looked at again after this time. */
const SENDING_PAUSE_MS = 2_000
/** A lane that could not be worked on waits so long. */
const FAILED_PAUSE_MS = 5_000

export type LaneOptions = {
  /** The first message, where it was read already. */
  first?: Head | undefined
  /** Called after each try of a message, with the message as it was stored; `refusal`: the error of a reserve that ended a message which was never tried. */
  onTried?: (row: MessageRow, refusal?: FleetError) => void
  /** Ends after the message that is in work. */
  signal?: AbortSignal
}

/**
 * Sends the messages of a lane that this process holds, one after the other, until none is left or the next one has to wait, and gives the lane back.
 * Never throws; a failure is logged, and the lane is tried again.
 *
 * @returns the last message's wait; null where no message is left
 */
export async function carryLane(
  call: MessageCall,
  lane: Lane,
  options: LaneOptions = {},
): Promise<Extract<Carried, { next: 'later' }> | null> {
  const { messages } = call.fleet
  messages.hold(lane)
  try {
    return await carryAll(call, lane, options)
  } catch (error) {
    call.log.warn({ err: error }, 'a message could not be worked on; it is tried again')
    await messages.giveBack(lane, { retryMs: FAILED_PAUSE_MS }).catch(() => {})
    return null
  }
}

async function carryAll(
  call: MessageCall,
  lane: Lane,
  { first, onTried, signal }: LaneOptions,
): Promise<Extract<Carried, { next: 'later' }> | null> {
  const { messages } = call.fleet
  for (let known = first; ; known = undefined) {
    const { message, version, at, isOnly } = known ?? (await messages.head(lane.contactId))
    if (message === null) {
      if (await messages.giveBack(lane, { version })) continue
      return null
    }
    const due = new Date(message.due_at)
    if (signal?.aborted || due > at) {
      const stays = await messages.giveBack(
        lane,
        signal?.aborted ? { retryMs: 0 } : { retryAt: due, version },
      )
      if (stays) continue
      return null
    }
    if (message.state === 'sending') {
      await messages.giveBack(lane, { retryMs: SENDING_PAUSE_MS })
      return null
    }
    if (new Date(message.valid_until) < at) {
      const row = await expire(call, message)
      if (row) onTried?.(row)
      continue
    }
    const carried = await carryMessage(call, lane, message, at, signal)
    if (carried.next === 'lost') {
      messages.drop(lane)
      return null
    }
    const refusal = carried.next === 'ended' ? carried.refusal : undefined
    if (carried.row) onTried?.(carried.row, refusal)
    if (carried.next === 'ended') {
      if (isOnly && carried.row && !(await messages.giveBack(lane, { version }))) return null
      continue
    }
    if (
      isAtOnce(message) &&
      carried.forMs <= SENDING_PAUSE_MS &&
      (await messages.head(lane.contactId)).message?.state === 'queued'
    ) {
      // Evolution starts: the caller waits.
      await pause(carried.forMs, undefined, { signal }).catch(() => {})
      continue
    }
    await messages.giveBack(lane, { retryMs: carried.scope === 'fleet' ? 0 : carried.forMs })
    return carried
  }
}

const isAtOnce = ({ options, scheduled }: HeadMessage): boolean => options.validForS === 0 && !scheduled

async function expire({ fleet }: MessageCall, message: HeadMessage): Promise<MessageRow | null> {
  const { id, error, tries } = message
  const to_state = isAtOnce(message) && tries > 0 ? 'failed' : 'expired'
  const words = error ?? 'No number could send it in time.'
  return fleet.messages.end({
    id,
    reservation_id: null,
    to_state,
    result: null,
    message_id: null,
    error: words,
  })
}
