import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'
import { request } from 'undici'
import type { Program } from './run-program.ts'

/**
 * A load balancer as clouds have it: connections go in turn to the processes whose `/health/ready` answers 200. It works on
 * TCP, so a client keeps its connection, and a process that shuts down has to send its clients away itself.
 */
export type Balancer = {
  address: string
  /** Processes that get new connections now. */
  inRotation(): readonly string[]
  /** Connections for which there was no process. */
  turnedAway(): number
  close(): Promise<void>
}

const POLL_EVERY_MS = 200
/** A process that answers 503 leaves at once; one without an answer may only be slow. */
const LOOK_WITHIN_MS = 5_000

/** Opens one on a free port; it checks every process each 200 ms. */
export async function openBalancer(programs: readonly Program[]): Promise<Balancer> {
  let closed = false
  let turn = 0
  let turnedAway = 0
  const ready = new Set<Program>()
  /** Gets the connections while no process is ready: on a busy machine a probe may fail where a call succeeds. */
  let lastReady = programs[0]
  const ends = new Set<Socket>()
  const check = async (program: Program): Promise<void> => {
    while (!closed) {
      const status = await request(`${program.address()}/health/ready`, {
        headersTimeout: LOOK_WITHIN_MS,
        bodyTimeout: LOOK_WITHIN_MS,
        // A separate connection for each check, as balancers do it.
        reset: true,
      }).then(
        async ({ statusCode, body }) => {
          await body.dump()
          return statusCode
        },
        () => 0,
      )
      if (status === 200) {
        ready.add(program)
        lastReady = program
      } else ready.delete(program)
      await rest(POLL_EVERY_MS)
    }
  }
  const polling = programs.map(check)

  const server = createServer((near) => {
    const serving = programs.filter((program) => ready.has(program))
    const program = serving[turn++ % Math.max(1, serving.length)] ?? lastReady
    if (!program) {
      turnedAway++
      return void near.resetAndDestroy()
    }
    const far = connect(Number(new URL(program.address()).port), '127.0.0.1')
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      end.setNoDelay(true)
      ends.add(end)
      end.on('error', () => other.destroy())
      end.on('close', () => {
        ends.delete(end)
        // The last data is passed on before the end.
        other.destroySoon()
      })
    }
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the balancer listens on no port')
  while (ready.size < programs.length) await rest(20)
  return {
    address: `http://127.0.0.1:${address.port}`,
    turnedAway: () => turnedAway,
    inRotation: () => [...ready].map((program) => program.name),
    async close() {
      closed = true
      server.close()
      for (const end of ends) end.destroy()
      await Promise.all(polling)
    },
  }
}
