import { randomBytes, randomUUID } from 'node:crypto'
import { noQr, type Qr } from './qr.ts'
import type { TimerGroup } from './timers.ts'
import { newTraffic, type Traffic } from './traffic.ts'
import type { WebhookRow } from './webhook-row.ts'
import type { WebsocketRow } from './websocket-row.ts'

/** The integrations of an instance; only the first one pairs with a phone. */
export type Integration = 'WHATSAPP-BAILEYS' | 'WHATSAPP-BUSINESS' | 'EVOLUTION'

/** The integrations that create accepts. */
export const INTEGRATIONS: readonly string[] = ['WHATSAPP-BAILEYS', 'WHATSAPP-BUSINESS', 'EVOLUTION']

/** The eight settings of an instance. */
export type Settings = {
  rejectCall: boolean
  msgCall: string
  groupsIgnore: boolean
  alwaysOnline: boolean
  readMessages: boolean
  readStatus: boolean
  syncFullHistory: boolean
  wavoipToken: string
}

/** The row of an instance in Evolution's DATABASE: the source of fetchInstances, and often stale. Times are ISO 8601. */
export type DatabaseRow = {
  connectionStatus: string
  ownerJid: string | null
  profileName: string | null
  disconnectionReasonCode: number | null
  disconnectionObject: string | null
  disconnectionAt: string | null
  createdAt: string
  updatedAt: string
}

/** The state of an instance in Evolution's MEMORY: the source of connectionState, and the only live one. */
export type Connection = {
  /** `open`, `connecting`, `close`, or any word that a test set. */
  state: string
  /** False until the first socket since the start of Evolution. */
  hasSocket: boolean
  qr: Qr
  /** The last code of an earlier attempt: Evolution never clears it, and connect returns it while there is no new one. */
  oldQr: Qr
  /** Sockets that connect and Evolution itself opened since the start of Evolution. */
  opened: number
  /** This connection alone is lost, apart from outages of WhatsApp. */
  dropped: boolean
  /** The last drop was a stream error 503, not a lost socket. */
  streamError: boolean
  /** WhatsApp ended the session while Evolution's database was away, so Evolution did not record it: memory reads `open`. */
  endedUnseen: boolean
  /**
   * Open and without use: nothing comes back any more (`half_open`), or each call fails at once (`closed`). A new login ends it.
   */
  dead: 'half_open' | 'closed' | null
  /** The timer that ends the drop. */
  dropEnds: TimerGroup
  /** Further sockets on the same account, opened during a reconnect loop: they will replace each other (code 440). */
  rivals: number
  timers: TimerGroup
}

/** One WhatsApp number on this Evolution. `connection` is null while Evolution has not loaded it. */
export type Instance = {
  id: string
  name: string
  integration: Integration
  /** The number given to create; not the phone that was paired. */
  number: string | null
  token: string
  /** Whether a session exists; a reconnect then needs no new QR code. */
  paired: boolean
  /** The delete runs: memory has dropped the instance, and its row is about to go. */
  leaving: boolean
  /** Ended sessions that are erased only after their LOGOUT_INSTANCE webhook is delivered or given up. */
  dying: number
  database: DatabaseRow
  connection: Connection | null
  settings: Settings
  settingId: string
  webhook: WebhookRow | null
  websocket: WebsocketRow | null
  traffic: Traffic
}

/** A new connection: closed, nothing tried. */
export const newConnection = (state = 'close'): Connection => ({
  state,
  hasSocket: false,
  qr: noQr(),
  oldQr: noQr(),
  opened: 0,
  dropped: false,
  streamError: false,
  endedUnseen: false,
  dead: null,
  dropEnds: new Set(),
  rivals: 0,
  timers: new Set(),
})

/** An id in the form of Evolution's settings and webhook rows. */
export const newRowId = () => `cm${randomBytes(12).toString('hex').slice(0, 23)}`

/** The fields for a new instance; the others get Evolution's defaults. */
export type InstanceSeed = {
  name: string
  integration?: Integration
  number?: string | null
  token?: string
  settings?: Partial<Settings>
}

/** A new instance, closed and never paired. Instances of the other integrations are open from the start. */
export function newInstance(seed: InstanceSeed, at: Date): Instance {
  const integration = seed.integration ?? 'WHATSAPP-BAILEYS'
  const state = integration === 'WHATSAPP-BAILEYS' ? 'close' : 'open'
  return {
    id: randomUUID(),
    name: seed.name,
    integration,
    number: seed.number ?? null,
    token: seed.token || randomUUID().toUpperCase(),
    paired: false,
    leaving: false,
    dying: 0,
    database: {
      connectionStatus: state,
      ownerJid: null,
      profileName: null,
      disconnectionReasonCode: null,
      disconnectionObject: null,
      disconnectionAt: null,
      createdAt: at.toISOString(),
      updatedAt: at.toISOString(),
    },
    connection: newConnection(state),
    settings: { ...DEFAULT_SETTINGS, ...seed.settings },
    settingId: newRowId(),
    webhook: null,
    websocket: null,
    traffic: newTraffic(),
  }
}

const DEFAULT_SETTINGS: Settings = {
  rejectCall: false,
  msgCall: '',
  groupsIgnore: false,
  alwaysOnline: false,
  readMessages: false,
  readStatus: false,
  syncFullHistory: false,
  wavoipToken: '',
}

/** The jid of a phone number; characters other than digits are dropped. */
export const jidOf = (phone: string) => `${phone.replace(/\D/g, '')}@s.whatsapp.net`

/** A Brazilian mobile number, always the same for a name, for phones without a given number. */
export function phoneOf(name: string): string {
  let hash = 7
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 100_000_000
  return `55119${String(hash).padStart(8, '0')}`
}
