import type { WebhookSender } from './deliver-webhook.ts'
import type { Fault } from './fault.ts'
import type { Instance } from './instance.ts'
import type { Settled } from './options.ts'
import type { Timers } from './timers.ts'

/** A message that sendText accepted. `at` is ISO; `number` the digits it went to. */
export type SentMessage = { instance: string; number: string; text: string; id: string; at: string }

/** A request the simulator received (its own control door excepted). `path` has no query; `name` is the instance named. */
export type Call = { method: string; path: string; query: string; name: string | null; at: string }

/** A fault that waits for its requests; `left` is how many more it will meet. */
export type LiveFault = Fault & { id: number; left: number }

/** Everything the simulator knows. One per started simulator; nothing is global. */
export type World = {
  options: Settled
  /** Own address, known once it listens. */
  url: string
  now: () => Date
  instances: Map<string, Instance>
  /** Names whose row is being written, and how many requests lost that race so far. */
  creating: Map<string, number>
  /** WhatsApp cannot be reached by anybody. */
  whatsappDown: boolean
  /** The reconnect loops of an outage keep Evolution busy: each answer takes 1.4 to 4.9 s, scaled. */
  outageIsSlow: boolean
  /** Instances that try to reconnect, again and again. */
  lost: Set<Instance>
  /** Sockets whose instance was deleted while they reconnected. */
  orphans: Set<Instance>
  /** Instances with two sockets on one account. */
  fighting: Set<Instance>
  /** Instances whose phone scanned the code, and whose session has not logged in yet. */
  pairing: Set<Instance>
  /** WhatsApp refuses to register new devices (405). */
  registrationRefused: boolean
  /** How much later than usual a QR code comes, in real milliseconds. */
  qrDelayMs: number
  /** What ends each flapping instance. */
  flapping: Map<Instance, () => void>
  /** Whether the reconnect loop's one shared timer runs. */
  ticking: boolean
  /** Numbers without WhatsApp, in digits. */
  missingNumbers: Set<string>
  /** Numbers looked up before: a dead line then fails with another status. */
  knownNumbers: Set<string>
  /** How long WhatsApp takes over each text, in real milliseconds. */
  whatsappLatencyMs: number
  /** Evolution's own database cannot be reached. */
  databaseAway: boolean
  /** How long one fetchInstances keeps the database busy, in real milliseconds. */
  inventoryMs: number
  /** Ends when the fetchInstances calls so far have left the database. */
  inventoryQueue: Promise<void>
  /** How long after an opening the owner is written to the database (the profile picture is read first), in real milliseconds. */
  recordLateMs: number
  sent: SentMessage[]
  calls: Call[]
  faults: LiveFault[]
  /** Connections are accepted and never answered. */
  hanging: boolean
  timers: Timers
  webhooks: WebhookSender
  /** Says that something worth keeping in the state file changed. */
  changed: () => void
}

/** One of Evolution's own delays, in the time of this simulator. */
export const scaled = (world: World, ms: number) => ms * world.options.timeScale

/**
 * Whether Evolution believes that a name exists. It keeps instances in a plain object, so that every property of
 * Object.prototype (`constructor`, `toString`, `__proto__`, …) "exists".
 */
export const nameExists = (world: World, name: string) => world.instances.has(name) || name in {}

/** Marks an instance's database row as changed just now. */
export function touch(world: World, instance: Instance): void {
  instance.database.updatedAt = world.now().toISOString()
  world.changed()
}
