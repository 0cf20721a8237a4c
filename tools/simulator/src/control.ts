import type { WebhookAttempt } from './deliver-webhook.ts'
import type { Fault } from './fault.ts'
import type { DatabaseRow, InstanceSeed } from './instance.ts'
import type { WebhookWish } from './webhook-row.ts'
import type { Call, LiveFault, SentMessage } from './world.ts'

/** An instance put there without any HTTP: open and paired unless said. */
export type AddedInstance = InstanceSeed & {
  /** `open` (default), `close` (never paired), or `connecting` (a QR code on its screen). */
  state?: 'open' | 'close' | 'connecting'
  /** The phone that owns it, as a jid; made from `number` or the name otherwise. */
  ownerJid?: string
  webhook?: WebhookWish
}

/** What the simulator knows of an instance: memory and database side by side. `memory` is null while absent. */
export type InstanceView = {
  name: string
  id: string
  token: string
  memory: string | null
  database: DatabaseRow
  paired: boolean
  qrCount: number
  /** How many sockets were opened in this life of Evolution. */
  socketsOpened: number
  /** Whether two sockets on one account replace each other. */
  fighting: boolean
  hasWebhook: boolean
}

/** What narrows a list of calls. */
export type CallFilter = { method?: string; route?: string; name?: string }

/**
 * The hand behind the simulated world. All of it acts at once; an unknown name or an impossible act throws
 * ControlError with a sentence that says what to do.
 */
export type Control = {
  addInstance(seed: AddedInstance): InstanceView
  /** Vanishes without a webhook, as if another admin had deleted it. */
  removeInstance(name: string): void
  instance(name: string): InstanceView
  instances(): InstanceView[]
  /** Sockets whose instance was deleted during an outage, with the QR codes that they made since. */
  orphans(): { name: string; qrCount: number }[]
  /** The phone scans the QR code that is shown (or types its pairing code): open, after memory read `close` for `restartMs`. */
  scan(name: string, how?: { phone?: string; restartMs?: number }): void
  /** The QR code that is shown expires now: the next one, or the end of the pairing at the limit. */
  expireQr(name: string): void
  /**
   * The line is lost without an end: Evolution reconnects and reconnects. With `forMs` it comes back. Texts under way fail as
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
  /** Lost for `everyMs`, back for `everyMs`, …; the answer ends it as it is. */
  flap(name: string, everyMs: number): () => void
  /**
   * WhatsApp cannot be reached by anybody, or can again. With `slow` every answer takes 1.4 to 4.9 s meanwhile, scaled, as of an
   * Evolution with hundreds of instances that all reconnect.
   */
  whatsappOutage(on: boolean, how?: { slow?: boolean }): void
  /** WhatsApp refuses to register new devices (405): no QR code for what is not paired, or again as usual. */
  refuseRegistration(on: boolean): void
  /** QR codes come this much later than usual, in real milliseconds; 0 ends it. */
  delayQr(ms: number): void
  /** Evolution restarts; states are absent for `absentMs` (20 s scaled by default), then everybody connects. */
  restartEvolution(how?: { absentMs?: number }): void
  /** Sets the state in memory to any word, or makes it absent (null), with no event and no change elsewhere. */
  setMemory(name: string, state: string | null): void
  /** Sets fields of the database row, with no event and no change elsewhere. */
  setDatabase(name: string, fields: Partial<DatabaseRow>): void
  /** Calls the instance's webhook with any event (UPPER_SNAKE) and data, as late or forged-looking ones. */
  emitEvent(name: string, event: string, data: unknown): void
  /** Makes a number unknown to WhatsApp, or known again. */
  setNumberMissing(number: string, missing: boolean): void
  /** WhatsApp takes `ms` real milliseconds over each text; a line that is lost meanwhile ends the text. */
  whatsappLatency(ms: number): void
  /**
   * Evolution's database goes away or comes back. Meanwhile connectionState answers from memory, no webhook is sent, a
   * session that ends still reads `open` until Evolution restarts, and nothing is written.
   */
  databaseAway(on: boolean): void
  /** Each fetchInstances takes `ms` real milliseconds, one call after the other (it counts whole tables, also for one name). */
  inventoryCost(ms: number): void
  /** The owner and `open` reach the database `ms` real milliseconds after memory reads `open`. */
  recordLate(ms: number): void
  /** Messages that sendText accepted, of one instance or all. */
  sent(name?: string): SentMessage[]
  /** Requests received since the last reset. */
  calls(filter?: CallFilter): Call[]
  resetCalls(): void
  /** Every try to deliver a webhook. */
  webhookAttempts(name?: string): WebhookAttempt[]
  /** Adds a fault; they meet requests in the order they were added, one per request. */
  fault(fault: Fault): { id: number; remove(): void }
  removeFault(id: number): void
  clearFaults(): void
  faults(): LiveFault[]
  /** The whole server: `refuse` connections, `hang` (accept, never answer), or null (all is well); begins and ends by itself if told so. */
  outage(kind: 'refuse' | 'hang' | null, how?: { afterMs?: number; forMs?: number }): Promise<void>
}
