import { closeConnection } from './close-connection.ts'
import type { AddedInstance, CallFilter, Control, InstanceView } from './control.ts'
import { createMessageControl } from './create-message-control.ts'
import { FINAL_CODES, loggedOutByPhone, refusedByWhatsApp } from './disconnection.ts'
import { emit } from './emit.ts'
import { ControlError } from './errors.ts'
import { type Instance, jidOf, newConnection, newInstance, phoneOf } from './instance.ts'
import {
  blipConnection,
  dropConnection,
  flapConnection,
  leaveLoops,
  recoverConnection,
  refuseRegistration,
  setWhatsappDown,
} from './lose-connection.ts'
import { openSocket, scanQr, showQr } from './open-connection.ts'
import { removeInstance } from './remove-instance.ts'
import { restartEvolution } from './restart-evolution.ts'
import type { TimerGroup } from './timers.ts'
import { nextWebhookRow } from './webhook-row.ts'
import type { Call, World } from './world.ts'

/** Creates the control of a world; `listen` opens or closes the listener for outages. */
export function createControl(world: World, listen: (open: boolean) => Promise<void>): Control {
  let faultIds = 0
  const known = (name: string): Instance => {
    const instance = world.instances.get(name)
    if (instance !== undefined) return instance
    throw new ControlError(`There is no instance "${name}". Create it first, by the API or by addInstance.`)
  }
  const loaded = (name: string) => {
    const instance = known(name)
    if (instance.connection !== null) return { instance, connection: instance.connection }
    throw new ControlError(
      `"${name}" is not loaded (Evolution restarts or deletes it). Wait until it has a state.`,
    )
  }
  const withQr = (name: string) => {
    const { instance, connection } = loaded(name)
    const isShown =
      connection.qr.code !== null && connection.state === 'connecting' && !world.lost.has(instance)
    if (isShown) return instance
    throw new ControlError(
      `"${name}" shows no QR code: it is ${connection.state}. Call /instance/connect/${name} first.`,
    )
  }
  const withConnection = (name: string, { orLost }: { orLost: boolean }) => {
    const { instance, connection } = loaded(name)
    if (connection.state === 'open' || (orLost && world.lost.has(instance))) return instance
    throw new ControlError(
      `"${name}" has no open connection to lose: it is ${connection.state}. Connect it first.`,
    )
  }
  const outageTimers: TimerGroup = new Set()
  const removeFault = (id: number) => {
    world.faults = world.faults.filter((one) => one.id !== id)
  }

  return {
    ...createMessageControl(world, known),
    addInstance: (seed) => viewOf(world, add(world, seed)),
    removeInstance: (name) => removeInstance(world, known(name).name),
    instance: (name) => viewOf(world, known(name)),
    instances: () => [...world.instances.values()].map((instance) => viewOf(world, instance)),
    orphans: () =>
      [...world.orphans].map(({ name, connection }) => ({ name, qrCount: connection?.qr.count ?? 0 })),
    scan: (name, how) =>
      scanQr(world, withQr(name), how?.phone, how?.restartMs ?? world.options.scanRestartMs),
    expireQr(name) {
      const instance = withQr(name)
      const { connection } = instance
      if (connection !== null) world.timers.clear(connection.timers)
      showQr(world, instance, typeof connection?.qr.pairingCode === 'string')
    },
    drop: (name, how) => dropConnection(world, known(name), how),
    recover(name) {
      world.flapping.get(known(name))?.()
      recoverConnection(world, known(name))
    },
    ban(name, code = 403) {
      const final: readonly number[] = FINAL_CODES
      if (!final.includes(code)) throw new ControlError(`A ban has code 403, 402, 406 or 401, not ${code}.`)
      closeConnection(world, known(name), refusedByWhatsApp(code))
    },
    logoutFromPhone: (name) => closeConnection(world, known(name), loggedOutByPhone),
    blip: (name, ms) => blipConnection(world, withConnection(name, { orLost: false }), ms),
    flap: (name, everyMs) => flapConnection(world, withConnection(name, { orLost: true }), everyMs),
    whatsappOutage(on, how = {}) {
      world.outageIsSlow = on && how.slow === true
      setWhatsappDown(world, on)
    },
    refuseRegistration: (on) => refuseRegistration(world, on),
    unlicensed(on) {
      world.licence.active = !on
    },
    delayQr(ms) {
      world.qrDelayMs = ms
    },
    restartEvolution: (how) => restartEvolution(world, how?.absentMs),
    setMemory(name, state) {
      const instance = known(name)
      if (instance.connection !== null) world.timers.clear(instance.connection.timers)
      leaveLoops(world, instance)
      if (state === null) instance.connection = null
      else if (instance.connection === null) instance.connection = newConnection(state)
      else instance.connection.state = state
    },
    setDatabase(name, fields) {
      Object.assign(known(name).database, fields)
      world.changed()
    },
    emitEvent: (name, event, data) => void emit(world, known(name), event, data),
    setNumberMissing(number, missing) {
      const digits = number.replace(/\D/g, '')
      if (missing) world.missingNumbers.add(digits)
      else world.missingNumbers.delete(digits)
    },
    whatsappLatency(ms) {
      world.whatsappLatencyMs = ms
    },
    databaseAway(on) {
      world.databaseAway = on
    },
    inventoryCost(ms) {
      world.inventoryMs = ms
    },
    recordLate(ms) {
      world.recordLateMs = ms
    },
    sent: (name) => world.sent.filter((message) => name === undefined || message.instance === name),
    calls: (filter = {}) => world.calls.filter((call) => callMeets(call, filter)),
    resetCalls() {
      world.calls = []
    },
    webhookAttempts: (name) =>
      world.webhooks.attempts.filter((one) => name === undefined || one.instance === name),
    fault(fault) {
      const id = ++faultIds
      world.faults.push({ ...fault, id, left: fault.times ?? Number.POSITIVE_INFINITY })
      return { id, remove: () => removeFault(id) }
    },
    removeFault,
    clearFaults() {
      world.faults = []
    },
    faults: () => [...world.faults],
    async outage(kind, how = {}) {
      const begin = async () => {
        world.hanging = kind === 'hang'
        await listen(kind !== 'refuse')
      }
      const end = () => {
        world.hanging = false
        void listen(true)
      }
      world.timers.clear(outageTimers)
      if (how.forMs !== undefined) world.timers.after((how.afterMs ?? 0) + how.forMs, end, outageTimers)
      if (how.afterMs === undefined) await begin()
      else world.timers.after(how.afterMs, () => void begin(), outageTimers)
    },
  }
}

