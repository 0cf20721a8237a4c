import type { Evolution } from '@zapfleet/evolution'
import { type Fleet, FleetError, openFleet, recordSend, reserve, silentLog } from '../../src/index.ts'

/** The order to a sender: to send until its clock shows `untilMs`; the clock has its own speed and error. */
export type Sending = {
  realFromMs: number
  simulatedFromMs: number
  speed: number
  skewMs: number
  untilMs: number
  instances: string[]
}

/** Its report at the end: sends that were counted by `reserve` and by `recordSend`. */
export type Sent = { reserved: number; recorded: number }

const CALLERS = 12
/** Longer than a busy machine takes to answer. */
const DEADLINE_MS = 100_000

let order: Sending | null = null

const now = (): number => {
  if (order === null) throw new Error('the clock is not read before the run starts')
  return order.simulatedFromMs + (Date.now() - order.realFromMs) * order.speed + order.skewMs
}

async function send(fleet: Fleet, { untilMs, instances }: Sending): Promise<Sent> {
  const sent: Sent = { reserved: 0, recorded: 0 }
  const caller = async (number: number): Promise<void> => {
    // Each caller sends once at least, however late it starts.
    for (let turn = number; turn === number || now() < untilMs; turn++) {
      if (turn % 10 === 0) {
        await recordSend(fleet, { name: instances[turn % instances.length] as string })
        sent.recorded++
        continue
      }
      try {
        await reserve(fleet, { strategy: 'round_robin' }, { deadlineMs: DEADLINE_MS })
        sent.reserved++
      } catch (error) {
        if (!(error instanceof FleetError && error.code === 'NO_CAPACITY')) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)))
  return sent
}

// The process ends when the test process dies.
process.on('disconnect', () => process.exit(0))

const fleet = await openFleet({
  databaseUrl: process.argv[2] as string,
  timeZone: 'America/Sao_Paulo',
  evolution: {} as Evolution,
  log: silentLog,
  clock: () => new Date(now()),
})
process.once('message', (told: Sending) => {
  order = told
  send(fleet, told).then(
    (sent) => process.send?.(sent, () => process.exit(0)),
    (error) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.send?.('ready')
