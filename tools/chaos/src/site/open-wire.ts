import { EventEmitter, once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'

/**
 * What a wire does with the data. `open`: passes it on. `cut`: breaks every connection and refuses new ones, as when the
 * machine at the other end disappears. `hang`: passes nothing on and breaks nothing, as a firewall that drops packets. `slow`:
 * passes every piece on after `delayMs`, each way. `flaky`: resets every connection after about `lifeMs`.
 */
export type WireMode =
  | { kind: 'open' }
  | { kind: 'cut' }
  | { kind: 'hang' }
  | { kind: 'slow'; delayMs: number }
  | { kind: 'flaky'; lifeMs: number }

/** A TCP wire between a program and its peer, which a fault can change. */
export type Wire = {
  port: number
  set(mode: WireMode): Promise<void>
  /**
   * Makes the present connections dead for ever, without telling either end: data that a `hang` dropped never arrives, as after
   * a router lost its state. New connections are not affected.
   */
  forget(): void
  /** Its open connections. */
  connections(): number
  close(): Promise<void>
}

type Pair = { near: Socket; far: Socket; forgotten: boolean; life?: NodeJS.Timeout }

/** Opens a wire to a port of this machine; `targetPort` is read for each connection. */
export async function openWire(targetPort: () => number): Promise<Wire> {
  let mode: WireMode = { kind: 'open' }
  const changes = new EventEmitter().setMaxListeners(0)
  const pairs = new Set<Pair>()

  const cutPair = (pair: Pair): void => {
    clearTimeout(pair.life)
    pairs.delete(pair)
    pair.near.resetAndDestroy()
    pair.far.resetAndDestroy()
  }
  const mayDie = (pair: Pair): void => {
    clearTimeout(pair.life)
    if (mode.kind === 'flaky')
      pair.life = setTimeout(() => cutPair(pair), mode.lifeMs * (0.5 + Math.random())).unref()
  }
  /** Waits until the wire passes a piece on; never for a dead connection. */
  const passage = async (pair: Pair): Promise<void> => {
    if (mode.kind === 'slow') await rest(mode.delayMs)
    while (mode.kind === 'hang' || pair.forgotten)
      await (pair.forgotten ? new Promise(() => {}) : once(changes, 'change'))
  }
  const carry = (pair: Pair, from: Socket, to: Socket): void => {
    let last: Promise<void> = Promise.resolve()
    const inTurn = (act: () => void): Promise<void> => {
      last = last.then(() => passage(pair)).then(act)
      return last
    }
    from.on('data', (piece) => {
      from.pause()
      void inTurn(() => {
        to.write(piece)
        from.resume()
      })
    })
    from.on('end', () => void inTurn(() => to.end()))
    from.on('error', () => void inTurn(() => to.destroy()))
    from.on('close', () => void inTurn(() => to.destroySoon()).then(() => pairs.delete(pair)))
  }

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: targetPort(), host: '127.0.0.1', allowHalfOpen: true })
    for (const end of [near, far]) end.setNoDelay(true)
    const pair: Pair = { near, far, forgotten: false }
    pairs.add(pair)
    carry(pair, near, far)
    carry(pair, far, near)
    mayDie(pair)
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
  if (address === null || typeof address === 'string') throw new Error('the wire listens on no port')
  const { port } = address

  return {
    port,
    async set(next) {
      const before = mode
      mode = next
      changes.emit('change')
      if (next.kind === 'cut') {
        server.close()
        for (const pair of pairs) cutPair(pair)
      } else if (before.kind === 'cut') await listen(port)
      for (const pair of pairs) mayDie(pair)
    },
    forget() {
      for (const pair of pairs) pair.forgotten = true
    },
    connections: () => pairs.size,
    async close() {
      const closed = new Promise((resolve) => server.once('close', resolve))
      const { listening } = server
      server.close()
      for (const pair of pairs) cutPair(pair)
      if (listening) await closed
    },
  }
}
