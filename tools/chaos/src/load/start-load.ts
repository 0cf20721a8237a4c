import { setTimeout as rest } from 'node:timers/promises'
import type { Random } from '../seeded-random.ts'
import { RECORDED, SPARE, TIGHT } from '../site/numbers.ts'
import { BOT_KEY } from '../site/open-site.ts'
import { callApi, type Reply } from './call-api.ts'
import { type Ledger, leavesOpen, type Send, type Verb } from './ledger.ts'

/** Running callers. */
export type Load = {
  /** The age of the oldest call without an answer, in milliseconds; 0 without one. */
  oldestCallMs(): number
  /** Sets how contacts are drawn from now on. */
  draw(contact: () => string): void
  /** The callers complete their sends, with retries until the outcome is known, and pause until `resume`. */
  pause(): Promise<void>
  resume(): void
  /** As `pause`, without a resume. */
  stop(): Promise<void>
}

/** The work of the callers. The defaults are a steady load that leaves room on a machine of two cores. */
export type LoadPlan = {
  callers?: number
  /** Between two sends of one caller, on average. */
  pauseMs?: number
  /** Separates its keys and contacts from those of another load. */
  names?: string
}

const CALLERS = 8
const PAUSE_MS = 20
const CONTACTS = 2_000
/** The time that a caller retries with its key or id before it reports a violation. */
const RETRY_FOR_MS = 60_000

/**
 * Starts callers that reserve, confirm, release and record, one call after another each, and enter every outcome in the ledger.
 * A caller without a definite answer retries with the same key, as the documents advise, or (one in five) never.
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

  const call = async (verb: Verb, input: object, mightUseSpare = false): Promise<Reply> => {
    const fromMs = Date.now()
    // Two entries of one millisecond must differ.
    const mark = fromMs + random.next() / 2
    pending.add(mark)
    const procedure = verb === 'recordSend' ? 'instance.recordSend' : `reservation.${verb}`
    const reply = await callApi(address(), BOT_KEY, procedure, input)
    pending.delete(mark)
    // A contact whose number has a gap between messages waits for that number.
    const waits = reply.kind === 'refused' && Object.keys(reply.reasons).join() === 'PACING'
    if (reply.kind !== 'answer')
      ledger.fail({ verb, fromMs, toMs: Date.now(), reply, mightUseSpare: mightUseSpare && !waits })
    return reply
  }
  /** Calls until the outcome is known; one caller in five never retries. */
  const callUntilKnown = async (
    send: Send,
    verb: 'reserve' | 'confirm' | 'release',
    input: object,
    spare = false,
  ) => {
    const patient = random.next() < 0.8 && (verb !== 'reserve' || send.key !== null)
    const untilMs = Date.now() + RETRY_FOR_MS
    for (;;) {
      const reply = await call(verb, input, spare)
      ledger.add(send, verb, reply)
      if (!leavesOpen(reply) || !patient || Date.now() > untilMs) return reply
      await rest(50 + random.below(150))
    }
  }
  const sendOne = async (): Promise<void> => {
    const key = random.next() < 0.7 ? `${names}-key-${made++}` : null
    const contactId = key === null ? `${names}-once-${made++}` : contact()
    const send = ledger.open(key, contactId)
    // Some callers compete for numbers that are full, and may be refused; the others can always be served.
    const fights = random.next() < 0.35
    const tight = TIGHT.map((one) => one.name)
    const exclude = fights ? [SPARE, RECORDED, 'wide-1', 'wide-2'] : random.next() < 0.3 ? tight : [RECORDED]
    const input = {
      contactId,
      exclude,
      strategy: random.oneOf(['sticky', 'sticky', 'round_robin', 'least_loaded'] as const),
      ...(key !== null && { idempotencyKey: key }),
      ...(random.next() < 0.5 && { maxWaitMs: 2_000 }),
    }
    const reply = await callUntilKnown(send, 'reserve', input, !fights)
    if (reply.kind !== 'answer' || !send.granted) return
    const dice = random.next()
    if (key !== null && dice < 0.1) await callUntilKnown(send, 'reserve', input, !fights)
    if (dice < 0.35) await callUntilKnown(send, 'confirm', { id: send.granted.id })
    else if (dice < (fights ? 0.95 : 0.65)) await callUntilKnown(send, 'release', { id: send.granted.id })
  }
  const caller = async (): Promise<void> => {
    while (!stopped) {
      if (resting) {
        await woken
        continue
      }
      busy++
      if (random.next() < 0.08) ledger.addRecorded(await call('recordSend', { name: RECORDED }))
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
