/** Why the API could not start, as one message for the person who started it. */
export function startupProblem(error: unknown, listener: { host: string; port: number }): string {
  const { host, port } = listener
  switch ((error as { code?: unknown } | null)?.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Choose a free one with PORT, for instance PORT=${port + 1}.`
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023 with PORT, for instance PORT=3333.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (everybody).`
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
