import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import type { Control } from './control.ts'
import { createControl } from './create-control.ts'
import { createWebhookSender, endWebhooks } from './deliver-webhook.ts'
import { imitateExpress } from './imitate-express.ts'
import { intervene } from './intervene.ts'
import { type ResolvedOptions, resolveOptions, type SimulatorOptions } from './options.ts'
import { chatRoutes } from './routes/chat-routes.ts'
import { controlRoutes } from './routes/control-routes.ts'
import { instanceRoutes } from './routes/instance-routes.ts'
import { messageRoutes } from './routes/message-routes.ts'
import { sendRoutes } from './routes/send-routes.ts'
import { serverRoutes } from './routes/server-routes.ts'
import { websocketRoutes } from './routes/websocket-routes.ts'
import { loadState, saveState } from './state-file.ts'
import { createTimers } from './timers.ts'
import { openWebsocket } from './websocket.ts'
import type { World } from './world.ts'

/** A running simulator. */
export type Simulator = {
  /** Its address, without a slash at the end. */
  url: string
  /** Its global key. */
  apiKey: string
  /** Ends at once, with hanging requests, open timers, pending webhooks and idle connections. May be called again. */
  close(): Promise<void>
  control: Control
}

const SAVE_AFTER_MS = 200
// Evolution's own limit.
const BODY_LIMIT_BYTES = 136 * 1024 * 1024
// Evolution's own timeout: a client that keeps idle connections longer gets resets.
const KEEP_ALIVE_MS = 5000

/**
 * Starts a simulated Evolution API without WhatsApp. Rejects with the listener's error (EADDRINUSE, …) when the port is not
 * free, and with a RangeError for an invalid option.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const resolved = resolveOptions(options)
  const world = createWorld(resolved)
  const saving = keepState(world)
  const app = fastify({
    forceCloseConnections: true,
    keepAliveTimeout: KEEP_ALIVE_MS,
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 5000, ignoreTrailingSlash: true },
  })
  let closing: Promise<void> | null = null
  intervene(app, world)
  imitateExpress(app, world.now)
  const control = createControl(world, async (open) => {
    if (closing === null) await setListening(app, world, open)
  })
  serverRoutes(app, world)
  instanceRoutes(app, world)
  messageRoutes(app, world)
  sendRoutes(app, world)
  chatRoutes(app, world)
  websocketRoutes(app, world)
  controlRoutes(app, world, control)

  if (resolved.websocket !== null)
    world.websocket = await openWebsocket(app.server, world, resolved.websocket)
  await app.listen({ port: resolved.port, host: resolved.host })
  world.url = urlOf(app, resolved.host)
  resolved.log('this is a simulator of the Evolution API, without WhatsApp', { url: world.url })

  const close = async () => {
    world.timers.end()
    saving.flush()
    world.websocket?.end()
    app.server.closeAllConnections()
    await Promise.all([endWebhooks(world.webhooks), app.close()])
  }
  return {
    url: world.url,
    apiKey: resolved.apiKey,
    control,
    close() {
      closing ??= close()
      return closing
    },
  }
}

function createWorld(options: ResolvedOptions): World {
  const instances = options.stateFile === null ? [] : loadState(options.stateFile, options.log)
  return {
    options,
    url: '',
    now: () => new Date(Date.now() + options.clockAheadMs),
    instances: new Map(instances.map((instance) => [instance.name, instance])),
    creating: new Map(),
    whatsappDown: false,
    outageIsSlow: false,
    licence: { active: true, instanceId: randomUUID() },
    lost: new Set(),
    fighting: new Set(),
    orphans: new Set(),
    pairing: new Set(),
    registrationRefused: false,
    qrDelayMs: 0,
    flapping: new Map(),
    ticking: false,
    missingNumbers: new Set(['5511977770000']),
    onWhatsapp: new Map(),
    whatsappJids: new Map(),
    lids: new Map(),
    policies: new Map(),
    outcomes: options.outcomes,
    rowLateMs: 0,
    bufferMs: null,
    updates: [],
    globalWebhook: options.globalWebhook,
    websocket: null,
    eventCopies: { times: 1, withinMs: 0 },
    whatsappLatencyMs: 0,
    mediaUrls: new Map(),
    uploadsFail: false,
    mishaps: null,
    databaseAway: false,
    inventoryMs: 0,
    inventoryQueue: Promise.resolve(),
    recordLateMs: 0,
    sent: [],
    calls: [],
    faults: [],
    hanging: false,
    timers: createTimers(),
    webhooks: createWebhookSender(),
    changed: () => {},
  }
}

/** Writes the state file a moment after a change, and once more at the end. */
function keepState(world: World): { flush(): void } {
  const path = world.options.stateFile
  if (path === null) return { flush: () => {} }
  let dirty = false
  const flush = () => {
    if (!dirty) return
    dirty = false
    try {
      saveState(path, world.instances.values())
    } catch (error) {
      world.options.log('the state file could not be written', { reason: (error as Error).message })
    }
  }
  world.changed = () => {
    if (!dirty) world.timers.after(SAVE_AFTER_MS, flush)
    dirty = true
  }
  return { flush }
}

async function setListening(app: FastifyInstance, world: World, open: boolean): Promise<void> {
  const { server } = app
  if (open === server.listening) return
  if (open) {
    const { port, hostname } = new URL(world.url)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
        server.off('error', reject)
        resolve()
      })
    })
    return
  }
  world.websocket?.drop()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const wildcard = host === '0.0.0.0' || host === '::'
  const name = wildcard ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}
