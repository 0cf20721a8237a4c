import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { callOf, type Fleet, type FleetConfig, openSender } from '@zapfleet/core'
import { createEvolution } from '@zapfleet/evolution'
import type { Arena } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import { costOf } from '../load/drive.ts'
import type { LoadProcess } from '../load/load-process.ts'
import { measureCost } from '../load/measure-cost.ts'
import type { Measured } from '../measured.ts'
import { processesOf } from '../read-usage.ts'
import { CALLERS, type Contestant, type Times } from './contestant.ts'
import { openBenchFleet } from './reserve.ts'
import type { Wire } from './wire.ts'

/** A stand-in of Evolution in a process of its own, which answers each send after 50 ms, as a real one does (p50 with one instance). */
export type Gateway = { url: string; evolution: FleetConfig['evolution'] }

export async function openGateway(arena: Arena): Promise<Gateway> {
  const child = fork(fileURLToPath(new URL('../load/gateway.ts', import.meta.url)))
  const ended = once(child, 'exit')
  const [url] = (await once(child, 'message')) as [string]
  const evolution = createEvolution({ url, apiKey: 'bench', connections: CALLERS })
  arena.onClose(async () => {
    await evolution.close({ graceMs: 0 })
    if (child.connected) child.disconnect()
    await ended
  })
  return { url, evolution }
}

/** The bare call of the gateway, without a choice, a count or a limit. */
export function openGatewayCalls(
  arena: Arena,
  name: ContestantName,
  gateway: Gateway,
  load: LoadProcess,
): Contestant {
  const readUsage = arena.usageOf(processesOf([load.pid]))
  const order = {
    address: gateway.url,
    apiKey: 'bench',
    client: 'http',
    procedure: 'gateway',
    callers: CALLERS,
  } as const
  return {
    name,
    driven: `POST /message/sendText of the stand-in from another process, ${CALLERS} callers`,
    run: (times, signal) =>
      measureCost((part) => load.run({ ...order, ...part }, signal), times, { callers: CALLERS, readUsage }),
  }
}

/** `message.send` over HTTP: stored, reserved, sent by the gateway, confirmed. */
export function openMessageSends(
  { readUsage }: Arena,
  name: ContestantName,
  wire: Wire,
  load: LoadProcess,
): Contestant {
  const order = { ...wire, client: 'http', procedure: 'send', callers: CALLERS } as const
  return {
    name,
    driven: `message.send over plain HTTP from another process, ${CALLERS} callers, 1,000 numbers, each message to another contact`,
    run: (times, signal) =>
      measureCost((part) => load.run({ ...order, ...part }, signal), times, { callers: CALLERS, readUsage }),
  }
}

/** How many messages one measurement takes from the queue. */
const DRAINED = 1_000

/** A sender that takes 1,000 messages from a queue of so many, to as many contacts; the gateway answers at once, without HTTP. */
export async function openQueue(
  arena: Arena,
  name: ContestantName,
  { messages }: { messages: number },
  report: (line: string) => void,
): Promise<Contestant> {
  let sent = 0
  let onSent = (): void => {}
  const evolution = {
    async send() {
      if (++sent === DRAINED) onSent()
      return { sent: 'yes', messageId: `BENCH${sent}` }
    },
  } as unknown as FleetConfig['evolution']
  const fleet = await openBenchFleet(arena, { numbers: 1_000, pools: 0 }, report, evolution)
  return {
    name,
    driven: `openSender in one process: the first ${DRAINED} of ${messages} messages, a gateway in the same process that answers at once`,
    async run(_times: Times): Promise<Measured> {
      await fill(fleet, messages)
      sent = 0
      const drained = new Promise<void>((resolve) => {
        onSent = resolve
      })
      const before = await arena.readUsage()
      const startedAt = performance.now()
      const sender = openSender(callOf(fleet))
      await drained
      const seconds = (performance.now() - startedAt) / 1_000
      const cost = costOf(before, await arena.readUsage(), DRAINED)
      await sender.stop()
      return { calls: DRAINED, errors: 0, firstError: null, perSecond: DRAINED / seconds, p50Ms: null, cost }
    },
  }
}

async function fill({ sql: { prisma } }: Fleet, messages: number): Promise<void> {
  await prisma.$executeRaw`truncate zapfleet.messages, zapfleet.message_lanes, zapfleet.message_changes`
  await prisma.$executeRaw`insert into zapfleet.messages (id, recipient, contact_id, content, content_bytes, options, state, created_at, due_at, valid_until)
    select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid, 'queued-' || n, 'queued-' || n,
      '{"text":"Your order has left our store and arrives tomorrow."}', 60, '{"strategy":"sticky","fallback":"move","exclude":[],"failover":2,"validForS":604800}',
      'queued', now(), now(), now() + interval '7 days' from generate_series(1, ${messages}::int) n`
  await prisma.$executeRaw`insert into zapfleet.message_lanes (contact_id, due_at, retry_at) select contact_id, due_at, due_at from zapfleet.messages`
  await prisma.$executeRawUnsafe('vacuum analyze zapfleet.messages, zapfleet.message_lanes')
}
