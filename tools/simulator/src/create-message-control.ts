import { randomBytes } from 'node:crypto'
import { ControlError } from './errors.ts'
import type { Instance } from './instance.ts'
import { dropConnection } from './lose-connection.ts'
import type { MessageControl } from './message-control.ts'
import { type InboundMessage, inboundMessage } from './message-event.ts'
import type { OutcomePolicy } from './outcome-policy.ts'
import { builtJid, jidForms } from './phone-number.ts'
import { receiveLate, receiveNode } from './receive-node.ts'
import { startMishaps } from './send-mishap.ts'
import { keep } from './traffic.ts'
import type { World } from './world.ts'
import { policyKey } from './write-message.ts'

/** Creates the part of the control that is about messages; `known` finds an instance or throws ControlError. */
export function createMessageControl(world: World, known: (name: string) => Instance): MessageControl {
  return {
    outcomes: (policy, scope = {}) => setOutcomes(world, policy, scope),
    receipts(name, id, statuses) {
      const instance = known(name)
      if (!instance.traffic.rows.has(id)) {
        throw new ControlError(`"${name}" has no message "${id}". Take an id of messages("${name}").`)
      }
      receiveNode(world, instance, { kind: 'receipts', id, statuses: [...statuses] })
    },
    inbound: (name, message) => receiveInbound(world, known(name), message),
    restrict(name, on) {
      known(name).traffic.restricted = on
    },
    setKnown(name, number, isKnown) {
      const { traffic } = known(name)
      for (const form of jidForms(personJid(world, number))) {
        if (isKnown) keep(traffic.known, form, true, world.options.keptMessages)
        else traffic.known.delete(form)
      }
    },
    deadConnection(name, kind, how = {}) {
      const instance = known(name)
      const { connection } = instance
      if (connection?.state !== 'open') {
        throw new ControlError(
          `"${name}" has no open connection: it is ${connection?.state ?? 'not loaded'}. Connect it first.`,
        )
      }
      connection.dead = kind
      if (kind === null) receiveLate(world, instance)
      const { noticedAfterMs, backAfterMs } = how
      if (kind === null || noticedAfterMs === undefined) return
      world.timers.after(
        noticedAfterMs,
        () => {
          if (connection.dead === kind)
            dropConnection(world, instance, backAfterMs === undefined ? {} : { forMs: backAfterMs })
        },
        connection.timers,
      )
    },
    setInboundDead(name, dead) {
      known(name).traffic.inboundDead = dead
    },
    rowLate(ms) {
      world.rowLateMs = ms
    },
    bufferAfterLogin(ms) {
      world.bufferMs = ms
    },
    setWhatsappJid(number, jid) {
      for (const form of [...jidForms(builtJid(number)), ...jidForms(jid)]) world.whatsappJids.set(form, jid)
    },
    setLid(number, lid) {
      world.lids.set(personJid(world, number), lid)
    },
    mediaUrl(start, failure) {
      if (failure === null) world.mediaUrls.delete(start)
      else world.mediaUrls.set(start, failure)
    },
    uploadsFail(on) {
      world.uploadsFail = on
    },
    sendMishaps(mishaps) {
      world.mishaps = mishaps === null ? null : startMishaps(mishaps)
    },
    mishapCounts: () => ({ none: 0, hangBefore: 0, hangAfter: 0, refused: 0, ...world.mishaps?.counts }),
    received: (to) => receivedBy(world, to),
    messages: (name) =>
      [...known(name).traffic.rows.values()].map(({ message: { key }, updates }) => ({
        id: key.id,
        remoteJid: key.remoteJid,
        fromMe: key.fromMe,
        statuses: updates.map((update) => update.status),
      })),
    setGlobalWebhook(webhook) {
      world.globalWebhook = webhook
    },
    eventCopies(times, withinMs) {
      world.eventCopies = { times, withinMs }
    },
    websocketClients: () => world.websocket?.count() ?? 0,
    dropWebsockets: () => world.websocket?.drop(),
    updates: (name) => world.updates.filter((update) => name === undefined || update.instance === name),
  }
}

function receivedBy(world: World, to: string | undefined): ReturnType<MessageControl['received']> {
  const forms = to === undefined ? null : jidForms(personJid(world, to))
  const received: ReturnType<MessageControl['received']> = {}
  for (const { jid, instance, kind, text, id, at } of world.sent) {
    if (forms !== null && !forms.includes(jid)) continue
    received[jid] ??= []
    received[jid].push({ instance, kind, text, id, at })
  }
  return received
}

function setOutcomes(
  world: World,
  policy: OutcomePolicy | null,
  { name, to }: { name?: string; to?: string },
): void {
  if (name === undefined && to === undefined) {
    world.outcomes = policy ?? world.options.outcomes
    return
  }
  // A policy of a name may be set before the instance exists.
  const key = policyKey(name ?? null, to === undefined ? null : personJid(world, to))
  if (policy === null) world.policies.delete(key)
  else world.policies.set(key, policy)
}

function receiveInbound(world: World, instance: Instance, inbound: InboundMessage): { id: string } {
  if (!instance.paired) {
    throw new ControlError(`"${instance.name}" has no phone, so it cannot receive messages. Pair it first.`)
  }
  const from = personJid(world, inbound.from)
  const other = inbound.alt === undefined ? {} : { alt: personJid(world, inbound.alt) }
  const id = inbound.id ?? randomBytes(16).toString('hex').toUpperCase()
  const at = inbound.sentAt === undefined ? world.now() : new Date(inbound.sentAt)
  const message = inboundMessage(instance, { ...inbound, ...other, from, id }, at)
  if (inbound.isStatus !== true && inbound.fromMe !== true) {
    for (const jid of [inbound.group ?? from, ...Object.values(other)])
      keep(instance.traffic.known, jid, true, world.options.keptMessages)
  }
  receiveNode(world, instance, { kind: 'message', message })
  return { id }
}

/** The jid that WhatsApp has for a person. */
function personJid(world: World, number: string): string {
  const built = builtJid(number)
  return world.whatsappJids.get(built) ?? built
}
