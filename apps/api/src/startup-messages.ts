import { isIP } from 'node:net'
import type { Environment, EvolutionProblem } from '@zapfleet/core'

/** Why the API could not start, and what to do. */
export function startupProblem(error: unknown, listener: { host: string; port: number }): string {
  const { host, port } = listener
  switch ((error as { code?: unknown } | null)?.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Choose a free one with PORT, for instance PORT=${port + 1}.`
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023 with PORT, for instance PORT=3333.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (every address).`
    default:
      return error instanceof Error ? error.message : String(error)
  }
}

/** Why Evolution at `origin` cannot be used, and what to do; for the log of a start. */
export function evolutionWarning(problem: EvolutionProblem, origin: string): string {
  switch (problem) {
    case 'unreachable':
      return `Evolution does not answer at ${origin}: no number can be paired and no status is read. Start it, or correct EVOLUTION_API_URL.`
    case 'unlicensed':
      return `The licence of Evolution at ${origin} is not activated, so Evolution refuses every call (503): all numbers read unknown and nothing is sent. Open its manager (/manager) in a browser and activate the licence. No restart is needed.`
    case 'not_evolution':
      return `The program that answers at ${origin} is no Evolution API. EVOLUTION_API_URL must be the address of the Evolution server, with the path that a proxy in front of it needs.`
    case 'key_refused':
      return `Evolution at ${origin} refuses EVOLUTION_API_KEY (401). It must be the server's AUTHENTICATION_API_KEY.`
    case 'database_away':
      return `Evolution answers at ${origin}, and its own database does not (500). Get its PostgreSQL back, then restart Evolution: it loses the events of the time between, so a number that was logged out meanwhile reads as connected until then.`
    case 'key_of_one_instance':
      return "EVOLUTION_API_KEY is the token of one instance and opens that instance only. All others look missing on Evolution: do not delete them. Set EVOLUTION_API_KEY to the server's AUTHENTICATION_API_KEY."
  }
}

/** Warnings about the exposure of this process, each with what to do. @param uid undefined where the system has no user ids */
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
