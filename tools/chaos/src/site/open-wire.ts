import { EventEmitter, once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'

/**
 * What a wire does with what goes over it. `open`: passes it on. `cut`: breaks every connection and refuses new ones, as
 * when the machine at the other end goes away. `hang`: passes nothing on and breaks nothing, as a firewall that swallows.
 * `slow`: passes every piece on after `delayMs`, each way. `flaky`: every connection is reset after about `lifeMs`.
 */
export type WireMode =
  | { kind: 'open' }
  | { kind: 'cut' }
  | { kind: 'hang' }
  | { kind: 'slow'; delayMs: number }
  | { kind: 'flaky'; lifeMs: number }

/** A TCP wire between a program and what it talks to, which a fault can play with. */
export type Wire = {
  port: number
  set(mode: WireMode): Promise<void>
  /**
   * The connections of now are dead for ever, and neither end is told: what was swallowed by a `hang` never comes, as after
   * a router forgot them. New ones are not touched.
   */
  forget(): void
  /** Connections that are open through it. */
  connections(): number
  close(): Promise<void>
}

type Pair = { near: Socket; far: Socket; forgotten: boolean; life?: NodeJS.Timeout }

/** Lays a wire to a port of this machine; `targetPort` is asked for each connection. */
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
  /** Waits until the wire lets a piece through; never for a forgotten connection. */
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
