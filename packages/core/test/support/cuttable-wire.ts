import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy between a fleet and its database, which a test can cut. */
export type CuttableWire = {
  /** The database's address, through the proxy. */
  url: string
  /** Breaks every connection and refuses new ones, as when the server's machine is lost. */
  cut(): void
  /** Drops all answers of the present connections, which stay open, as when a firewall forgets them. */
  silence(): void
  mend(): Promise<void>
  close(): Promise<void>
}

/** Starts a proxy to the database at `url`. */
export async function cuttableWire(url: string): Promise<CuttableWire> {
  const to = new URL(url)
  const ends = new Set<Socket>()
  const silences = new Set<() => void>()
  const server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname)
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end)
      end.on('error', () => other.destroy())
      end.on('close', () => {
        ends.delete(end)
        other.destroy()
      })
    }
    near.pipe(far)
    far.pipe(near)
    silences.add(() => far.unpipe(near).resume())
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the wire listens on a port')
  const { port } = address
  const cut = (): void => {
    server.close()
    for (const end of ends) end.resetAndDestroy()
  }
  return {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    cut,
    silence() {
      for (const silence of silences) silence()
      silences.clear()
    },
    mend: () => listen(port),
    async close() {
      const closed = new Promise((resolve) => server.once('close', resolve))
      const { listening } = server
      cut()
      if (listening) await closed
    },
  }
}
