import { type Contact, readPerson } from '../contact/read-person.ts'
import { namesInPools } from '../instance/read-in-pools.ts'
import type { Fleet } from './fleet.ts'

/**
 * Reads the contact of this id as callers of these pools receive it. Its number is that of the first of the pools in which it has
 * one, else the one outside of pools, where that is in one of the pools. Its newest message is the newest one to a number of the pools.
 *
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing its ids
 */
export async function readContactInPools(
  fleet: Fleet,
  { id }: { id: string },
  pools: readonly string[],
): Promise<Contact> {
  const { contact, key } = await readPerson(fleet, id)
  const { prisma } = fleet.sql
  const [ofPools, inbounds] = await Promise.all([
    prisma.poolContact.findMany({ where: { contactId: key, pool: { in: [...pools] } } }),
    prisma.conversation.findMany({
      where: { contactId: key, lastInboundAt: { not: null } },
      select: { instanceName: true, lastInboundAt: true },
      orderBy: { lastInboundAt: 'desc' },
    }),
  ])
  const preferred = [
    ...pools.flatMap((pool) => ofPools.find((one) => one.pool === pool)?.preferredInstance ?? []),
    ...(contact.preferredInstance === null ? [] : [contact.preferredInstance]),
  ]
  const { lastInbound } = contact
  const named = [...preferred, ...inbounds.map(({ instanceName }) => instanceName)]
  const seen = await namesInPools(fleet, pools, [
    ...named,
    ...(lastInbound === null ? [] : [lastInbound.instanceName]),
  ])
  const newest = inbounds.find(({ instanceName }) => seen.has(instanceName))
  const stored = newest?.lastInboundAt
    ? { instanceName: newest.instanceName, at: newest.lastInboundAt.toISOString() }
    : null
  return {
    ...contact,
    preferredInstance: preferred.find((name) => seen.has(name)) ?? null,
    lastInbound: lastInbound !== null && seen.has(lastInbound.instanceName) ? lastInbound : stored,
  }
}
