import type { WebhookSender } from './deliver-webhook.ts'
import type { Fault } from './fault.ts'
import type { GlobalWebhook } from './global-webhook.ts'
import type { Instance } from './instance.ts'
import type { Licence } from './licence.ts'
import type { UrlFailure } from './media-source.ts'
import type { ResolvedOptions } from './options.ts'
import type { OutcomePolicy, ReceiptStatus } from './outcome-policy.ts'
import type { MishapDraws } from './send-mishap.ts'
import type { SentKind } from './sent-content.ts'
import type { Timers } from './timers.ts'
import type { Websocket } from './websocket.ts'

/**
 * A message that was written to WhatsApp, also where its answer was lost. `at` is ISO 8601; `number` is the recipient as given, in
 * digits; `jid` is the address that was used; `text` is the text or the caption, '' without one.
 */
export type SentMessage = {
  instance: string
  number: string
  jid: string
  kind: SentKind
  text: string
  id: string
  at: string
}

/** A MESSAGES_UPDATE that Evolution sent. `id` is the message, `at` ISO 8601. */
export type SentUpdate = { instance: string; id: string; status: ReceiptStatus; at: string }

/**
 * A request that the simulator received, without those of the control. `path` has no query; `name` is the instance in the
 * request.
 */
export type Call = { method: string; path: string; query: string; name: string | null; at: string }

/** An active fault; `left` is the number of requests that it still affects. */
export type LiveFault = Fault & { id: number; left: number }

/** The whole state of one started simulator. Nothing is global. */
export type World = {
  options: ResolvedOptions
  /** Own address; set when the listener is open. */
  url: string
  now: () => Date
  instances: Map<string, Instance>
  /** Names whose row is being written, with the number of creates that have lost the race so far. */
  creating: Map<string, number>
  /** No instance can reach WhatsApp. */
  whatsappDown: boolean
  /** The reconnect loops of an outage load Evolution: each answer takes 1.4 to 4.9 s, scaled. */
  outageIsSlow: boolean
  /** Instances in a reconnect loop. */
  lost: Set<Instance>
  /** Sockets whose instance was deleted while they reconnected. */
  orphans: Set<Instance>
  licence: Licence
  /** Instances with two sockets on one account. */
  fighting: Set<Instance>
  /** Instances whose phone scanned the code and whose session has not logged in yet. */
  pairing: Set<Instance>
  /** WhatsApp refuses to register new devices (405). */
  registrationRefused: boolean
  /** The extra delay of a QR code, in real milliseconds. */
  qrDelayMs: number
  /** The function that stops the flapping of each instance. */
  flapping: Map<Instance, () => void>
  /** Whether the shared timer of the reconnect loops runs. */
  ticking: boolean
  /** Numbers without WhatsApp, in digits. */
  missingNumbers: Set<string>
  /**
   * Evolution's cache of numbers on WhatsApp, by jid: a send over a dead connection fails with another status when its number is
   * in it.
   */
  onWhatsapp: Map<string, string>
  /** The jids that WhatsApp answers for other forms of a number. */
  whatsappJids: Map<string, string>
  /** The LIDs of people, by phone jid. */
  lids: Map<string, string>
  /** What becomes of messages, by instance and recipient; `outcomes` for all others. */
  policies: Map<string, OutcomePolicy>
  outcomes: OutcomePolicy
  /** The time between the write to the socket and the row of a message, in real milliseconds. */
  rowLateMs: number
  /** The time that Baileys holds events back after a login, in real milliseconds; null: 20 s scaled. */
  bufferMs: number | null
  updates: SentUpdate[]
  globalWebhook: GlobalWebhook | null
  /** Null when Evolution runs without its websocket. */
  websocket: Websocket | null
  /** Each event about messages is sent this often, at random moments within the time. */
  eventCopies: { times: number; withinMs: number }
  /** URLs of media that cannot be read, by their beginnings. */
  mediaUrls: Map<string, UrlFailure>
  /** Uploads of media fail on all hosts of WhatsApp. */
  uploadsFail: boolean
  /** Null: every send is served. */
  mishaps: MishapDraws | null
  /** The time that WhatsApp takes for each message, in real milliseconds. */
  whatsappLatencyMs: number
  /** Evolution's own database is unreachable. */
  databaseAway: boolean
  /** The time that one fetchInstances keeps the database busy, in real milliseconds. */
  inventoryMs: number
  /** Resolves when the database has finished the present fetchInstances calls. */
  inventoryQueue: Promise<void>
  /**
   * The time between an opening and the write of the owner to the database (Evolution reads the profile picture first), in real
   * milliseconds.
   */
  recordLateMs: number
  sent: SentMessage[]
  calls: Call[]
  faults: LiveFault[]
  /** Connections are accepted and never answered. */
  hanging: boolean
  timers: Timers
  webhooks: WebhookSender
  /** Called when the content of the state file changed. */
  changed: () => void
}

/** A delay of Evolution, scaled by `timeScale`. */
export const scaled = (world: World, ms: number) => ms * world.options.timeScale

/**
 * Whether Evolution treats `name` as existing. It keeps instances in a plain object, so every property of Object.prototype
 * (`constructor`, `toString`, `__proto__`, …) exists.
 */
export const nameExists = (world: World, name: string) => world.instances.has(name) || name in {}

/** Updates `updatedAt` of an instance's database row. */
export function touch(world: World, instance: Instance): void {
  instance.database.updatedAt = world.now().toISOString()
  world.changed()
}
