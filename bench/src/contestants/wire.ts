import { randomBytes } from 'node:crypto'
import { initTRPC, TRPCError } from '@trpc/server'
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import { buildServer, createLog, type KeyRing, makeKeyRing } from '@zapfleet/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Arena } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import type { LoadProcess } from '../load/load-process.ts'
import type { Door } from '../load/order.ts'
import { CALLERS, type Contestant } from './contestant.ts'
import { openBenchFleet } from './reserve.ts'

const NUMBERS = 10

/** The API over a fleet of its own, listening on the loopback, with a no-op mutation beside the real procedures. */
export type Wire = { address: string; apiKey: string }

/** Builds the server as the API's own program does, and adds the no-op under `/noop`. */
export async function openWire(arena: Arena, report: (line: string) => void): Promise<Wire> {
  const fleet = await openBenchFleet(arena, NUMBERS, report)
  const apiKey = randomBytes(24).toString('base64url')
  const keyRing = makeKeyRing({ botApiKey: apiKey, adminApiKey: randomBytes(24).toString('base64url') })
  // The limits are kept as in production, and met by nobody.
  const limits = { callsPerSecond: 1_000_000, wrongKeysPerMinute: 30, streamsPerKey: 50 }
  const server = buildServer({ fleet, keyRing, log: createLog('warn'), edge: { limits } })
  addNoOp(server, keyRing)
  arena.onClose(() => server.close())
  return { address: await server.listen({ host: '127.0.0.1', port: 0 }), apiKey }
}

/** One way over the wire, driven by the load process. */
export function overWire(
  name: ContestantName,
  { door, procedure }: { door: Door; procedure: 'reserve' | 'no-op' },
  wire: Wire,
  load: LoadProcess,
): Contestant {
  const called = procedure === 'reserve' ? 'reservation.reserve' : 'a no-op mutation with zod'
  return {
    name,
    driven: `${called} over ${DOORS[door]} from another process, ${CALLERS} callers${procedure === 'reserve' ? `, ${NUMBERS} numbers, sticky` : ''}`,
    run: (times, signal) => load.run({ ...wire, ...times, door, procedure, callers: CALLERS }, signal),
  }
}

const DOORS: Readonly<Record<Door, string>> = {
  http: `plain HTTP (undici, ${CALLERS} connections)`,
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
