import { randomBytes, randomUUID } from 'node:crypto'
import { noQr, type Qr } from './qr.ts'
import type { TimerGroup } from './timers.ts'
import type { WebhookRow } from './webhook-row.ts'

/** What serves an instance; only the first one pairs with a phone. */
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

/** What Evolution's DATABASE says of an instance: the source of fetchInstances, and often stale. Instants are ISO. */
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

/** What Evolution's MEMORY says of an instance: the source of connectionState, and the only live truth. */
export type Line = {
  /** `open`, `connecting`, `close`, or any word a test put there. */
  state: string
  /** False until a socket was ever opened in this life of Evolution. */
  hasSocket: boolean
  qr: Qr
  /** The last code of an earlier attempt: Evolution never clears it, and connect answers it while there is no new one. */
  oldQr: Qr
  /** Sockets that connect and Evolution itself opened in this life of Evolution. */
  opened: number
  /** This one line is lost, whatever the rest of WhatsApp does. */
  dropped: boolean
  /** The last drop was a stream error 503 and not a lost socket. */
  streamError: boolean
  /** WhatsApp ended the session and Evolution did not take note, its database being away: memory reads `open`. */
  endedUnseen: boolean
  /** What ends the drop by itself. */
  dropEnds: TimerGroup
  /** Further sockets opened on the same account during a reconnect loop: they will fight (code 440). */
  rivals: number
  timers: TimerGroup
}

/** One WhatsApp number on this Evolution. `line` is null while Evolution has not loaded it. */
export type Instance = {
  id: string
  name: string
  integration: Integration
  /** What the creator typed; not the phone that was paired. */
  number: string | null
  token: string
  /** Whether a session exists, so that a reconnect needs no new QR code. */
  paired: boolean
  /** Its delete runs: memory has let go of it, and its row goes. */
  leaving: boolean
  /** Ended sessions that are erased only once their LOGOUT_INSTANCE webhook was delivered or given up. */
  dying: number
  database: DatabaseRow
  line: Line | null
  settings: Settings
  settingId: string
  webhook: WebhookRow | null
}

/** A fresh line: closed, nothing tried. */
export const newLine = (state = 'close'): Line => ({
  state,
  hasSocket: false,
  qr: noQr(),
  oldQr: noQr(),
  opened: 0,
  dropped: false,
  streamError: false,
  endedUnseen: false,
  dropEnds: new Set(),
  rivals: 0,
  timers: new Set(),
})

/** An id in the form of Evolution's settings and webhook rows. */
export const newRowId = () => `cm${randomBytes(12).toString('hex').slice(0, 23)}`

/** What is needed to make an instance; the rest has Evolution's defaults. */
export type InstanceSeed = {
  name: string
  integration?: Integration
  number?: string | null
  token?: string
  settings?: Partial<Settings>
}

/** A new instance, closed and never paired; business and plain-channel ones are open from the start. */
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
    line: newLine(state),
    settings: { ...DEFAULT_SETTINGS, ...seed.settings },
    settingId: newRowId(),
    webhook: null,
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

/** The jid of a phone number given in digits (anything else in it is dropped). */
export const jidOf = (phone: string) => `${phone.replace(/\D/g, '')}@s.whatsapp.net`

/** A Brazilian mobile number that always belongs to the same name, for phones nobody described. */
export function phoneOf(name: string): string {
  let hash = 7
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 100_000_000
  return `55119${String(hash).padStart(8, '0')}`
}
