import type { WebhookAttempt } from './deliver-webhook.ts'
import type { Fault } from './fault.ts'
import type { DatabaseRow, InstanceSeed } from './instance.ts'
import type { MessageControl } from './message-control.ts'
import type { WebhookInput } from './webhook-row.ts'
import type { Call, LiveFault, SentMessage } from './world.ts'

/** An instance that is added without HTTP: open and paired by default. */
export type AddedInstance = InstanceSeed & {
  /** `open` (default), `close` (never paired), or `connecting` (shows a QR code). */
  state?: 'open' | 'close' | 'connecting'
  /** The phone that owns it, as a jid; default: made from `number` or the name. */
  ownerJid?: string
  webhook?: WebhookInput
}

/** An instance in memory and in the database. `memory` is null while Evolution has not loaded it. */
export type InstanceView = {
  name: string
  id: string
  token: string
  memory: string | null
  database: DatabaseRow
  paired: boolean
  qrCount: number
  /** Sockets opened since the start of Evolution. */
  socketsOpened: number
  /** Whether two sockets on one account replace each other. */
  fighting: boolean
  hasWebhook: boolean
  /** Whether inbound messages are dead until Evolution restarts, as after an API logout. */
  inboundDead: boolean
  /** Messages in flight that wait for WhatsApp, see `whatsappLatency`. */
  textsWaiting: number
}

/** A filter of a list of calls. */
export type CallFilter = { method?: string; route?: string; name?: string }

/**
 * The control of a simulator. Every command acts at once. An unknown name or an impossible command throws
 * ControlError with a sentence about what to do.
 */
export type Control = MessageControl & {
  addInstance(seed: AddedInstance): InstanceView
  /** Removes an instance without a webhook, as if another admin had deleted it. */
  removeInstance(name: string): void
  instance(name: string): InstanceView
  instances(): InstanceView[]
  /** Sockets whose instance was deleted during an outage, with the QR codes that they have made since. */
  orphans(): { name: string; qrCount: number }[]
  /**
   * The phone scans the QR code that is shown, or types its pairing code. Memory reads `close` for `restartMs`, then `open`.
   */
  scan(name: string, how?: { phone?: string; restartMs?: number }): void
  /** Expires the QR code that is shown: the next one follows, or the end of the pairing at the limit. */
  expireQr(name: string): void
  /**
   * Loses the connection; Evolution reconnects without end. With `forMs` it returns after that time. Texts in flight fail as
   * after a lost socket, with `streamError` as after a stream error 503.
   */
  drop(name: string, how?: { forMs?: number; streamError?: boolean }): void
  recover(name: string): void
  /** WhatsApp refuses the account for good: 403 (default), 402 or 406; 401 is a refused login. */
  ban(name: string, code?: number): void
  /** The owner removes the linked device: 401, `Stream Errored (conflict)`. */
  logoutFromPhone(name: string): void
  /** Close, connecting, open again after `ms`. */
  blip(name: string, ms: number): void
  /**
   * Loses the connection for `everyMs`, restores it for `everyMs`, and so on. The returned function ends it in its present
   * state.
   */
  flap(name: string, everyMs: number): () => void
  /**
   * Makes WhatsApp unreachable for all instances, or reachable again. With `slow` every answer takes 1.4 to 4.9 s meanwhile,
   * scaled, as measured on an Evolution whose hundreds of instances all reconnect.
   */
  whatsappOutage(on: boolean, how?: { slow?: boolean }): void
  /** WhatsApp refuses to register new devices (405): no QR code for an instance that is not paired. */
  refuseRegistration(on: boolean): void
  /**
   * Takes the licence of Evolution 2.4 and newer away, or activates it. Without it every business route answers 503 with the
   * code LICENSE_REQUIRED, before the key is checked.
   */
  unlicensed(on: boolean): void
  /** Delays QR codes by this time, in real milliseconds; 0 ends it. */
  delayQr(ms: number): void
  /** Restarts Evolution: states are absent for `absentMs` (20 s scaled by default), then all instances connect. */
  restartEvolution(how?: { absentMs?: number }): void
  /** Sets the state in memory to any word, or makes it absent (null), without an event or another change. */
  setMemory(name: string, state: string | null): void
  /** Sets fields of the database row, without an event or another change. */
  setDatabase(name: string, fields: Partial<DatabaseRow>): void
  /** Calls the instance's webhook with any event (UPPER_SNAKE) and data, for example late or forged ones. */
  emitEvent(name: string, event: string, data: unknown): void
  /** Makes a number unknown to WhatsApp, or known again. */
  setNumberMissing(number: string, missing: boolean): void
  /**
   * WhatsApp takes `ms` real milliseconds for each message, those of one instance one after another; a connection that is lost
   * meanwhile ends the message within 10 ms.
   */
  whatsappLatency(ms: number): void
  /**
   * Takes Evolution's database away or brings it back. Meanwhile connectionState answers from memory, no webhook is sent, a
   * session that ends still reads `open` until Evolution restarts, and nothing is written.
   */
  databaseAway(on: boolean): void
  /** Each fetchInstances takes `ms` real milliseconds, one call after the other (it counts whole tables, also for one name). */
  inventoryCost(ms: number): void
  /** The owner and `open` reach the database `ms` real milliseconds after memory reads `open`. */
  recordLate(ms: number): void
  /** Messages that were written to WhatsApp, of one instance or all, also where the answer was lost. */
  sent(name?: string): SentMessage[]
  /** Requests received since the last reset. */
  calls(filter?: CallFilter): Call[]
  resetCalls(): void
  /** Every attempt to deliver a webhook. */
  webhookAttempts(name?: string): WebhookAttempt[]
  /** Adds a fault. Faults apply to requests in the order they were added, one per request. */
  fault(fault: Fault): { id: number; remove(): void }
  removeFault(id: number): void
  clearFaults(): void
  faults(): LiveFault[]
  /**
   * The whole server: `refuse` connections, `hang` (accept, never answer), or null (no outage). Begins after `afterMs` and ends
   * after `forMs`, if given.
   */
  outage(kind: 'refuse' | 'hang' | null, how?: { afterMs?: number; forMs?: number }): Promise<void>
}
