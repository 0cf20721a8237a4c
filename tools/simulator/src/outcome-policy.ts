/** What WhatsApp reports of a message, in Evolution's words. SERVER_ACK means that the number's own phone has its copy. */
export type ReceiptStatus = 'SERVER_ACK' | 'DELIVERY_ACK' | 'READ' | 'PLAYED' | 'ERROR'

/** All statuses of receipts. */
export const RECEIPT_STATUSES = ['SERVER_ACK', 'DELIVERY_ACK', 'READ', 'PLAYED', 'ERROR'] as const

/** The moment of a receipt after the message was written to the socket, in real milliseconds; `none`: it never comes. */
export type ReceiptTime = { afterMs: number } | 'none'

/** What becomes of the messages of an instance, or of those to one recipient. Times are real milliseconds. */
export type OutcomePolicy = {
  /**
   * WhatsApp's answer to the message: `ok` (default) causes no event; `withheld` never comes; `error` causes ERROR. After the last
   * two `serverAck`, `delivery`, `read` and `played` do not happen.
   */
  ack?: 'ok' | 'withheld' | 'error'
  /** The time of the error acknowledgement; default: 0. */
  ackAfterMs?: number
  /** Default of these four: none. */
  serverAck?: ReceiptTime
  delivery?: ReceiptTime
  read?: ReceiptTime
  played?: ReceiptTime
  /**
   * Further receipts, in their order on the wire, also after an error. Receipts of one message at the same time are
   * one burst, and only the last of a burst is sent (ERROR beside it).
   */
  receipts?: readonly { status: ReceiptStatus; afterMs: number }[]
  /** The number of copies of each receipt on the wire; default: 1. */
  copies?: number
  /** Each receipt comes up to this much later, at random: receipts change their order. Default: 0. */
  jitterMs?: number
  /** The form of `remoteJid` in the updates: the JID of the message (default), the LID, or the JID with a device. */
  receiptJid?: 'jid' | 'lid' | 'device'
  /** Statuses that Evolution drops for good: no event, no row, and repeats are suppressed. */
  lost?: readonly ReceiptStatus[]
  /** Each nth message of the instance gets no acknowledgement and no receipt; 5: a fifth. */
  loseEvery?: number
}

/** Receipts of one message that arrive together: `afterMs` after the message. */
export type Burst = { afterMs: number; statuses: ReceiptStatus[] }

/**
 * The receipts of a message, by time. `ordinal` counts the messages of the instance from 1; `chance` returns numbers from 0 to 1.
 */
export function plannedReceipts(policy: OutcomePolicy, ordinal: number, chance: () => number): Burst[] {
  if (policy.loseEvery !== undefined && ordinal % policy.loseEvery === 0) return []
  const planned: { status: ReceiptStatus; afterMs: number }[] = []
  const add = (status: ReceiptStatus, time: ReceiptTime | undefined) => {
    if (time !== undefined && time !== 'none') planned.push({ status, afterMs: time.afterMs })
  }
  if (policy.ack === 'error') add('ERROR', { afterMs: policy.ackAfterMs ?? 0 })
  if ((policy.ack ?? 'ok') === 'ok') {
    add('SERVER_ACK', policy.serverAck)
    add('DELIVERY_ACK', policy.delivery)
    add('READ', policy.read)
    add('PLAYED', policy.played)
  }
  planned.push(...(policy.receipts ?? []))

  const bursts = new Map<number, Burst>()
  for (const { status, afterMs } of planned) {
    for (let copy = 0; copy < (policy.copies ?? 1); copy++) {
      const at = afterMs + (policy.jitterMs ?? 0) * chance()
      const burst = bursts.get(at) ?? { afterMs: at, statuses: [] }
      burst.statuses.push(status)
      bursts.set(at, burst)
    }
  }
  return [...bursts.values()].sort((a, b) => a.afterMs - b.afterMs)
}

/** The receipts of a burst that Baileys reports: the last one, and an error beside it. */
export function toldOfBurst(statuses: readonly ReceiptStatus[]): ReceiptStatus[] {
  const last = statuses.filter((status) => status !== 'ERROR').at(-1)
  return [...(statuses.includes('ERROR') ? (['ERROR'] as const) : []), ...(last === undefined ? [] : [last])]
}
