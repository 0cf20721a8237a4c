import { randomBytes } from 'node:crypto'
import { type Instance, newRowId } from './instance.ts'
import { lidOfPerson } from './look-up-number.ts'
import { sentMessage } from './message-event.ts'
import { type OutcomePolicy, plannedReceipts } from './outcome-policy.ts'
import { deviceJid, jidForms } from './phone-number.ts'
import { receiveNode } from './receive-node.ts'
import type { SentContent } from './sent-content.ts'
import { keep, type Message } from './traffic.ts'
import { isAtLeast } from './version.ts'
import type { World } from './world.ts'

const KEPT_MESSAGES = 100_000

/**
 * Writes a message to WhatsApp's socket, stores its row, and plans what WhatsApp reports of it. Resolves when the row is stored. The
 * caller sends SEND_MESSAGE after its answer.
 */
export async function writeMessage(
  world: World,
  instance: Instance,
  { jid, digits, content }: { jid: string; digits: string; content: SentContent },
): Promise<Message> {
  const { traffic } = instance
  const at = world.now()
  const id = `3EB0${randomBytes(9).toString('hex').toUpperCase()}`
  const message = sentMessage(instance, jid, id, content, at)
  const policy = policyFor(world, instance, jid)
  const row = {
    id: newRowId(),
    message,
    updates: [],
    receiptJid: receiptJid(world, jid, policy),
    lost: policy.lost ?? [],
    isStored: false,
  }
  keep(traffic.rows, id, row, world.options.keptMessages)
  traffic.sentCount++
  const { kind, text } = content
  world.sent.push({ instance: instance.name, number: digits, jid, kind, text, id, at: at.toISOString() })
  if (world.sent.length > KEPT_MESSAGES) world.sent.splice(0, KEPT_MESSAGES / 2)
  for (const { afterMs, statuses } of plannedReceipts(policy, traffic.sentCount, Math.random)) {
    world.timers.after(afterMs, () => receiveNode(world, instance, { kind: 'receipts', id, statuses }))
  }

  if (world.rowLateMs > 0) await world.timers.pause(world.rowLateMs)
  row.isStored = true
  return message
}

/** The policy of one recipient before that of the instance before that of the simulator; a restriction before all. */
function policyFor(world: World, instance: Instance, jid: string): OutcomePolicy {
  const { traffic, name } = instance
  const forms = jidForms(jid)
  const keys = [...forms.map((form) => policyKey(name, form)), ...forms.map((form) => policyKey(null, form))]
  const found = [...keys, policyKey(name, null)].map((key) => world.policies.get(key))
  const policy = found.find((one) => one !== undefined) ?? world.outcomes
  if (!traffic.restricted) return policy
  if (!forms.some((form) => traffic.known.has(form))) return { ack: 'error' }
  // People of a past conversation are reached, also where the policy reports no deliveries.
  return { delivery: { afterMs: 0 }, ...policy }
}

/** The key of a policy in the world: an instance, a recipient, or both. */
export const policyKey = (name: string | null, jid: string | null) => JSON.stringify([name, jid])

function receiptJid(world: World, jid: string, policy: OutcomePolicy): string {
  if (policy.receiptJid === 'lid') return lidOfPerson(world, jid)
  // 2.4 cuts the device off.
  const hasDevice = policy.receiptJid === 'device' && !isAtLeast(world.options.version, '2.4.0')
  return hasDevice ? deviceJid(jid) : jid
}
