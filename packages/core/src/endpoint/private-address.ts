import { BlockList, isIP } from 'node:net'

/** Networks of IPv4 that are not on the public internet, as in the registry of special-purpose addresses (RFC 6890). */
const PRIVATE_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const

/** The same of IPv6: unspecified and loopback, unique local, link-local, site-local, multicast, documentation, local NAT64. */
const PRIVATE_IPV6 = [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['2001:db8::', 32],
  ['64:ff9b:1::', 48],
] as const

const PRIVATE = new BlockList()
for (const [network, bits] of PRIVATE_IPV4) {
  PRIVATE.addSubnet(network, bits, 'ipv4')
  const [high, low] = groupsOf(network)
  // The same addresses through NAT64, through 6to4, and in the deprecated form without a prefix.
  PRIVATE.addSubnet(`64:ff9b::${high}:${low}`, 96 + bits, 'ipv6')
  PRIVATE.addSubnet(`2002:${high}:${low}::`, 16 + bits, 'ipv6')
  PRIVATE.addSubnet(`::${high}:${low}`, 96 + bits, 'ipv6')
}
for (const [network, bits] of PRIVATE_IPV6) PRIVATE.addSubnet(network, bits, 'ipv6')

/** Whether an IP address is not one of the public internet. An IPv4 address that IPv6 maps counts as itself. */
export function isPrivateAddress(address: string): boolean {
  const [plain = ''] = address.split('%')
  const version = isIP(plain)
  return version !== 0 && PRIVATE.check(plain, version === 4 ? 'ipv4' : 'ipv6')
}

/** Both halves of an IPv4 address as groups of IPv6. */
function groupsOf(address: string): [string, string] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)]
}
