import type { ContactExport } from '../api/open-client.ts'

/** With one number: when it last sent to the contact and last received from it; null: never, or longer ago than is stored. */
export type Conversation = { instanceName: string; lastSentAt: string | null; lastInboundAt: string | null }

/**
 * The conversations of a contact, the one with the newest message in either direction first. A stored conversation is up to 20 hours
 * behind with what was sent, so the reservations count too; those that were released were not sent.
 */
export function conversationsOf({
  conversations,
  reservations,
}: Pick<ContactExport, 'conversations' | 'reservations'>): Conversation[] {
  const byName = new Map<string, Conversation>()
  for (const { instanceName, lastSentAt, lastInboundAt } of conversations)
    byName.set(instanceName, { instanceName, lastSentAt, lastInboundAt })
  for (const { instanceName, state, reservedAt } of reservations) {
    if (state === 'released') continue
    const known = byName.get(instanceName) ?? { instanceName, lastSentAt: null, lastInboundAt: null }
    const isNewer = msOf(reservedAt) > msOf(known.lastSentAt)
    byName.set(instanceName, isNewer ? { ...known, lastSentAt: reservedAt } : known)
  }
  return [...byName.values()].sort(
    (one, other) => lastMs(other) - lastMs(one) || (one.instanceName < other.instanceName ? -1 : 1),
  )
}

function lastMs({ lastSentAt, lastInboundAt }: Conversation): number {
  return Math.max(msOf(lastSentAt), msOf(lastInboundAt))
}

function msOf(at: string | null): number {
  return at === null ? 0 : Date.parse(at)
}
