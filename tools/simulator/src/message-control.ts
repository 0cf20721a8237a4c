import type { GlobalWebhook } from './global-webhook.ts'
import type { UrlFailure } from './media-source.ts'
import type { InboundMessage } from './message-event.ts'
import type { OutcomePolicy, ReceiptStatus } from './outcome-policy.ts'
import type { MishapCounts, SendMishaps } from './send-mishap.ts'
import type { SentMessage, SentUpdate } from './world.ts'

/** A message as Evolution and WhatsApp have it. `statuses` are its rows of the table MessageUpdate. */
export type MessageView = {
  id: string
  remoteJid: string
  fromMe: boolean
  statuses: ReceiptStatus[]
}

/** The messages that a policy is for: of one instance, to one recipient (a number or a jid), both, or all. */
export type OutcomeScope = { name?: string; to?: string }

/** The commands about what becomes of messages, and about the people who write. Times are real milliseconds. */
export type MessageControl = {
  /**
   * Sets what becomes of messages from now on; null removes the policy. A policy of one recipient of one instance replaces that of
   * the recipient, that of the instance, and that of all.
   */
  outcomes(policy: OutcomePolicy | null, scope?: OutcomeScope): void
  /** WhatsApp sends these receipts of one message (any id that the instance has) in one burst. */
  receipts(name: string, id: string, statuses: readonly ReceiptStatus[]): void
  /**
   * A person writes to an instance, or types on its phone. It waits at WhatsApp while the instance is not connected.
   */
  inbound(name: string, message: InboundMessage): { id: string }
  /**
   * WhatsApp lets an instance write only to people of a past conversation: others get ERROR (463), those people a
   * delivery.
   */
  restrict(name: string, on: boolean): void
  /** Sets whether the instance has talked with a person. */
  setKnown(name: string, number: string, known: boolean): void
  /**
   * The connection is dead while the state stays `open`: with `half_open` nothing comes back (calls fail after 60 s, scaled), with
   * `closed` they fail at once; null: it works again. A new login also ends it. `noticedAfterMs`: Evolution loses the connection
   * then (51 s were measured), and logs in again `backAfterMs` later, or never.
   */
  deadConnection(
    name: string,
    kind: 'half_open' | 'closed' | null,
    how?: { noticedAfterMs?: number; backAfterMs?: number },
  ): void
  /** Sets whether the inbound messages of an instance are dead, as after an API logout and a new pairing. */
  setInboundDead(name: string, dead: boolean): void
  /** The row of each message is stored this long after its write to the socket: earlier receipts are lost for good. */
  rowLate(ms: number): void
  /** Baileys holds events back for this time after each login; null: 20 s, scaled. */
  bufferAfterLogin(ms: number | null): void
  /** WhatsApp answers this jid for a number, in all forms of that number. */
  setWhatsappJid(number: string, jid: string): void
  /** The LID of a person. */
  setLid(number: string, lid: string): void
  /** Sets the global webhook, as a restart of Evolution with another environment would; null: none. */
  setGlobalWebhook(webhook: GlobalWebhook | null): void
  /**
   * Sends each event about messages `times` times, at random moments within `withinMs`, as Evolution does for receivers that answer
   * late; 1 and 0: once, at once.
   */
  eventCopies(times: number, withinMs: number): void
  /** The number of clients of the websocket. */
  websocketClients(): number
  /** Closes every connection of the websocket. Clients may connect again; events meanwhile are gone. */
  dropWebsockets(): void
  /**
   * What becomes of media whose URL begins with `start`: it is unreachable, its host answers a status, or it is read (null). The
   * simulator reads no URL; those of port 9 on loopback are always unreachable.
   */
  mediaUrl(start: string, failure: UrlFailure | null): void
  /** Uploads of media fail on all hosts of WhatsApp, or succeed again. */
  uploadsFail(on: boolean): void
  /** A share of all sends from now on is not answered, or is refused; null: none. The counts begin at 0. */
  sendMishaps(mishaps: SendMishaps | null): void
  /** How many sends met each mishap since they began. */
  mishapCounts(): MishapCounts
  /**
   * The messages that were written to WhatsApp for each recipient, by jid, of all instances, oldest first: one entry for each
   * write, also of sends whose answer was lost.
   */
  received(to?: string): Record<string, Pick<SentMessage, 'instance' | 'kind' | 'text' | 'id' | 'at'>[]>
  /** The messages of an instance, oldest first. */
  messages(name: string): MessageView[]
  /** Every MESSAGES_UPDATE that Evolution sent, of one instance or all. */
  updates(name?: string): SentUpdate[]
}
