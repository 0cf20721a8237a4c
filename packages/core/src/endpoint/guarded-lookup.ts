import type { LookupAddress, lookup as resolveHost } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPrivateAddress } from './private-address.ts'
import { hostOf, isRefusedAddress, refusedAddressWords } from './webhook-address.ts'

/** To which addresses nothing is sent. `words` is the reason, for people, without more of a URL than its host. */
export type AddressRule = { refuses(address: string): boolean; words(host: string): string }

/** Link-local addresses, and those of the metadata of clouds. */
export const NO_METADATA: AddressRule = { refuses: isRefusedAddress, words: refusedAddressWords }

/** All addresses that are not of the public internet. */
export const PUBLIC_ONLY: AddressRule = {
  refuses: (address) => isPrivateAddress(address) || isRefusedAddress(address),
  words: (host) =>
    `${host} is a private address, to which alerts are sent only with ALERTS_ALLOW_PRIVATE=true`,
}

/** A host that has an address to which nothing is sent, or none at all. Its message is for people. */
export class RefusedAddress extends Error {}

/** The refusal of a URL whose host is an address that a rule refuses; null: none, or a name, which is yet to be resolved. */
export function refusalOf(url: URL, rule: AddressRule): string | null {
  return rule.refuses(hostOf(url)) ? rule.words(url.hostname) : null
}

/** A lookup that fails where a name has an address to which nothing is sent. */
export function guardedLookup(lookup: typeof resolveHost, rule: AddressRule): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const addresses = found as LookupAddress[]
      if (addresses.some(({ address }) => rule.refuses(address)))
        return callback(new RefusedAddress(rule.words(hostname)), '')
      const [first] = addresses
      if (first === undefined) return callback(new RefusedAddress(`${hostname} has no address`), '')
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}
