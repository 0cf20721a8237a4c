import type { OutgoingMessage, SendVerdict } from '@zapfleet/sending'
import type { Disconnection } from './disconnection.ts'

/** The three words Evolution uses for the live state of an instance. */
export type ConnectionState = 'open' | 'connecting' | 'close'

/**
 * What a person needs to pair a phone. At least one of `code` (the text inside the QR picture), `base64` (the picture as a
 * PNG data URL) and `pairingCode` (8 characters to type) is there. `count` rises with each new QR of one pairing.
 */
export type Qr = { code: string | null; base64: string | null; pairingCode: string | null; count: number }

/**
 * A webhook as it is sent. Evolution keeps the old value of whatever is left out, so every field is always sent:
 * what is set is all there is.
 */
export type WebhookSettings = {
  url: string
  /** Subscription names in UPPER_SNAKE. Evolution reads an empty list as "all events". */
  events: readonly string[]
  /** Sent with every event. Default none. Evolution replaces the key `jwt_key` by a signed bearer token. */
  headers?: Readonly<Record<string, string>>
  /** Default true. Evolution forgets the events of a webhook that is switched off. */
  enabled?: boolean
  /** Appends the event's name to the URL. Default false. */
  byEvents?: boolean
  /** Media as base64 in the events. Default false. */
  base64?: boolean
}

/** A webhook as Evolution has it. `headers` may hold secrets of another program: never log them. */
export type Webhook = {
  url: string
  events: string[]
  headers: Record<string, string>
  enabled: boolean
  byEvents: boolean
  base64: boolean
}

/**
 * One row of Evolution's inventory. It comes from Evolution's database and is NOT the live state: during an outage every
 * paired instance still reads `open`. `ownerJid` and `profileName` survive a logout; `number` is what the creator typed.
 * The instance token that Evolution sends along is dropped.
 */
export type EvolutionInstance = {
  name: string
  instanceId: string | null
  connectionStatus: string | null
  ownerJid: string | null
  profileName: string | null
  number: string | null
  disconnection: Disconnection | null
  createdAt: string | null
  /** When its row last changed, by Evolution's clock: it changes with every QR code that is shown. */
  updatedAt: string | null
  integration: string | null
}

/** The answer of `create`. `qr` is null when none was requested or none is ready yet. The token is dropped. */
export type CreatedInstance = {
  name: string
  instanceId: string | null
  state: ConnectionState | null
  qr: Qr | null
}

/** `open`: already paired. `pending`: no QR yet, call again. */
export type ConnectAnswer = { kind: 'open' } | { kind: 'qr'; qr: Qr } | { kind: 'pending'; count: number }

/** `word` is what came (null: nothing); `state` is null when it is absent or no known word. */
export type StateReading = { state: ConnectionState | null; word: string | null }

/**
 * `signal` cancels a call: its reason is thrown, whatever Evolution does with a request already sent.
 * `timeoutMs` replaces the call's own timeout and includes retries.
 */
export type CallOptions = { signal?: AbortSignal; timeoutMs?: number }

/** How long each call may take in all, in milliseconds. */
export type Timeouts = {
  /** 5,000. Evolution answers from memory in some 2 ms. */
  connectionStateMs: number
  /** 10,000. */
  createMs: number
  /** 20,000. Evolution sleeps 5 s before it answers with a QR. */
  createWithQrMs: number
  /** 45,000. Evolution sleeps 2 s (v1: 5 s), a pairing code takes 1 s more, WhatsApp's version question up to 20 s. */
  connectMs: number
  /** 75,000. Evolution itself takes up to a minute. */
  sendMs: number
  /** 10,000, for every other call. */
  otherMs: number
}

/** One HTTP request, for logs and metrics. Contains no key, token, phone number or QR code. */
export type EvolutionCall = {
  call: string
  /** The instance's name. */
  name?: string
  outcome: 'ok' | 'refused' | 'unlicensed' | 'unreachable' | 'malformed' | 'cancelled'
  /** The HTTP status, when there was an answer. */
  status?: number
  tookMs: number
  /** 1 for the first try. Only calls that merely read have a second and a third. */
  attempt: number
  /** On whose behalf, where that is known: see `forRequest`. */
  requestId?: string
}

