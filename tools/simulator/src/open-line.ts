import { closeLine } from './close-line.ts'
import { emit } from './deliver-webhook.ts'
import { refusedByWhatsApp } from './disconnection.ts'
import { type Instance, jidOf, type Line, phoneOf } from './instance.ts'
import { loseLine, startFight } from './lose-line.ts'
import { nextQr, qrPicture, retireQr } from './qr.ts'
import { scaled, touch, type World } from './world.ts'

const QR_AFTER_MS = 300
const PAIRING_CODE_MS = 1000
const QR_LIFE_MS = 45_000
const LOGIN_MS = 100
/** Codes of one pairing by phone number. */
const PAIRING_CODES = 6

/**
 * Opens a socket to WhatsApp: `connecting`, then the old session logs in by itself, or a QR code is shown, or the
 * reconnect loop begins because WhatsApp cannot be reached. Every call opens one more socket, also on a line that
 * has one: each then makes QR codes of its own.
 */
export function openSocket(world: World, instance: Instance, withPairingCode = false): void {
  const { line } = instance
  if (line === null) return
  line.hasSocket = true
  line.opened++
  retireQr(line)
  setConnecting(world, instance, line)
  if (world.whatsappDown || line.dropped) {
    loseLine(world, instance)
    return
  }
  if (instance.dying > 0) {
    world.timers.after(
      scaled(world, LOGIN_MS),
      () => closeLine(world, instance, refusedByWhatsApp(401)),
      line.timers,
    )
    return
  }
  if (instance.paired) {
    world.timers.after(scaled(world, LOGIN_MS), () => answerCall(world, instance), line.timers)
    return
  }
  if (world.registrationRefused) {
    loseLine(world, instance)
    return
  }
  const waitMs = scaled(world, QR_AFTER_MS + (withPairingCode ? PAIRING_CODE_MS : 0)) + world.qrDelayMs
  world.timers.after(waitMs, () => showQr(world, instance, withPairingCode), line.timers)
}

/** Memory says `connecting` and the webhook hears it (`statusReason` 200 means "no error"). */
export function setConnecting(world: World, instance: Instance, line: Line): void {
  line.state = 'connecting'
  void emit(world, instance, 'CONNECTION_UPDATE', {
    instance: instance.name,
    state: 'connecting',
    statusReason: 200,
  })
}

/** Shows the next QR code; past the limit Evolution gives up, and its database goes on saying `connecting`. */
export function showQr(world: World, instance: Instance, withPairingCode: boolean): void {
  const { line } = instance
  if (line === null || line.state !== 'connecting') return
  if (withPairingCode && line.qr.count >= PAIRING_CODES) {
    // Baileys stored the number when it made the first code, and logs in as that number although no phone was paired.
    closeLine(world, instance, refusedByWhatsApp(401))
    return
  }
  if (line.qr.count >= world.options.qrLimit) {
    giveUpPairing(world, instance, line)
    return
  }
  const qr = nextQr(line.qr, withPairingCode)
  line.qr = qr
  instance.database.connectionStatus = 'connecting'
  touch(world, instance)
  void emit(world, instance, 'QRCODE_UPDATED', async () => ({
    qrcode: {
      instance: instance.name,
      pairingCode: qr.pairingCode,
      code: qr.code,
      base64: await qrPicture(qr),
    },
  }))
  const lifeMs = scaled(world, QR_LIFE_MS)
  if (lifeMs > 0) world.timers.after(lifeMs, () => showQr(world, instance, withPairingCode), line.timers)
  scanByItself(world, instance, line)
}

/**
 * A phone scanned the code. WhatsApp ends the socket with 515, and for `restartMs` memory reads `close` while the database
 * goes on saying `connecting`; then the new session logs in. A connect meanwhile opens a second socket with it.
 */
export function scanQr(world: World, instance: Instance, phone: string | undefined, restartMs: number): void {
  const { line } = instance
  if (line === null) return
  if (restartMs <= 0) {
    answerCall(world, instance, phone)
    return
  }
  world.timers.clear(line.timers)
  line.state = 'close'
  retireQr(line)
  instance.paired = true
  world.pairing.add(instance)
  world.timers.after(
    restartMs,
    () => {
      setConnecting(world, instance, line)
      world.timers.after(scaled(world, LOGIN_MS), () => answerCall(world, instance, phone), line.timers)
    },
    line.timers,
  )
}

/** A phone scanned the code, or a session logged in again: open, in memory and in the database. */
export function answerCall(world: World, instance: Instance, phone?: string): void {
  const { line, database } = instance
  if (line === null) return
  world.timers.clear(line.timers)
  world.lost.delete(instance)
  world.pairing.delete(instance)
  line.state = 'open'
  line.hasSocket = true
  retireQr(line)
  instance.paired = true
  const owner = phone === undefined ? (database.ownerJid ?? ownJid(instance)) : jidOf(phone)
  const record = () => {
    if (!world.databaseAway) {
      // An old disconnection reason stays: Evolution never clears it.
      database.connectionStatus = 'open'
      database.ownerJid = owner
      database.profileName ??= instance.name
      touch(world, instance)
    }
    void emit(world, instance, 'CONNECTION_UPDATE', {
      instance: instance.name,
      wuid: owner,
      profileName: database.profileName ?? instance.name,
      profilePictureUrl: null,
      state: 'open',
      statusReason: 200,
    })
  }
  if (world.recordLateMs > 0) world.timers.after(world.recordLateMs, record, line.timers)
  else record()
  if (line.rivals > 0) startFight(world, instance)
}

const ownJid = (instance: Instance) => jidOf(instance.number ?? phoneOf(instance.name))

function giveUpPairing(world: World, instance: Instance, line: Line): void {
  world.timers.clear(line.timers)
  line.state = 'close'
  retireQr(line)
  void emit(world, instance, 'QRCODE_UPDATED', {
    message: 'QR code limit reached, please login again',
    statusCode: 500,
  })
  void emit(world, instance, 'CONNECTION_UPDATE', {
    instance: instance.name,
    state: 'refused',
    statusReason: 428,
  })
}

function scanByItself(world: World, instance: Instance, line: Line): void {
  const { autoScan } = world.options
  if (autoScan === false || autoScan.except?.includes(instance.name)) return
  const phone = typeof autoScan.phone === 'function' ? autoScan.phone(instance.name) : autoScan.phone
  world.timers.after(
    autoScan.afterMs,
    () => {
      if (line.qr.code === null || line.state !== 'connecting') return
      world.options.log('a simulated phone scanned the QR code', { instance: instance.name })
      scanQr(world, instance, phone, world.options.scanRestartMs)
    },
    line.timers,
  )
}
