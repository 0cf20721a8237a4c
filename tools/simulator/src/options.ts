import { randomBytes } from 'node:crypto'
import type { GlobalWebhook } from './global-webhook.ts'
import type { OutcomePolicy } from './outcome-policy.ts'

/** Logs one event of the simulator: a sentence and its fields (never a key). */
export type SimulatorLog = (message: string, facts?: Record<string, unknown>) => void

/** Phones that scan without a command, for demos. */
export type AutoScan = {
  /** The time between a QR code and its scan, in real milliseconds (never scaled). */
  afterMs: number
  /** The number of the phone in digits; default: made from the instance. */
  phone?: string | ((name: string) => string)
  /** Instances that are not scanned: they keep showing their QR code. */
  except?: readonly string[]
}

/**
 * What Evolution stores: NEW_MESSAGE, HISTORIC and MESSAGE_UPDATE. Without the first but with the second no MESSAGES_UPDATE is sent;
 * without both it is sent without `messageId`.
 */
export type SaveSwitches = { newMessage: boolean; historic: boolean; messageUpdate: boolean }

/** The websocket of Evolution. */
export type WebsocketOptions = {
  /** The root namespace gets every event of every instance (WEBSOCKET_GLOBAL_EVENTS); default: false. */
  globalEvents?: boolean
  /** Peers that need no key (WEBSOCKET_ALLOWED_HOSTS); default: loopback. */
  allowedHosts?: readonly string[]
}

/** The options of a simulator, all optional. */
export type SimulatorOptions = {
  /** TCP port; 0 (default) takes a free one. */
  port?: number
  /** Address to listen on; default: 127.0.0.1. */
  host?: string
  /** The server's global key; default: generated (read it from the started simulator). */
  apiKey?: string
  /**
   * Factor for Evolution's own delays: the 5 s of create with a QR code, the 2 s of connect, the 45 s of a QR code, the webhook
   * retries. 1 is the real time. 0 removes the delays, and QR codes then live until `control.expireQr` ends them.
   */
  timeScale?: number
  /** Added to every answer, in real milliseconds. */
  latencyMs?: number
  /**
   * The difference between its clock and the true one, in milliseconds; negative: behind. It shows in timestamps and in the
   * Date header.
   */
  clockAheadMs?: number
  /** Phones that scan a moment after a QR code is shown; default: off. */
  autoScan?: AutoScan | false
  /** The time that memory reads `close` after a scan (stream error 515), in real milliseconds; default: 0. */
  scanRestartMs?: number
  /** The number of QR codes before Evolution gives up (its QRCODE_LIMIT); default: 30. */
  qrLimit?: number
  /** The version in `GET /`; default: 2.3.6. */
  version?: string
  /** The number of attempts to deliver a webhook (WEBHOOK_RETRY_MAX_ATTEMPTS); default: 10. */
  webhookAttempts?: number
  /** Whether `GET /metrics` exists (PROMETHEUS_METRICS); default: true. */
  metrics?: boolean
  /** The webhook of the whole server (WEBHOOK_GLOBAL_…); default: none. */
  globalWebhook?: GlobalWebhook
  /** The websocket (WEBSOCKET_ENABLED); default: off. */
  websocket?: WebsocketOptions
  /** Whether events hold the instance's token (AUTHENTICATION_EXPOSE_IN_FETCH_INSTANCES); default: true. */
  exposeTokens?: boolean
  /** What becomes of messages, where no command sets another; default: accepted, and nothing is reported. */
  outcomes?: OutcomePolicy
  /** Which messages Evolution stores (its DATABASE_SAVE_DATA_…); default: all. */
  save?: Partial<SaveSwitches>
  /** The number of messages that are kept for each instance, the newest; default: 20,000. */
  keptMessages?: number
  /** A file that keeps the instances across restarts of the simulator; default: none. */
  stateFile?: string
  /** The receiver of log entries; default: none. */
  log?: SimulatorLog
}

/** The options with all defaults. */
export type ResolvedOptions = {
  port: number
  host: string
  apiKey: string
  timeScale: number
  latencyMs: number
  clockAheadMs: number
  autoScan: AutoScan | false
  scanRestartMs: number
  qrLimit: number
  version: string
  webhookAttempts: number
  metrics: boolean
  globalWebhook: GlobalWebhook | null
  websocket: Required<WebsocketOptions> | null
  exposeTokens: boolean
  outcomes: OutcomePolicy
  save: SaveSwitches
  keptMessages: number
  stateFile: string | null
  log: SimulatorLog
}

const WEBSOCKET = { globalEvents: false, allowedHosts: ['127.0.0.1', '::1', '::ffff:127.0.0.1'] }

/** Adds the defaults. Throws a RangeError that names the option when a number is negative or not finite. */
export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    apiKey: options.apiKey ?? `sim-${randomBytes(16).toString('hex')}`,
    timeScale: options.timeScale ?? 1,
    latencyMs: options.latencyMs ?? 0,
    clockAheadMs: options.clockAheadMs ?? 0,
    autoScan: options.autoScan ?? false,
    scanRestartMs: options.scanRestartMs ?? 0,
    qrLimit: options.qrLimit ?? 30,
    version: options.version ?? '2.3.6',
    webhookAttempts: options.webhookAttempts ?? 10,
    metrics: options.metrics ?? true,
    globalWebhook: options.globalWebhook ?? null,
    websocket: options.websocket === undefined ? null : { ...WEBSOCKET, ...options.websocket },
    exposeTokens: options.exposeTokens ?? true,
    outcomes: options.outcomes ?? {},
    save: { newMessage: true, historic: true, messageUpdate: true, ...options.save },
    keptMessages: options.keptMessages ?? 20_000,
    stateFile: options.stateFile ?? null,
    log: options.log ?? (() => {}),
  }
  for (const key of [
    'port',
    'timeScale',
    'latencyMs',
    'scanRestartMs',
    'qrLimit',
    'webhookAttempts',
    'keptMessages',
  ] as const) {
    const value = resolved[key]
    if (!Number.isFinite(value) || value < 0) {
      throw new RangeError(`Simulator option ${key} must be a number of 0 or more, and was ${value}.`)
    }
  }
  if (!Number.isFinite(resolved.clockAheadMs)) {
    throw new RangeError(`Simulator option clockAheadMs must be a number, and was ${resolved.clockAheadMs}.`)
  }
  return resolved
}
