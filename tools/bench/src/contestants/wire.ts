import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { initTRPC, TRPCError } from '@trpc/server'
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import { buildServer, createLog, type KeyRing, makeKeyRing } from '@zapfleet/api'
import type { FleetConfig } from '@zapfleet/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Arena } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import type { ClientKind, LoadProcess, Order } from '../load/load-process.ts'
import { measureCost } from '../load/measure-cost.ts'
import type { ReadUsage } from '../read-usage.ts'
import type { Contestant } from './contestant.ts'
import { openBenchFleet } from './reserve.ts'

/** The API over a separate fleet, listening on the loopback, with a no-op mutation beside the real procedures. */
export type Wire = { address: string; apiKey: string; adminKey: string }

/** Builds the server as the API's own program does, and adds the no-op under `/noop`. */
export async function openWire(
  arena: Arena,
  report: (line: string) => void,
  numbers = 10,
  evolution?: FleetConfig['evolution'],
): Promise<Wire> {
  const fleet = await openBenchFleet(arena, { numbers, pools: 0 }, report, evolution)
  const apiKey = randomBytes(24).toString('base64url')
  const adminKey = randomBytes(24).toString('base64url')
  const keyRing = makeKeyRing({ botApiKey: apiKey, adminApiKey: adminKey })
  // The limits stay as in production; no caller reaches them.
  const limits = { callsPerSecond: 1_000_000, wrongKeysPerMinute: 30, streamsPerKey: 50 }
  const server = buildServer({ fleet, keyRing, log: createLog('warn'), network: { limits } })
  addNoOp(server, keyRing)
  arena.onClose(() => server.close())
  return { address: await server.listen({ host: '127.0.0.1', port: 0 }), apiKey, adminKey }
}

/** `readUsage`: measures what a call uses in this process, which has the server, and in PostgreSQL. */
type Way = {
  client: ClientKind
  procedure: keyof typeof CALLED
  numbers: number
  callers: number
  readUsage: ReadUsage
}

const CALLED = {
  reserve: 'reservation.reserve',
  'reserve by adapter': 'reservation.reserve with a query, which leaves it to the adapter of tRPC,',
  'bare route': 'GET /health/live',
  'no-op': 'a no-op mutation with zod behind the adapter of tRPC',
}

/** One way over HTTP, driven by the load process. */
export function overWire(name: ContestantName, way: Way, wire: Wire, load: LoadProcess): Contestant {
  const { client, procedure, numbers, callers, readUsage } = way
  const reserves = procedure === 'reserve' || procedure === 'reserve by adapter'
  const order = { ...wire, client, procedure, callers }
  return {
    name,
    driven: `${CALLED[procedure]} over ${CLIENT_NAMES[client]} from another process, ${callers} callers${reserves ? `, ${numbers} numbers, sticky` : ''}`,
    run: (times, signal) =>
      measureCost((part) => load.run({ ...order, ...part }, signal), times, { callers, readUsage }),
  }
}

/** The connections of the reads of another key, and the calls in one of its batches (the API allows no more). */
const READERS = { callers: 6, batch: 64 }

/** The connections of the wrong keys. */
const WRONG_KEYS = { callers: 64 }

/** The same contestant while another key lists all numbers, in batches, without a pause. */
export function besideReads(contestant: Contestant, wire: Wire, readers: LoadProcess): Contestant {
  const text = `another key reads instance.list in batches of ${READERS.batch} on ${READERS.callers} connections`
  return beside(contestant, text, { ...READERS, procedure: 'reads' }, wire, readers)
}

/** The same contestant while another client sends a new wrong key in each call, without a pause. */
export function besideWrongKeys(contestant: Contestant, wire: Wire, wrongKeys: LoadProcess): Contestant {
  const text = `another client sends wrong keys on ${WRONG_KEYS.callers} connections`
  return beside(contestant, text, { ...WRONG_KEYS, procedure: 'wrong keys' }, wire, wrongKeys)
}

function beside(
  contestant: Contestant,
  text: string,
  other: Pick<Order, 'procedure' | 'callers' | 'batch'>,
  wire: Wire,
  others: LoadProcess,
): Contestant {
  return {
    ...contestant,
    driven: `${contestant.driven}, while ${text}`,
    async run(times, signal) {
      // The other calls begin before the warm-up of the reserves and end after their last answer.
      const measuredMs = HEAD_START_MS + times.warmUpMs + times.measuredMs + TAIL_MS
      const address = { address: wire.address, apiKey: wire.adminKey, client: 'http' } as const
      const [measured, beside] = await Promise.all([
        sleep(HEAD_START_MS).then(() => contestant.run(times, signal)),
        others.run({ ...address, ...other, warmUpMs: 0, measuredMs }, signal),
      ])
      if (beside.calls === 0)
        throw new Error(`no call beside it succeeded; the first failed with: ${beside.firstError}`)
      return measured
    },
  }
}

const HEAD_START_MS = 200
const TAIL_MS = 300

const CLIENT_NAMES: Readonly<Record<ClientKind, string>> = {
  http: `plain HTTP (undici, a connection for each caller)`,
  httpLink: '@trpc/client, httpLink, without keys or repeats',
  fleetClientUnbatched: '@zapfleet/client, batch: false',
  fleetClient: '@zapfleet/client as it comes: batches, idempotency keys, deadlines',
}

type Context = { caller: ReturnType<KeyRing> }

/**
 * An empty mutation behind the same adapter, content type parser and key check as the API's own. It costs what any mutation on
 * this server costs.
 */
function addNoOp(server: FastifyInstance, keyRing: KeyRing): void {
  const trpc = initTRPC.context<Context>().create({ isDev: false })
  const guarded = trpc.procedure.use(({ ctx, next }) => {
    if (ctx.caller === null) throw new TRPCError({ code: 'UNAUTHORIZED' })
    return next()
  })
  const router = trpc.router({
    nothing: guarded
      .input(z.strictObject({ contactId: z.string().min(1).max(255).optional() }))
      .output(z.object({ ok: z.boolean() }))
      .mutation(() => ({ ok: true })),
  })
  const callers = new WeakMap<FastifyRequest, Context['caller']>()
  server.register(
    async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
        done(null, body),
      )
      scope.addHook('onRequest', (request, _reply, done) => {
        callers.set(request, keyRing(String(request.headers['x-api-key'] ?? '')))
        done()
      })
      scope.post<{ Params: { path: string } }>('/:path', (request, reply) =>
        fastifyRequestHandler({
          router,
          req: request,
          res: reply,
          path: request.params.path,
          createContext: (): Context => ({ caller: callers.get(request) ?? null }),
        }),
      )
    },
    { prefix: '/noop' },
  )
}