export type EvolutionOptions = {
  /** Evolution's address, `http:` or `https:`, with a path if a proxy wants one. */
  url: string
  /** Evolution's global key. Sent in the header `apikey`, found nowhere else. */
  apiKey: string
  /** Called once per HTTP request. Must not throw. */
  log?: (event: EvolutionCall) => void
  timeouts?: Partial<Timeouts>
  /** How many requests may run at once; the others wait within their timeout. Default 32. */
  connections?: number
}

/**
 * The Evolution API, typed. Every call but `send` throws `EvolutionError` (or the reason of its cancelled signal) and nothing else.
 * Names are percent-encoded; `''`, `.`, `..` are refused before anything is called, since no route can name them.
 * Calls that merely read (connectionState, fetchInstances, findWebhook, whatsappNumbers, version) are repeated when the connection
 * breaks or a gateway answers 502-504, within their timeout. Calls that act are sent once. While Evolution's licence is not
 * activated, every call but `version` is refused as `unlicensed` and not repeated.
 */
export interface Evolution {
  /**
   * Creates an instance (integration WHATSAPP-BAILEYS). Neither idempotent nor safe in parallel: two creates of one name can
   * both lose it, so callers serialise by name. A taken name is refusal `name_taken`.
   */
  create(
    input: { name: string; number?: string; qrcode?: boolean; webhook?: WebhookSettings },
    options?: CallOptions,
  ): Promise<CreatedInstance>
  /**
   * Starts pairing, or reads the current QR. Acts: each call on a closed instance opens a socket of its own, so
   * callers keep one in flight per instance. `number` (international, digits) requests a pairing code beside the QR.
   */
  connect(name: string, options?: CallOptions & { number?: string }): Promise<ConnectAnswer>
  /** The only truthful live state, from Evolution's memory. An unknown name is refusal `not_found`. */
  connectionState(name: string, options?: CallOptions): Promise<StateReading>
  /** The inventory, unordered; with `name` that row or, when Evolution does not have it, an empty list. */
  fetchInstances(options?: CallOptions & { name?: string }): Promise<EvolutionInstance[]>
  /** Restarts the socket. The state in the answer is stale (read again); refused when the instance is closed. */
  restart(name: string, options?: CallOptions): Promise<{ state: ConnectionState | null; qr: Qr | null }>
  /** Logs the phone out; the instance stays. Not awaited by Evolution: read back to be sure. */
  logout(name: string, options?: CallOptions): Promise<{ wasConnected: boolean }>
  /** Queues the deletion; the instance may live on until its webhook was delivered: read back until `not_found`. */
  delete(name: string, options?: CallOptions): Promise<{ existed: boolean }>
  /** Replaces the instance's webhook, of which it has only one. */
  setWebhook(name: string, settings: WebhookSettings, options?: CallOptions): Promise<void>
  /** The instance's webhook, or null when none was ever set. */
  findWebhook(name: string, options?: CallOptions): Promise<Webhook | null>
  /**
   * Sends one message, once: a text, an image, a video or a document, or audio as a voice message. Resolves for every failure of
   * the server and of the network, with what is certain about the send; a timeout or a cancel after the request was written is
   * `maybe`. Its words contain nothing of the message. Throws only for a name or media that no call can have.
   */
  send(name: string, message: OutgoingMessage, options?: CallOptions): Promise<SendVerdict>
  /**
   * Looks numbers up on WhatsApp. Evolution keeps those that exist for 7 days and answers them from its cache; for any other it
   * queries WhatsApp through the connection of this instance, so an answer within seconds proves that the connection works.
   */
  whatsappNumbers(
    name: string,
    numbers: readonly string[],
    options?: CallOptions,
  ): Promise<{ number: string; exists: boolean }[]>
  /**
   * The statuses that Evolution stored of a message, such as `DELIVERY_ACK`, in no order; empty: none, or it stores no messages.
   * Evolution searches a table without an index: some 10 ms for each message.
   */
  findStatuses(name: string, messageId: string, options?: CallOptions): Promise<string[]>
  /** Who answers at this address. Needs no key. `simulated` is true for the zapfleet simulator. */
  version(options?: CallOptions): Promise<{ version: string; simulated: boolean }>
  /** The same client, over the same connections, whose calls are logged with this request's id. */
  forRequest(requestId: string): Evolution
  /** Waits up to `graceMs` (default 2,000) for calls under way, then cuts them. Repeatable: the first call's grace holds. */
  close(options?: { graceMs?: number }): Promise<void>
}
