import { closeConnection } from './close-connection.ts'
import { refusedByWhatsApp } from './disconnection.ts'
import { emit } from './emit.ts'
import { type Connection, type Instance, jidOf, phoneOf } from './instance.ts'
import { loseConnection, startFight } from './lose-connection.ts'
import { nextQr, qrPicture, retireQr } from './qr.ts'
import { receiveWaiting } from './receive-node.ts'
import { scaled, touch, type World } from './world.ts'

const QR_AFTER_MS = 300
const PAIRING_CODE_MS = 1000
const QR_LIFE_MS = 45_000
const LOGIN_MS = 100
/** The number of codes in one pairing by phone number. */
const PAIRING_CODES = 6

/**
 * Opens a socket to WhatsApp: `connecting`, then the stored session logs in, or a QR code is shown, or, while WhatsApp is
 * unreachable, the reconnect loop begins. Every call opens one more socket, also on a connection that has one; each socket
 * makes its own QR codes.
 */
export function openSocket(world: World, instance: Instance, withPairingCode = false): void {
  const { connection } = instance
  if (connection === null) return
  connection.hasSocket = true
  connection.opened++
  retireQr(connection)
  setConnecting(world, instance, connection)
  if (world.whatsappDown || connection.dropped) {
    loseConnection(world, instance)
    return
  }
  if (instance.dying > 0) {
    world.timers.after(
      scaled(world, LOGIN_MS),
      () => closeConnection(world, instance, refusedByWhatsApp(401)),
      connection.timers,
    )
    return
  }
  if (instance.paired) {
    world.timers.after(scaled(world, LOGIN_MS), () => answerCall(world, instance), connection.timers)
    return
  }
  if (world.registrationRefused) {
    loseConnection(world, instance)
    return
  }
  const waitMs = scaled(world, QR_AFTER_MS + (withPairingCode ? PAIRING_CODE_MS : 0)) + world.qrDelayMs
  world.timers.after(waitMs, () => showQr(world, instance, withPairingCode), connection.timers)
}

/** Sets memory to `connecting` and sends the webhook (`statusReason` 200 means "no error"). */
export function setConnecting(world: World, instance: Instance, connection: Connection): void {
  connection.state = 'connecting'
  void emit(world, instance, 'CONNECTION_UPDATE', {
    instance: instance.name,
    state: 'connecting',
    statusReason: 200,
  })
}

/** Shows the next QR code. Past the limit Evolution gives up, and its database keeps `connecting`. */
export function showQr(world: World, instance: Instance, withPairingCode: boolean): void {
  const { connection } = instance
  if (connection === null || connection.state !== 'connecting') return
  if (withPairingCode && connection.qr.count >= PAIRING_CODES) {
    // Baileys stored the number with the first code, and logs in as that number although no phone was paired.
    closeConnection(world, instance, refusedByWhatsApp(401))
    return
  }
  if (connection.qr.count >= world.options.qrLimit) {
    giveUpPairing(world, instance, connection)
    return
  }
  const qr = nextQr(connection.qr, withPairingCode)
  connection.qr = qr
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
  if (lifeMs > 0)
    world.timers.after(lifeMs, () => showQr(world, instance, withPairingCode), connection.timers)
  scanByItself(world, instance, connection)
}

/**
 * A phone scanned the code. WhatsApp ends the socket with 515; memory reads `close` for `restartMs` while the database keeps
 * `connecting`; then the new session logs in. A connect meanwhile opens a second socket on the session.
 */
export function scanQr(world: World, instance: Instance, phone: string | undefined, restartMs: number): void {
  const { connection } = instance
  if (connection === null) return
  if (restartMs <= 0) {
    answerCall(world, instance, phone)
    return
  }
  world.timers.clear(connection.timers)
  connection.state = 'close'
  retireQr(connection)
  instance.paired = true
  world.pairing.add(instance)
  world.timers.after(
    restartMs,
    () => {
      setConnecting(world, instance, connection)
      world.timers.after(scaled(world, LOGIN_MS), () => answerCall(world, instance, phone), connection.timers)
    },
    connection.timers,
  )
}

/** A phone scanned the code, or a session logged in again: open, in memory and in the database. */
export function answerCall(world: World, instance: Instance, phone?: string): void {
  const { connection, database } = instance
  if (connection === null) return
  world.timers.clear(connection.timers)
  world.lost.delete(instance)
  world.pairing.delete(instance)
  connection.state = 'open'
  connection.dead = null
  connection.hasSocket = true
  retireQr(connection)
  instance.paired = true
  const owner = phone === undefined ? (database.ownerJid ?? ownJid(instance)) : jidOf(phone)
  const record = () => {
    if (!world.databaseAway) {
      // Evolution never clears an old disconnection reason.
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
  if (world.recordLateMs > 0) world.timers.after(world.recordLateMs, record, connection.timers)
  else record()
  if (connection.rivals > 0) startFight(world, instance)
  receiveWaiting(world, instance)
}

const ownJid = (instance: Instance) => jidOf(instance.number ?? phoneOf(instance.name))

function giveUpPairing(world: World, instance: Instance, connection: Connection): void {
  world.timers.clear(connection.timers)
  connection.state = 'close'
  retireQr(connection)
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

function scanByItself(world: World, instance: Instance, connection: Connection): void {
  const { autoScan } = world.options
  if (autoScan === false || autoScan.except?.includes(instance.name)) return
  const phone = typeof autoScan.phone === 'function' ? autoScan.phone(instance.name) : autoScan.phone
  world.timers.after(
    autoScan.afterMs,
    () => {
      if (connection.qr.code === null || connection.state !== 'connecting') return
      world.options.log('a simulated phone scanned the QR code', { instance: instance.name })
      scanQr(world, instance, phone, world.options.scanRestartMs)
    },
    connection.timers,
  )
}
