import type { Told } from './call-api.ts'

/** What `reserve` answers, as far as the ledger looks. */
export type Granted = { id: string; instanceName: string; contactId: string | null; state: string }

export type Verb = 'reserve' | 'confirm' | 'release' | 'recordSend'

/** One message that a caller wants to send, and what it was told of it. All calls of one `key` are one send. */
export type Send = {
  readonly key: string | null
  /** Without a key it names one send alone, so that its row can be found by it. */
  readonly contactId: string
  granted: Granted | null
  /** Some call ended with no word on whether it was counted. */
  open: boolean
  settled: 'confirmed' | 'released' | null
  /** What a settling may have done of which nothing was heard. */
  perhaps: 'confirmed' | 'released' | null
}

/** A call that did not get what it asked for. Times in milliseconds since the epoch, by the clock of the callers. */
export type Failure = {
  verb: Verb
  fromMs: number
  toMs: number
  told: Exclude<Told, { kind: 'answer' }>
  /** It could have been served by the number that always has room. */
  mightUseHaven: boolean
}

/** What all callers were told, kept outside of the system that told it. */
export type Ledger = {
  readonly sends: readonly Send[]
  readonly failures: readonly Failure[]
  /** Sends recorded: told so, and perhaps. */
  readonly recorded: { surely: number; perhaps: number }
  /** What was untrue by itself, whatever the database holds. */
  readonly lies: readonly string[]
  readonly answered: number
  /** When a call last failed in a way that a system at rest never has. */
  lastTroubleMs(): number
  /** When a call last got what it asked for. */
  lastGoodMs(): number
  open(key: string | null, contactId: string): Send
  tell(send: Send, verb: Exclude<Verb, 'recordSend'>, told: Told): void
  tellRecorded(told: Told): void
  fail(failure: Failure): void
}

/** Whether a call that ended so may have been done all the same. */
export function leavesOpen(told: Told): boolean {
  if (told.kind !== 'refused') return told.kind !== 'answer'
  return told.code === 'DATABASE_UNAVAILABLE' || told.code === 'OVERLOADED' || told.code === 'UNEXPECTED'
}

export function createLedger(): Ledger {
  const sends: Send[] = []
  const failures: Failure[] = []
  const lies: string[] = []
  const recorded = { surely: 0, perhaps: 0 }
  let answered = 0
  let lastTroubleMs = 0
  let lastGoodMs = 0

  const good = (): void => {
    answered++
    lastGoodMs = Date.now()
  }
  const tellGrant = (send: Send, granted: Granted): void => {
    if (send.granted && send.granted.id !== granted.id)
      lies.push(`key ${send.key} was answered with ${send.granted.id} and with ${granted.id}`)
    if (granted.contactId !== send.contactId)
      lies.push(`${send.contactId} was answered with a reservation of ${granted.contactId}`)
    send.granted ??= granted
  }
  return {
    sends,
    failures,
    lies,
    recorded,
    get answered() {
      return answered
    },
    lastTroubleMs: () => lastTroubleMs,
    lastGoodMs: () => lastGoodMs,
    open(key, contactId) {
      const send: Send = { key, contactId, granted: null, open: false, settled: null, perhaps: null }
      sends.push(send)
      return send
    },
    tell(send, verb, told) {
      if (verb === 'reserve') {
        if (told.kind === 'answer') tellGrant(send, told.data as Granted)
        else if (leavesOpen(told)) send.open = true
      } else {
        const to = verb === 'confirm' ? 'confirmed' : 'released'
        if (told.kind === 'answer') send.settled = to
        else if (leavesOpen(told)) send.perhaps = to
      }
      if (told.kind === 'answer') good()
    },
    tellRecorded(told) {
      if (told.kind === 'answer') {
        recorded.surely++
        good()
      }
      if (told.kind === 'answer' || leavesOpen(told)) recorded.perhaps++
    },
    fail(failure) {
      failures.push(failure)
      const full = failure.told.kind === 'refused' && failure.told.code === 'NO_CAPACITY'
      if (!full || failure.mightUseHaven) lastTroubleMs = failure.toMs
    },
  }
}
