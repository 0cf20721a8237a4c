import { isIP } from 'node:net'
import type { Environment } from '@zapfleet/core'

/** How this process is exposed, one sentence each with what to do. @param uid undefined where the system has no user ids */
export function exposureWarnings(
  { host, trustProxy }: Pick<Environment, 'host' | 'trustProxy'>,
  uid: number | undefined,
): string[] {
  const warnings: string[] = []
  if (!isThisMachine(host) && trustProxy === null)
    warnings.push(
      `The API listens on ${host} without TLS, and no proxy is named in TRUST_PROXY: keys cross the network in clear. Put a proxy with TLS in front and set TRUST_PROXY, or set HOST=127.0.0.1.`,
    )
  if (uid === 0)
    warnings.push('The API runs as root, which it does not need. Run it as an unprivileged user.')
  return warnings
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
