import { isIP } from 'node:net'

/** Ends of names that only machines of one network, or only this machine, resolve. */
const PRIVATE_ENDS = ['.internal', '.local', '.localhost', '.localdomain', '.svc']

/**
 * The address at which people open the page, without a slash at its end: PAGE_URL, else PUBLIC_URL where it is not for machines only; null: none
 * is known.
 */
export function pageAddress(environment: {
  pageUrl: string | null
  publicUrl: string | null
}): string | null {
  const { pageUrl, publicUrl } = environment
  const address = pageUrl ?? (publicUrl === null || isForMachines(publicUrl) ? null : publicUrl)
  return address?.replace(/\/+$/, '') ?? null
}

/**
 * Whether an address opens on one machine, or among machines of one network, only: a name without a dot, such as that of a
 * container, a name with a private end, or an address of this machine. Private addresses such as 192.168.0.5 do not count: they open in
 * an office.
 */
export function isForMachines(url: string): boolean {
  const host = new URL(url).hostname.toLowerCase().replace(/\.$/, '')
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) === 4) return bare.startsWith('127.') || bare === '0.0.0.0'
  if (isIP(bare) === 6) return bare === '::1' || bare === '::' || bare.startsWith('::ffff:7f')
  return !host.includes('.') || PRIVATE_ENDS.some((end) => host.endsWith(end)) || host.includes('.svc.')
}
