import { digestOf, type Fleet, keyIdIn } from '@zapfleet/core'

/** Whether the key, of the database, is one of a viewer or an admin. No fleet yet, no key known. */
export async function mayRead(fleet: Fleet | null, key: string | null): Promise<boolean> {
  const id = key === null ? null : keyIdIn(key)
  if (fleet === null || key === null || id === null) return false
  const holder = await fleet.keys.find(id, digestOf(key))
  return holder !== null && holder.role !== 'bot'
}

/** True for a listener that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
