import { TRPCError } from '@trpc/server'
import type { FastifyRequest } from 'fastify'

/** The calls of a request in the form in which clients send them. `readInput` has the input of the call at a place, undefined for none. */
export type PlainRequest = {
  isBatch: boolean
  paths: readonly string[]
  /** @throws TRPCError of the adapter for the body of a lone call that is not JSON */
  readInput: (at: number) => unknown
}

/**
 * Reads a request to `/trpc` that has the form in which clients send calls: the exact address, JSON, `batch=1` and `input=…` as the only
 * queries, no `trpc-accept`, a plain Host.
 *
 * @returns null for every other request, and for inputs of a batch or of a query that cannot be read: tRPC's adapter answers these
 */
export function readPlainRequest(request: FastifyRequest): PlainRequest | null {
  const target = readTarget(request)
  if (target === null || !hasPlainHeaders(request)) return null
  const { path, isBatch, query } = target
  const isPost = request.method === 'POST'
  if (isPost && !isBatch)
    return { isBatch, paths: [path], readInput: () => parseBody(request.body as string) }
  const given = isPost ? orNull(() => parseBody(request.body as string)) : readQuery(query)
  if (given === null) return null
  const { input } = given
  if (!isBatch) return { isBatch, paths: [path], readInput: () => input }
  if (input !== undefined && !isObject(input)) return null
  return { isBatch, paths: path.split(','), readInput: (at) => input?.[at] }
}

/** The start of every target here. */
const PREFIX = '/trpc/'

/** `query`: `input=…` or empty. A mutation has its input in the body. */
function readTarget({
  method,
  raw: { url = '' },
}: FastifyRequest): { path: string; isBatch: boolean; query: string } | null {
  if (!url.startsWith(PREFIX)) return null
  const end = url.indexOf('?')
  if (end === -1) return { path: url.slice(PREFIX.length), isBatch: false, query: '' }
  const path = url.slice(PREFIX.length, end)
  const all = url.slice(end + 1)
  const isBatch = all === 'batch=1' || all.startsWith('batch=1&')
  const query = isBatch ? all.slice('batch=1&'.length) : all
  const isPlain = query === '' ? isBatch : method === 'GET' && /^input=[^&#]+$/.test(query)
  return isPlain ? { path, isBatch, query } : null
}

/** Whether nothing in the headers makes the adapter refuse the call or answer in another form. */
function hasPlainHeaders({ method, headers }: FastifyRequest): boolean {
  const { 'content-type': type, accept = '', host = 'localhost' } = headers
  const isJson = type === 'application/json' || type?.startsWith('application/json;') === true
  return (
    (isJson || (type === undefined && method === 'GET')) &&
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

/** The input in a query, undefined where there is none; null where it is not JSON. */
function readQuery(query: string): { input: unknown } | null {
  if (query === '') return { input: undefined }
  return orNull(() => JSON.parse(new URLSearchParams(query).get('input') ?? ''))
}

function orNull(parse: () => unknown): { input: unknown } | null {
  try {
    return { input: parse() }
  } catch {
    return null
  }
}

/** @throws TRPCError of the adapter for a text that is not JSON. It ignores a byte order mark, as Node's fetch does. */
function parseBody(body: string): unknown {
  try {
    return JSON.parse(body.startsWith('\ufeff') ? body.slice(1) : body)
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: (cause as Error).message, cause })
  }
}

function isObject(value: unknown): value is Readonly<Record<number, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
