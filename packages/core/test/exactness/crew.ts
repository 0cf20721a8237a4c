import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundleProgram } from '@zapfleet/testing'
import type { RecordInboundInput } from '../../src/contact/record-inbound.ts'
import type { ReserveInput } from '../../src/index.ts'
import type { FastClock } from './clock.ts'
import type { Event, Order, Report } from './protocol.ts'

/** One operating system process with a fleet of its own. */
export type Worker = {
  readonly index: number
  readonly hiredAtMs: number
  reserve(inputs: ReserveInput[]): Promise<Event[]>
  /** Records these messages at once. A worker in which one is refused ends. */
  recordInbounds(inputs: RecordInboundInput[]): Promise<Event[]>
  complete(verb: 'release' | 'confirm', ids: string[]): Promise<Event[]>
  /** So many callers reserve and release `turns` times, each holding at most one seat. */
  holdOneEach(callers: number, turns: number): Promise<Event[]>
  setClock(clock: FastClock): Promise<unknown>
  /** Callers start all kinds of calls; `listener` receives what they observe. */
  chaos(how: { callers: number; seed: number; instances: string[]; haven: string }): Promise<unknown>
  /** Reservations of other workers, which its callers will also release or confirm. */
  completeAlso(ids: string[]): void
  /** Callers finish their present calls and stop. */
  rest(): Promise<unknown>
  /** Sends SIGKILL and waits for the exit. */
  kill(): Promise<void>
}

type OrderBody = Order extends infer One ? (One extends { call: number } ? Omit<One, 'call'> : never) : never

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const PROGRAM = new URL('./worker.ts', import.meta.url)

/**
 * Starts a worker; resolves when its fleet is open. `listener` receives the events of its callers during the chaos.
 */
export async function hireWorker(
  index: number,
  url: string,
  clock: FastClock,
  listener: (events: Event[]) => void = () => {},
): Promise<Worker> {
  const child: ChildProcess = fork(await bundleProgram(PROGRAM), {
    cwd: ROOT,
    execArgv: [],
    serialization: 'advanced',
  })
  const open = new Map<number, { resolve: (events: Event[]) => void; reject: (error: Error) => void }>()
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      for (const { reject } of open.values())
        reject(new Error(`worker ${index} ended with an order open: ${code ?? signal}`))
      resolve()
    })
  })
  child.on('message', (report: Report) => {
    if (!('call' in report)) return listener(report.events)
    open.get(report.call)?.resolve(report.events)
    open.delete(report.call)
  })
  // Orders to a worker that was just killed are lost with it.
  child.on('error', () => {})
  let calls = 0
  const order = (body: OrderBody): Promise<Event[]> =>
    new Promise((resolve, reject) => {
      const call = ++calls
      open.set(call, { resolve, reject })
      child.send({ ...body, call } as Order, () => {})
    })

  await order({ order: 'open', url, worker: index, clock })
  return {
    index,
    hiredAtMs: Date.now(),
    reserve: (inputs) => order({ order: 'reserve', inputs }),
    recordInbounds: (inputs) => order({ order: 'record-inbounds', inputs }),
    complete: (verb, ids) => order({ order: 'complete', verb, ids }),
    holdOneEach: (callers, turns) => order({ order: 'hold-one-each', callers, turns }),
    setClock: (to) => order({ order: 'clock', clock: to }),
    chaos: (how) => order({ order: 'chaos', ...how }),
    completeAlso(ids) {
      if (child.connected) child.send({ order: 'complete-also', ids } satisfies Order, () => {})
    },
    rest: () => order({ order: 'rest' }),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
