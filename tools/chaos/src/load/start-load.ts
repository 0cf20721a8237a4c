import { setTimeout as rest } from 'node:timers/promises'
import type { Random } from '../seeded-random.ts'
import { HAVEN, RECORDED, TIGHT } from '../site/numbers.ts'
import { BOT_KEY } from '../site/open-site.ts'
import { callApi, type Told } from './call-api.ts'
import { type Ledger, leavesOpen, type Send, type Verb } from './ledger.ts'

/** Callers at work. */
export type Load = {
  /** How long the oldest call that has no answer waits, in milliseconds; 0 without one. */
  oldestCallMs(): number
  /** From now on, contacts are drawn so. */
  draw(contact: () => string): void
  /** Callers end what they are at, asking again until they know, and rest until `resume`. */
  pause(): Promise<void>
  resume(): void
  /** As `pause`, for good. */
  stop(): Promise<void>
}

/** How the callers work; the defaults are a steady load that leaves a machine of two cores room. */
export type LoadPlan = {
  callers?: number
  /** Between two sends of one caller, on average. */
  pauseMs?: number
  /** Sets its keys and strangers apart from those of another load. */
  names?: string
}

const CALLERS = 8
const PAUSE_MS = 20
const CONTACTS = 2_000
/** How long a caller asks again for an answer with its key or id before it says that it cannot be had. */
const ASK_AGAIN_FOR_MS = 60_000

/**
 * Starts callers that reserve, confirm, release and record, one call after another each, and enter every word they hear in
 * the ledger. Who hears nothing certain asks again with the same key, as the documents say, or (one in five) never.
 */
export function startLoad(address: () => string, ledger: Ledger, random: Random, plan: LoadPlan = {}): Load {
  const { callers = CALLERS, pauseMs = PAUSE_MS, names = 'load' } = plan
  const pending = new Set<number>()
  let made = 0
  let contact = (): string => `contact-${random.below(CONTACTS)}`
  let busy = 0
  let resting = false
  let stopped = false
  let wake = (): void => {}
  let woken: Promise<void> = Promise.resolve()

  const call = async (verb: Verb, input: object, mightUseHaven = false): Promise<Told> => {
    const fromMs = Date.now()
    // Two of one millisecond may not be one entry.
    const mark = fromMs + random.next() / 2
    pending.add(mark)
    const procedure = verb === 'recordSend' ? 'instance.recordSend' : `reservation.${verb}`
    const told = await callApi(address(), BOT_KEY, procedure, input)
    pending.delete(mark)
    if (told.kind !== 'answer') ledger.fail({ verb, fromMs, toMs: Date.now(), told, mightUseHaven })
    return told
  }
  /** Calls until it is known what became of it; one caller in five never asks again. */
  const callSurely = async (
    send: Send,
    verb: 'reserve' | 'confirm' | 'release',
    input: object,
    haven = false,
  ) => {
    const patient = random.next() < 0.8 && (verb !== 'reserve' || send.key !== null)
    const untilMs = Date.now() + ASK_AGAIN_FOR_MS
    for (;;) {
      const told = await call(verb, input, haven)
      ledger.tell(send, verb, told)
      if (!leavesOpen(told) || !patient || Date.now() > untilMs) return told
      await rest(50 + random.below(150))
    }
  }
  const sendOne = async (): Promise<void> => {
    const key = random.next() < 0.7 ? `${names}-key-${made++}` : null
    const contactId = key === null ? `${names}-once-${made++}` : contact()
    const send = ledger.open(key, contactId)
    // Some fight for numbers that are full, and may be refused; the others can always be served.
    const fights = random.next() < 0.35
    const tight = TIGHT.map((one) => one.name)
    const exclude = fights ? [HAVEN, RECORDED, 'wide-1', 'wide-2'] : random.next() < 0.3 ? tight : [RECORDED]
    const input = {
      contactId,
      exclude,
      strategy: random.oneOf(['sticky', 'sticky', 'round_robin', 'least_loaded'] as const),
      ...(key !== null && { idempotencyKey: key }),
    }
    const told = await callSurely(send, 'reserve', input, !fights)
    if (told.kind !== 'answer' || !send.granted) return
    const dice = random.next()
    if (key !== null && dice < 0.1) await callSurely(send, 'reserve', input, !fights)
    if (dice < 0.35) await callSurely(send, 'confirm', { id: send.granted.id })
    else if (dice < (fights ? 0.95 : 0.65)) await callSurely(send, 'release', { id: send.granted.id })
  }
  const caller = async (): Promise<void> => {
    while (!stopped) {
      if (resting) {
        await woken
        continue
      }
      busy++
      if (random.next() < 0.08) ledger.tellRecorded(await call('recordSend', { name: RECORDED }))
      else await sendOne()
      busy--
      await rest(random.below(pauseMs * 2))
    }
  }
  const running = Promise.all(Array.from({ length: callers }, caller))
  return {
    oldestCallMs: () => (pending.size === 0 ? 0 : Date.now() - Math.min(...pending)),
    draw(drawn) {
      contact = drawn
    },
    async pause() {
      resting = true
      woken = new Promise((resolve) => {
        wake = resolve
      })
      while (busy > 0) await rest(20)
    },
    resume() {
      resting = false
      wake()
    },
    async stop() {
      stopped = true
      wake()
      await running
    },
  }
}
