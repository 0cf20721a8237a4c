import { isIP } from 'node:net'

/**
 * An address in one spelling: IPv6 in lower case and compressed, an IPv4-mapped address (`::ffff:…`) as IPv4, without brackets,
 * port and zone. A text that is no address is returned unchanged; the address of a connection that has ended is empty.
 */
export function canonicalAddress(given: string | undefined): string {
  if (given === undefined) return ''
  const bare = withoutPort(given.trim()).replace(/%.*$/, '')
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? bare : given
  const address = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address)
  if (mapped === null) return address
  const [high, low] = [mapped[1], mapped[2]].map((group) => Number.parseInt(group as string, 16)) as [
    number,
    number,
  ]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The network that limits count as one host: an IPv4 address, or the /64 of an IPv6 address, which one host owns. */
export function networkOf(given: string): string {
  const address = canonicalAddress(given)
  if (isIP(address) !== 6) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === '' ? 0 : tail.split(':').length
  while (groups.length + after < 8 && groups.length < 4) groups.push('0')
  return `${groups.slice(0, 4).join(':')}::/64`
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)
  if (bracketed) return bracketed[1] as string
  return /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text)?.[1] ?? text
}
