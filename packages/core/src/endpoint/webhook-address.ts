import { BlockList, isIP } from 'node:net'

const URL_MAX_CHARS = 2_000

/**
 * Addresses to which nothing is posted: link-local ones, and those at which clouds serve the credentials of their machines. Other
 * private addresses are allowed, because a bot usually runs beside zapfleet.
 */
const REFUSED = new BlockList()
// Link-local, with the metadata of AWS, Azure, Google, Oracle and others at 169.254.169.254.
REFUSED.addSubnet('169.254.0.0', 16, 'ipv4')
REFUSED.addSubnet('fe80::', 10, 'ipv6')
// Metadata of AWS over IPv6, of Alibaba and Oracle, and Azure's host.
REFUSED.addAddress('fd00:ec2::254', 'ipv6')
REFUSED.addAddress('100.100.100.200', 'ipv4')
REFUSED.addAddress('192.0.0.192', 'ipv4')
REFUSED.addAddress('168.63.129.16', 'ipv4')
// The same link-local addresses through NAT64 and 6to4.
REFUSED.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
REFUSED.addSubnet('2002:a9fe::', 32, 'ipv6')

/** Whether nothing may be posted to an IP address. An IPv4 address that IPv6 maps counts as itself. */
export function isRefusedAddress(address: string): boolean {
  const [plain = ''] = address.split('%')
  const version = isIP(plain)
  return version !== 0 && REFUSED.check(plain, version === 4 ? 'ipv4' : 'ipv6')
}

/** The problem of an address as a receiver of events, without its credentials; null: none. */
export function webhookUrlProblem(text: string): string | null {
  if (text.length > URL_MAX_CHARS) return `expected a URL of at most ${URL_MAX_CHARS} characters`
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || /[\0\s]|\p{Surrogate}/u.test(text))
    return 'expected an http or https URL, such as https://bot.example.com/zapfleet'
  if (url.username !== '' || url.password !== '')
    return 'expected a URL without a user name and a password: they would be stored readable. The signature shows who sends'
  if (url.hash !== '') return 'expected a URL without "#", which is never sent'
  return isRefusedAddress(hostOf(url)) ? refusedAddressWords(url.hostname) : null
}

/** Why nothing is posted to a host. */
export function refusedAddressWords(host: string): string {
  return `${host} is a link-local address or one of a cloud's metadata, to which zapfleet posts nothing`
}

/** The host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}