function callMeets(call: Call, filter: CallFilter): boolean {
  if (filter.method !== undefined && filter.method.toUpperCase() !== call.method) return false
  if (filter.route !== undefined && !call.path.startsWith(`/${filter.route.replace(/^\//, '')}`)) return false
  return filter.name === undefined || filter.name === call.name
}

function add(world: World, seed: AddedInstance): Instance {
  if (world.instances.has(seed.name)) throw new ControlError(`There is already an instance "${seed.name}".`)
  const instance = newInstance(seed, world.now())
  if (seed.webhook !== undefined) instance.webhook = nextWebhookRow(null, seed.webhook, world.now())
  world.instances.set(seed.name, instance)
  const state = seed.state ?? 'open'
  if (state === 'open') {
    instance.paired = true
    instance.connection = { ...newConnection('open'), hasSocket: true }
    instance.database.connectionStatus = 'open'
    instance.database.ownerJid = seed.ownerJid ?? jidOf(seed.number ?? phoneOf(seed.name))
    instance.database.profileName = seed.name
  } else if (seed.ownerJid !== undefined) instance.database.ownerJid = seed.ownerJid
  if (state === 'connecting') {
    openSocket(world, instance)
    if (instance.connection !== null) world.timers.clear(instance.connection.timers)
    showQr(world, instance, false)
  }
  world.changed()
  return instance
}

const viewOf = (world: World, instance: Instance): InstanceView => ({
  name: instance.name,
  id: instance.id,
  token: instance.token,
  memory: instance.connection?.state ?? null,
  database: { ...instance.database },
  paired: instance.paired,
  qrCount: instance.connection?.qr.count ?? 0,
  socketsOpened: instance.connection?.opened ?? 0,
  fighting: world.fighting.has(instance),
  hasWebhook: instance.webhook !== null,
  inboundDead: instance.traffic.inboundDead,
  textsWaiting: instance.traffic.textsWaiting,
})
