import type { Reply } from './call-api.ts'

/** The fields of the answer of `reserve` that the ledger reads. */
export type Granted = { id: string; instanceName: string; contactId: string | null; state: string }

export type Verb = 'reserve' | 'confirm' | 'release' | 'recordSend'

/** One message that a caller wants to send, and its outcome. All calls with one `key` are one send. */
export type Send = {
  readonly key: string | null
  /** Without a key: identifies one send, so that its row can be found by it. */
  readonly contactId: string
  granted: Granted | null
  /** Some call ended without an answer about its count. */
  open: boolean
  completed: 'confirmed' | 'released' | null
  /** The confirm or release that may have been done without an answer. */
  uncertain: 'confirmed' | 'released' | null
}

/** A call that did not get the requested result. Times in milliseconds since the epoch, by the clock of the callers. */
export type Failure = {
  verb: Verb
  fromMs: number
  toMs: number
  reply: Exclude<Reply, { kind: 'answer' }>
  /** The number that always has room could have served it. */
  mightUseSpare: boolean
}

/** All answers that callers got, kept outside of the system under test. */
export type Ledger = {
  readonly sends: readonly Send[]
  readonly failures: readonly Failure[]
  /** Recorded sends: confirmed ones, and those without an answer. */
  readonly recorded: { certain: number; uncertain: number }
  /** Violations that are visible without the database. */
  readonly contradictions: readonly string[]
  readonly answered: number
  /** The last time a call failed in a way that does not occur without a fault. */
  lastTroubleMs(): number
  /** The last time a call got the requested result. */
  lastGoodMs(): number
  open(key: string | null, contactId: string): Send
  add(send: Send, verb: Exclude<Verb, 'recordSend'>, reply: Reply): void
  addRecorded(reply: Reply): void
  fail(failure: Failure): void
}

/** Whether a call with this outcome may have been done. */
export function leavesOpen(reply: Reply): boolean {
  if (reply.kind !== 'refused') return reply.kind !== 'answer'
  return reply.code === 'DATABASE_UNAVAILABLE' || reply.code === 'OVERLOADED' || reply.code === 'UNEXPECTED'
}

export function createLedger(): Ledger {
  const sends: Send[] = []
  const failures: Failure[] = []
  const contradictions: string[] = []
  const recorded = { certain: 0, uncertain: 0 }
  let answered = 0
  let lastTroubleMs = 0
  let lastGoodMs = 0

  const good = (): void => {
    answered++
    lastGoodMs = Date.now()
  }
  const recordGrant = (send: Send, granted: Granted): void => {
    if (send.granted && send.granted.id !== granted.id)
      contradictions.push(`key ${send.key} was answered with ${send.granted.id} and with ${granted.id}`)
    if (granted.contactId !== send.contactId)
      contradictions.push(`${send.contactId} was answered with a reservation of ${granted.contactId}`)
    send.granted ??= granted
  }
  return {
    sends,
    failures,
    contradictions,
    recorded,
    get answered() {
      return answered
    },
    lastTroubleMs: () => lastTroubleMs,
    lastGoodMs: () => lastGoodMs,
    open(key, contactId) {
      const send: Send = { key, contactId, granted: null, open: false, completed: null, uncertain: null }
      sends.push(send)
      return send
    },
    add(send, verb, reply) {
      if (verb === 'reserve') {
        if (reply.kind === 'answer') recordGrant(send, reply.data as Granted)
        else if (leavesOpen(reply)) send.open = true
      } else {
        const to = verb === 'confirm' ? 'confirmed' : 'released'
        if (reply.kind === 'answer') send.completed = to
        else if (leavesOpen(reply)) send.uncertain = to
      }
      if (reply.kind === 'answer') good()
    },
    addRecorded(reply) {
      if (reply.kind === 'answer') {
        recorded.certain++
        good()
      }
      if (reply.kind === 'answer' || leavesOpen(reply)) recorded.uncertain++
    },
    fail(failure) {
      failures.push(failure)
      const full = failure.reply.kind === 'refused' && failure.reply.code === 'NO_CAPACITY'
      if (!full || failure.mightUseSpare) lastTroubleMs = failure.toMs
    },
  }
}
