import { randomBytes } from 'node:crypto'

/** One line of what the simulator does, for people: a sentence and the facts around it (never a key). */
export type SimulatorLog = (message: string, facts?: Record<string, unknown>) => void

/** Phones that scan by themselves, for demos. */
export type AutoScan = {
  /** How long after a QR code appears the phone scans it, in real milliseconds (never scaled). */
  afterMs: number
  /** The number of the phone in digits; made from the instance otherwise. */
  phone?: string | ((name: string) => string)
  /** Instances nobody scans: they keep showing their QR code. */
  except?: readonly string[]
}

/** How a simulator is started. Everything is optional. */
export type SimulatorOptions = {
  /** TCP port; 0 (default) takes a free one. */
  port?: number
  /** Address to listen on; 127.0.0.1 by default. */
  host?: string
  /** The server's global key; made up when absent (read it from the started simulator). */
  apiKey?: string
  /**
   * Multiplies Evolution's own delays: the 5 s of create with a QR code, the 2 s of connect, the 45 s a QR code
   * lives, the webhook retries. 1 is the real thing. 0 waits for nothing, and QR codes then live until
   * `control.expireQr` ends them.
   */
  timeScale?: number
  /** Added to every answer, in real milliseconds. */
  latencyMs?: number
  /** How far its clock is ahead of the true one, in milliseconds; negative: behind. Seen in its instants and its Date header. */
  clockAheadMs?: number
  /** Phones that scan by themselves a moment after a QR code is shown; off by default. */
  autoScan?: AutoScan | false
  /** How long memory reads `close` after a scan (stream error 515), in real milliseconds; 0 by default. */
  scanRestartMs?: number
  /** How many QR codes are shown before Evolution gives up (its QRCODE_LIMIT); 30 by default. */
  qrLimit?: number
  /** The version `GET /` reports; 2.3.6 by default. */
  version?: string
  /** How often a webhook is tried before it is dropped (WEBHOOK_RETRY_MAX_ATTEMPTS); 10 by default. */
  webhookAttempts?: number
  /** Whether `GET /metrics` exists (PROMETHEUS_METRICS); true by default. */
  metrics?: boolean
  /** A file that keeps instances between two lives of the simulator; none by default. */
  stateFile?: string
  /** Where log lines go; nowhere by default. */
  log?: SimulatorLog
}

/** The options with every default filled in. */
export type Settled = {
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
  stateFile: string | null
  log: SimulatorLog
}

/** Fills in the defaults; throws a RangeError that names the option when a number is negative or not finite. */
export function settleOptions(options: SimulatorOptions): Settled {
  const settled: Settled = {
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
  ] as const) {
    const value = settled[key]
    if (!Number.isFinite(value) || value < 0) {
      throw new RangeError(`Simulator option ${key} must be a number of 0 or more, and was ${value}.`)
    }
  }
  if (!Number.isFinite(settled.clockAheadMs)) {
    throw new RangeError(`Simulator option clockAheadMs must be a number, and was ${settled.clockAheadMs}.`)
  }
  return settled
}
