import { emit } from './emit.ts'
import { type Instance, newRowId } from './instance.ts'
import { toldMessage, updateData } from './message-event.ts'
import { type ReceiptStatus, toldOfBurst } from './outcome-policy.ts'
import { isGroup } from './phone-number.ts'
import { keep, type Message, type Node } from './traffic.ts'
import { isAtLeast } from './version.ts'
import { scaled, type World } from './world.ts'

const BUFFER_MS = 20_000
const HANDLED_FOR_MS = 30 * 60_000
// From 2.3.7 on an update is suppressed only within the same second.
const HANDLED_FOR_MS_NEWER = 1000
const ARRIVED_FOR_MS = 5 * 60_000
const KEPT_HANDLED = 50_000
const KEPT_UPDATES = 100_000
const KEPT_WAITING = 20_000
const PROOFS_OF_CONTACT: readonly ReceiptStatus[] = ['DELIVERY_ACK', 'READ', 'PLAYED']

/**
 * WhatsApp sends a node to an instance. It waits at WhatsApp while the instance has no working connection. In the first seconds
 * after a login Baileys holds back error acknowledgements and what waited; any other node ends that.
 */
export function receiveNode(world: World, instance: Instance, node: Node): void {
  const { traffic } = instance
  if (node.kind === 'receipts' && node.statuses.some((status) => PROOFS_OF_CONTACT.includes(status))) {
    const jid = traffic.rows.get(node.id)?.message.key.remoteJid
    if (jid !== undefined) keep(traffic.known, jid, true, world.options.keptMessages)
  }
  if (!isReachable(world, instance)) {
    if (traffic.waiting.length < KEPT_WAITING) traffic.waiting.push(node)
    return
  }
  if (performance.now() >= traffic.heldUntilMs) {
    handle(world, instance, node)
    return
  }
  hold(world, instance, [node])
  const isErrorAlone = node.kind === 'receipts' && node.statuses.every((status) => status === 'ERROR')
  if (!isErrorAlone) flush(world, instance)
}

/** A login: Baileys holds events back for 20 s, scaled, beginning with what waited at WhatsApp. */
export function receiveWaiting(world: World, instance: Instance): void {
  const { traffic, settings } = instance
  const holdMs = settings.syncFullHistory ? 0 : (world.bufferMs ?? scaled(world, BUFFER_MS))
  traffic.heldUntilMs = performance.now() + holdMs
  hold(world, instance, traffic.waiting.splice(0))
  if (holdMs <= 0) flush(world, instance)
}

/** A connection answers again without a new login: what waited arrives at once. */
export function receiveLate(world: World, instance: Instance): void {
  for (const node of instance.traffic.waiting.splice(0)) receiveNode(world, instance, node)
}

function isReachable(world: World, { connection, name, id }: Instance): boolean {
  return (
    world.instances.get(name)?.id === id &&
    connection?.state === 'open' &&
    connection.dead === null &&
    !connection.endedUnseen
  )
}

// Only events that are held back need a timer: an idle login has none.
function hold(world: World, instance: Instance, nodes: Node[]): void {
  const { traffic } = instance
  const { held } = traffic
  if (held.length === 0 && nodes.length > 0) {
    const flushHeld = () => {
      if (traffic.held === held) flush(world, instance)
    }
    world.timers.after(Math.max(0, traffic.heldUntilMs - performance.now()), flushHeld)
  }
  held.push(...nodes)
}

// Baileys merges the receipts of a message while it holds them back: the last status wins, also over an error.
function flush(world: World, instance: Instance): void {
  const { traffic } = instance
  const nodes = traffic.held
  traffic.held = []
  traffic.heldUntilMs = 0
  const last = new Map<string, ReceiptStatus>()
  for (const node of nodes) {
    if (node.kind === 'message') handle(world, instance, node)
    else for (const status of node.statuses) last.set(node.id, status)
  }
  for (const [id, status] of last) handle(world, instance, { kind: 'receipts', id, statuses: [status] })
}

function handle(world: World, instance: Instance, node: Node): void {
  if (node.kind === 'message') tellInbound(world, instance, node.message)
  else for (const status of toldOfBurst(node.statuses)) tellUpdate(world, instance, node.id, status)
}

/** Evolution's handler of updates. It marks an update as handled before all other checks, so a dropped one blocks its repeat. */
function tellUpdate(world: World, instance: Instance, id: string, status: ReceiptStatus): void {
  const { traffic } = instance
  const { save, version } = world.options
  const row = traffic.rows.get(id)
  if (row === undefined) return
  const handledForMs = isAtLeast(version, '2.3.7') ? HANDLED_FOR_MS_NEWER : HANDLED_FOR_MS
  if (wasRecent(traffic.handled, `${id} ${status}`, world.now().getTime(), handledForMs)) return
  if (row.lost.includes(status) || world.databaseAway) return
  // The handler looks the message up, unless nothing is stored at all.
  if (save.newMessage ? !row.isStored : save.historic) return
  if (save.newMessage && save.messageUpdate) row.updates.push({ id: newRowId(), status })
  if (isGroup(row.message.key.remoteJid) && status !== 'ERROR') return
  world.updates.push({ instance: instance.name, id, status, at: world.now().toISOString() })
  if (world.updates.length > KEPT_UPDATES) world.updates.splice(0, KEPT_UPDATES / 2)
  void emit(world, instance, 'MESSAGES_UPDATE', updateData(row, status, save.newMessage || save.historic))
}

function tellInbound(world: World, instance: Instance, message: Message): void {
  const { traffic, settings } = instance
  const { key, pushName } = message
  if (traffic.inboundDead || world.databaseAway) return
  if (isGroup(key.remoteJid) && settings.groupsIgnore) return
  if (key.remoteJid === 'status@broadcast' && !settings.readStatus) return
  const isRepeat = wasRecent(traffic.arrived, key.id, world.now().getTime(), ARRIVED_FOR_MS)
  if (isRepeat && !isAtLeast(world.options.version, '2.3.7')) return
  if (key.addressingMode === 'pn' && key.remoteJidAlt !== undefined)
    traffic.phoneOfLid.set(key.remoteJidAlt, key.remoteJid)
  const row = {
    id: newRowId(),
    message,
    updates: [],
    receiptJid: key.remoteJid,
    lost: [],
    isStored: true,
  }
  keep(traffic.rows, key.id, row, world.options.keptMessages)
  void emit(world, instance, 'MESSAGES_UPSERT', toldMessage(message, world.options.version))

  const { remoteJid } = key
  const instanceId = instance.id
  const contact = { remoteJid, pushName: key.fromMe ? '' : pushName, instanceId }
  void emit(world, instance, 'CHATS_UPDATE', [{ remoteJid, instanceId }])
  void emit(world, instance, 'CONTACTS_UPDATE', [contact])
  const isNew = !traffic.contacts.has(remoteJid)
  keep(traffic.contacts, remoteJid, contact.pushName, world.options.keptMessages)
  void emit(world, instance, isNew ? 'CONTACTS_UPSERT' : 'CONTACTS_UPDATE', contact)
}

/** Whether this key was seen within `forMs`; it counts as seen from now on. */
function wasRecent(seen: Map<string, number>, key: string, nowMs: number, forMs: number): boolean {
  const before = seen.get(key)
  if (before !== undefined && nowMs - before < forMs) return true
  keep(seen, key, nowMs, KEPT_HANDLED)
  return false
}
