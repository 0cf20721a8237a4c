import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { holdLease, releaseLease } from '../ground/hold-lease.ts'
import { repeatUntil } from '../ground/repeat-until.ts'
import { capacityGate } from './capacity-gate.ts'
import { carryLane } from './carry-lane.ts'
import type { MessageCall } from './message-fleet.ts'
import { RULES } from './next-step.ts'
import { SENDER_LEASE } from './read-senders.ts'
import { watchMessages } from './sweep-messages.ts'

/** A process that works on the queue. */
export type Sender = {
  /** Takes no more messages, and resolves when those in flight are stored. May be called again. */
  stop(): Promise<void>
  figures(): { inFlight: number }
}

export type SenderOptions = {
  /** Contacts whose messages are in work at once; default 64. */
  concurrency?: number
}

const CONCURRENCY = 64
/** How often the queue is read while nothing is due. */
const LOOK_EVERY_MS = 500
const SHORTEST_REST_MS = 10
/** How long after a change of a number. */
const AHEAD_MS = 5_000
const PRESENCE_MS = 20_000
const PRESENCE_EVERY_MS = 5_000

/**
 * Works on the queue until it is stopped: takes lanes that are due, sends their messages, and waits for capacity, for the moments of messages, and for changes of
 * numbers. Any number of processes may do it.
 */
export function openSender(call: MessageCall, { concurrency = CONCURRENCY }: SenderOptions = {}): Sender {
  const { fleet, log } = call
  const stopping = new AbortController()
  const { signal } = stopping
  // One for each lane that waits.
  setMaxListeners(0, signal)
  const gate = capacityGate()
  const running = new Set<Promise<void>>()
  /** Until then messages that wait for a reason of their contact are tried too: a number changed. */
  let aheadUntilMs = Number.NEGATIVE_INFINITY
  let isWoken = false
  let endRest = (): void => {}
  const kick = (): void => {
    isWoken = true
    endRest()
  }
  const stopListening = fleet.onFleetChange(() => {
    aheadUntilMs = performance.now() + AHEAD_MS
    gate.open()
    kick()
  })

  const carry = async (lane: { contactId: string; token: string }): Promise<void> => {
    const later = await carryLane(call, lane, { signal })
    if (later === null) gate.pass()
    else if (later.scope === 'fleet') gate.close(later.forMs, performance.now())
    else gate.postpone(performance.now())
  }

  const takeLanes = async (): Promise<number> => {
    const free = concurrency - running.size
    // A few at a time would read the front of the queue for each message.
    if (free < concurrency / 4) return 0
    const room = gate.room(free, performance.now())
    if (room <= 0) return 0
    const aheadS = performance.now() < aheadUntilMs ? RULES.longestContactPauseMs / 1_000 : 0
    const lanes = await fleet.messages.take(room, aheadS, gate.isCrowded() ? Math.floor(room / 2) : 0)
    for (const lane of lanes) {
      const work = carry(lane).finally(() => {
        running.delete(work)
        kick()
      })
      running.add(work)
    }
    return lanes.length
  }

  /** Until something changed, or it is time to look at the queue. */
  const rest = async (): Promise<void> => {
    const closedMs = gate.closedForMs(performance.now())
    const ms = closedMs > 0 ? Math.max(SHORTEST_REST_MS, closedMs) : LOOK_EVERY_MS
    if (!isWoken && !signal.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        endRest = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    isWoken = false
  }

  const loop = async (): Promise<void> => {
    let failing = false
    while (!signal.aborted) {
      try {
        if ((await takeLanes()) === 0) await rest()
        failing = false
      } catch (error) {
        if (!failing)
          log.warn({ err: error }, 'the queue of messages could not be read; the next attempt follows')
        failing = true
        await pause(1_000, undefined, { signal }).catch(() => {})
      }
    }
  }

  const lease = { name: `${SENDER_LEASE}${randomUUID()}`, holder: `${hostname()}:${process.pid}` }
  const presence = repeatUntil(
    signal,
    { everyMs: PRESENCE_EVERY_MS, failed: 'the presence of this sender could not be stored', log },
    () => holdLease(fleet, { ...lease, forMs: PRESENCE_MS }),
  )
  const sweeps = watchMessages(call, signal)
  const looping = loop()
  let stopped: Promise<void> | null = null

  const stop = async (): Promise<void> => {
    stopping.abort()
    kick()
    stopListening()
    await Promise.all([looping, presence, sweeps])
    await Promise.all(running)
    await fleet.messages.idle()
    await releaseLease(fleet, lease).catch(() => {})
  }

  return {
    stop() {
      stopped ??= stop()
      return stopped
    },
    figures: () => ({ inFlight: running.size }),
  }
}
