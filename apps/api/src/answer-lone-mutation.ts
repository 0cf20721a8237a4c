import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { Fleet } from '@zapfleet/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { makeProcedureCall } from './call-procedure.ts'
import { procedureErrorAnswer } from './errors/answers.ts'
import { fleetErrorOf } from './errors/failure.ts'
import type { LogFailure } from './log.ts'
import { procedureContracts } from './procedure-contract.ts'

type CallParts = { fleet: Fleet; version: string; logFailure: LogFailure }
type LoneMutation = { path: string; call: ReturnType<typeof makeProcedureCall> }

/**
 * Makes the function that answers a mutation which is sent alone: `POST /trpc/<path>`, JSON, no query. The answer is the one of
 * tRPC's adapter, at less than half of its processor time: the adapter makes a fetch Request, Headers, a Response and AbortSignals for each call.
 *
 * @returns a function that returns null for every other request: batches, queries, another spelling of the path. The adapter answers these.
 */
export function makeLoneMutations(parts: CallParts) {
  const mutations = new Map<string | undefined, LoneMutation>()
  for (const [path, { type }] of procedureContracts())
    if (type === 'mutation') mutations.set(`/trpc/${path}`, { path, call: makeProcedureCall(parts, path) })
  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | null => {
    const mutation = request.method === 'POST' ? mutations.get(request.raw.url) : undefined
    if (mutation === undefined || !hasPlainHeaders(request)) return null
    return answer(parts, mutation, request, reply)
  }
}

/** Whether nothing in the headers makes the adapter refuse the call or answer in another form. */
function hasPlainHeaders({ headers }: FastifyRequest): boolean {
  const { 'content-type': type = '', accept = '', host = 'localhost' } = headers
  return (
    (type === 'application/json' || type.startsWith('application/json;')) &&
    headers['trpc-accept'] === undefined &&
    !accept.includes('application/jsonl') &&
    isHost(host)
  )
}

let knownHost: string | null = null

/** Whether a URL can have this host. */
function isHost(host: string): boolean {
  if (host === knownHost) return true
  const isOne = URL.canParse(`http://${host}`)
  if (isOne) knownHost = host
  return isOne
}

async function answer(
  parts: CallParts,
  { path, call }: LoneMutation,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  let input: unknown
  let answered: { status: number; body: object }
  try {
    const data = await call(request, () => {
      input = parsed(request.body as string)
      return input
    })
    answered = { status: 200, body: { result: { data } } }
  } catch (thrown) {
    const error = getTRPCErrorFromUnknown(thrown)
    const requestId = request.id
    parts.logFailure(fleetErrorOf(error, undefined), { call: path, requestId })
    const status = getHTTPStatusCodeFromError(error)
    answered = procedureErrorAnswer({ error, status, path, input, requestId })
  }
  const vary = reply.getHeader('vary')
  return (
    reply
      .status(answered.status)
      .header('content-type', 'application/json')
      .header('vary', vary === undefined ? VARY : `${VARY}, ${vary}`)
      // Without it Fastify adds a charset to the content type.
      .serializer(JSON.stringify)
      .send(answered.body)
  )
}

/** What tRPC's adapter sends, although this answer is the same for all values of these headers. */
const VARY = 'trpc-accept, accept'

/** @throws TRPCError of the adapter for a text that is not JSON. It ignores a byte order mark, as Node's fetch does. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body.startsWith('\ufeff') ? body.slice(1) : body)
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: (cause as Error).message, cause })
  }
}
