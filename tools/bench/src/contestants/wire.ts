import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { initTRPC, TRPCError } from '@trpc/server'
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import { buildServer, createLog, type KeyRing, makeKeyRing } from '@zapfleet/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Arena } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import type { LoadProcess } from '../load/load-process.ts'
import type { Door, Order } from '../load/order.ts'
import type { Contestant } from './contestant.ts'
import { openBenchFleet } from './reserve.ts'

/** The API over a fleet of its own, listening on the loopback, with a no-op mutation beside the real procedures. */
export type Wire = { address: string; apiKey: string; adminKey: string }

/** Builds the server as the API's own program does, and adds the no-op under `/noop`. */
export async function openWire(arena: Arena, report: (line: string) => void, numbers = 10): Promise<Wire> {
  const fleet = await openBenchFleet(arena, numbers, report)
  const apiKey = randomBytes(24).toString('base64url')
  const adminKey = randomBytes(24).toString('base64url')
  const keyRing = makeKeyRing({ botApiKey: apiKey, adminApiKey: adminKey })
  // The limits are kept as in production, and met by nobody.
  const limits = { callsPerSecond: 1_000_000, wrongKeysPerMinute: 30, streamsPerKey: 50 }
  const server = buildServer({ fleet, keyRing, log: createLog('warn'), network: { limits } })
  addNoOp(server, keyRing)
  arena.onClose(() => server.close())
  return { address: await server.listen({ host: '127.0.0.1', port: 0 }), apiKey, adminKey }
}

/** One way over the wire, driven by the load process. */
export function overWire(
  name: ContestantName,
  {
    door,
    procedure,
    numbers,
    callers,
  }: { door: Door; procedure: 'reserve' | 'no-op'; numbers: number; callers: number },
  wire: Wire,
  load: LoadProcess,
): Contestant {
  const called = procedure === 'reserve' ? 'reservation.reserve' : 'a no-op mutation with zod'
  return {
    name,
    driven: `${called} over ${DOORS[door]} from another process, ${callers} callers${procedure === 'reserve' ? `, ${numbers} numbers, sticky` : ''}`,
    run: (times, signal) => load.run({ ...wire, ...times, door, procedure, callers }, signal),
  }
}

/** Connections on which the reads of another key arrive, and the calls in one of its batches (the API allows no more). */
const READERS = { callers: 6, batch: 64 }

/** Connections on which wrong keys arrive. */
const STRANGERS = { callers: 64 }

/** The same contestant while another key lists all numbers, in batches, as fast as it is answered. */
export function besideReads(contestant: Contestant, wire: Wire, readers: LoadProcess): Contestant {
  const words = `another key reads instance.list in batches of ${READERS.batch} on ${READERS.callers} connections`
  return beside(contestant, words, { ...READERS, procedure: 'reads' }, wire, readers)
}

/** The same contestant while a stranger presents a new wrong key in each call, as fast as it is refused. */
export function besideWrongKeys(contestant: Contestant, wire: Wire, strangers: LoadProcess): Contestant {
  const words = `a stranger presents wrong keys on ${STRANGERS.callers} connections`
  return beside(contestant, words, { ...STRANGERS, procedure: 'wrong keys' }, wire, strangers)
}

function beside(
  contestant: Contestant,
  words: string,
  other: Pick<Order, 'procedure' | 'callers' | 'batch'>,
  wire: Wire,
  others: LoadProcess,
): Contestant {
  return {
    ...contestant,
    driven: `${contestant.driven}, while ${words}`,
    async run(times, signal) {
      // The other calls begin before the reserves' warm-up and end after their last answer.
      const measuredMs = HEAD_START_MS + times.warmUpMs + times.measuredMs + TAIL_MS
      const address = { address: wire.address, apiKey: wire.adminKey, door: 'http' } as const
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

const DOORS: Readonly<Record<Door, string>> = {
  http: `plain HTTP (undici, a connection for each caller)`,
  httpLink: '@trpc/client, httpLink, without keys or repeats',
  fleetClientUnbatched: '@zapfleet/client, batch: false',
  fleetClient: '@zapfleet/client as it comes: batches, idempotency keys, deadlines',
}

type Context = { caller: ReturnType<KeyRing> }

/**
 * A mutation that does nothing, behind the same adapter, the same content type parser and the same look at the key as
 * the API's own. What it costs is what any mutation on this server costs.
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
