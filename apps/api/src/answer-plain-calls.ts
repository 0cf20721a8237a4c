import { Readable } from 'node:stream'
import { getTRPCErrorFromUnknown } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { Fleet } from '@zapfleet/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { makeProcedureCall } from './call-procedure.ts'
import { procedureErrorAnswer } from './errors/answers.ts'
import { fleetErrorOf } from './errors/failure.ts'
import type { LogFailure } from './log.ts'
import { procedureContracts } from './procedure-contract.ts'
import { readPlainRequest } from './read-plain-request.ts'

type CallParts = { fleet: Fleet; version: string; logFailure: LogFailure }
type Procedure = { path: string; call: ReturnType<typeof makeProcedureCall> }
/** A text in JSON. That of a list is bytes, which are encoded once for all calls that share it. */
type Text = string | Buffer
type AnswerParts = { logFailure: LogFailure; textOf: (data: unknown) => Text }
type Answer = { status: number; text: Text }

/** What a batch is answered with when its calls have several statuses. */
const SEVERAL_STATUSES = 207

/** What tRPC's adapter sends, although this answer is the same for all values of these headers. */
const VARY = 'trpc-accept, accept'

/**
 * Makes the function that answers calls in the form in which clients send them (`readPlainRequest`): queries by GET and mutations by POST, alone or
 * in batches. The answers are those of tRPC's adapter, for less processor time: it makes a fetch Request, Headers, a Response
 * and AbortSignals for each request, and further AbortSignals for each call. It also makes the text of a batch in one piece, and the process does nothing else meanwhile.
 *
 * @returns a function that returns null for every other request: the adapter answers these
 */
export function makePlainCalls(parts: CallParts) {
  const used: AnswerParts = { logFailure: parts.logFailure, textOf: makeTexts() }
  const queries = new Map<string, Procedure>()
  const mutations = new Map<string, Procedure>()
  for (const [path, { type }] of procedureContracts()) {
    if (type === 'subscription') continue
    const procedures = type === 'query' ? queries : mutations
    procedures.set(path, { path, call: makeProcedureCall(parts, path) })
  }

  return (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | null => {
    const plain = readPlainRequest(request)
    if (plain === null) return null
    const known = request.method === 'GET' ? queries : mutations
    const called = plain.paths.flatMap((path) => known.get(path) ?? [])
    if (called.length < plain.paths.length) return null
    const answers = called.map((procedure, at) => answer(used, procedure, () => plain.readInput(at), request))
    return plain.isBatch ? sendBatch(answers, reply) : sendLone(answers[0] as Promise<Answer>, reply)
  }
}

/** Runs a call. Its text is made at once, so that the results of a large batch are encoded one by one, with the work of others in between. */
async function answer(
  { logFailure, textOf }: AnswerParts,
  { path, call }: Procedure,
  readInput: () => unknown,
  request: FastifyRequest,
): Promise<Answer> {
  let input: unknown
  try {
    const data = await call(request, () => {
      input = readInput()
      return input
    })
    return { status: 200, text: textOf(data) }
  } catch (thrown) {
    const error = getTRPCErrorFromUnknown(thrown)
    const requestId = request.id
    logFailure(fleetErrorOf(error, undefined), { call: path, requestId })
    const status = getHTTPStatusCodeFromError(error)
    const { body } = procedureErrorAnswer({ error, status, path, input, requestId })
    return { status, text: JSON.stringify(body) }
  }
}

/** Makes the function that writes results. Equal reads of one key share a result (`keepReads`), which nothing changes any more. */
function makeTexts(): (data: unknown) => Text {
  const lists = new WeakMap<unknown[], Buffer>()
  return (data) => {
    if (!Array.isArray(data)) return JSON.stringify({ result: { data } })
    const known = lists.get(data)
    if (known !== undefined) return known
    const text = Buffer.from(JSON.stringify({ result: { data } }))
    lists.set(data, text)
    return text
  }
}

async function sendLone(answered: Promise<Answer>, reply: FastifyReply): Promise<FastifyReply> {
  const { status, text } = await answered
  return send(reply, status, text)
}

/** Sends an array of the answers. Bytes are not copied: they are written one after the other, as fast as the caller reads. */
async function sendBatch(answered: readonly Promise<Answer>[], reply: FastifyReply): Promise<FastifyReply> {
  const answers = await Promise.all(answered)
  const [first, ...others] = new Set(answers.map(({ status }) => status))
  const status = first === undefined || others.length > 0 ? SEVERAL_STATUSES : first
  const texts = answers.map(({ text }) => text)
  if (texts.every((text) => typeof text === 'string')) return send(reply, status, `[${texts.join()}]`)
  const pieces = [...texts.flatMap((text, at) => [at === 0 ? '[' : ',', text]), ']']
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0)
  return send(reply.header('content-length', bytes), status, Readable.from(pieces))
}

function send(reply: FastifyReply, status: number, body: Text | Readable): FastifyReply {
  const vary = reply.getHeader('vary')
  return (
    reply
      .status(status)
      .header('content-type', 'application/json')
      .header('vary', vary === undefined ? VARY : `${VARY}, ${vary}`)
      // Without it Fastify adds a charset to the content type.
      .serializer(asItIs)
      .send(body)
  )
}

const asItIs = (text: unknown) => text as string
