import { createServer } from 'node:net'

/** Returns a TCP port of 127.0.0.1 that is free now: `wanted` if it is, else one that the system chooses. */
export async function findFreePort(wanted: number | null): Promise<number> {
  if (wanted !== null) {
    const port = await tryPort(wanted)
    if (port !== null) return port
  }
  const port = await tryPort(0)
  if (port === null) throw new Error('No free TCP port could be found on 127.0.0.1.')
  return port
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
    })
  })
}
