import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { FleetError, type FleetErrorCode, KEY_ROLES } from '@zapfleet/core'
import { DOORS, type Door, pathFields } from '../doors/door.ts'
import { trpcErrorOf } from '../errors/error-map.ts'
import { procedureContract } from '../procedure-contract.ts'
import { answerSchema, inputSchema, type JsonSchema, uriOf } from './components.ts'

/** One path of the document: an operation for each method. */
export type PathItem = Record<string, object>

/** What every door may refuse. A status of its own where HTTP knows the refusal better than the code does. */
const EVERYWHERE: readonly { code: FleetErrorCode; status?: number; words: string; onlyWithBody?: true }[] = [
  { code: 'INVALID_INPUT', words: 'A field is missing, unknown or wrong; the message names it.' },
  { code: 'UNAUTHORIZED', words: 'No key, or one that is not known here.' },
  { code: 'FORBIDDEN', words: 'The key’s role may not do this.' },
  { code: 'INVALID_INPUT', status: 413, words: 'The body is larger than 1 MiB.', onlyWithBody: true },
  { code: 'INVALID_INPUT', status: 415, words: 'The body is not JSON.', onlyWithBody: true },
  { code: 'RATE_LIMITED', words: 'Too many calls by this key; `availableAt` and Retry-After say when.' },
  { code: 'UNEXPECTED', words: 'A defect of zapfleet; its log has the request id.' },
  { code: 'DATABASE_UNAVAILABLE', words: 'The database does not answer. Retry.' },
  { code: 'OVERLOADED', words: 'Too much waits here already. Retry.' },
]

/** Refusals that know when a retry succeeds. */
const WAITING: readonly FleetErrorCode[] = ['NO_CAPACITY', 'RATE_LIMITED']

/** The paths of all doors, their schemas taken from the procedures behind them. */
export function doorPaths(): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {}
  for (const door of DOORS) {
    paths[door.path] = { ...paths[door.path], [door.method.toLowerCase()]: operationOf(door) }
  }
  return paths
}

function operationOf(door: Door): object {
  const { input, output, roles } = procedureContract(door.procedure)
  if (output === null) throw new Error(`${door.procedure} streams; a door needs an answer.`)
  const schema = inputSchema(input)
  const body = door.method === 'GET' ? null : bodyOf(door, schema)
  return {
    operationId: operationId(door.procedure),
    tags: [door.tag],
    summary: door.summary,
    description: `${door.description}\n\nKeys of role ${roles.join(' or ')}. The procedure \`${door.procedure}\` of /trpc.`,
    security: [{ key: [] }, { bearer: [] }],
    parameters: parametersOf(door, schema),
    ...(body === null ? {} : { requestBody: body }),
    responses: {
      200: {
        description: 'Done.',
        headers: { 'x-request-id': { $ref: '#/components/headers/RequestId' } },
        content: { 'application/json': { schema: answerSchema(output) } },
      },
      ...refusalsOf(door),
    },
  }
}

/** `reservation.reserve` is `reservationReserve`: a name that generated clients can use. */
function operationId(procedure: string): string {
  return procedure.replaceAll(/\.(\w)/g, (_dot, letter: string) => letter.toUpperCase())
}

function parametersOf(door: Door, schema: JsonSchema): object[] {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>
  const inPath = pathFields(door.path)
  const path = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    description: 'Percent-encoded, as `encodeURIComponent` or Python’s `quote(…, safe="")` do it.',
    schema: properties[name] ?? {},
  }))
  if (door.method !== 'GET') return path
  const required = (schema.required ?? []) as string[]
  const query = Object.entries(properties)
    .filter(([name]) => !inPath.includes(name))
    .map(([name, property]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      ...(property.type === 'array' ? { style: 'form', explode: true } : {}),
      ...(typeof property.description === 'string' ? { description: property.description } : {}),
      schema: property,
    }))
  return [...path, ...query]
}

function bodyOf(door: Door, { properties = {}, required = [], ...schema }: JsonSchema): object | null {
  const inPath = pathFields(door.path)
  const sent = Object.entries(properties as object).filter(([name]) => !inPath.includes(name))
  if (sent.length === 0) return null
  const needed = (required as string[]).filter((name) => !inPath.includes(name))
  return {
    required: needed.length > 0,
    content: {
      'application/json': {
        schema: {
          ...schema,
          properties: Object.fromEntries(sent),
          ...(needed.length > 0 ? { required: needed } : {}),
        },
        ...(door.bodyExample === undefined ? {} : { example: door.bodyExample }),
      },
    },
  }
}

/** One response for each status, naming its codes and what each means here. */
function refusalsOf(door: Door): Record<number, object> {
  const hasBody = door.method !== 'GET'
  const own = Object.entries(door.refusals).map(([code, words]) => ({
    code: code as FleetErrorCode,
    status: undefined,
    words,
  }))
  const everywhere = EVERYWHERE.filter(
    (refusal) => (hasBody || !refusal.onlyWithBody) && (refusal.code !== 'FORBIDDEN' || !isForAll(door)),
  )
  const byStatus = new Map<number, { code: FleetErrorCode; words: string }[]>()
  for (const { code, status = statusOf(code), words } of [...own, ...everywhere]) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), { code, words }])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, refusal(codes, status === 429 || status === 503)]),
  )
}

function isForAll(door: Door): boolean {
  return procedureContract(door.procedure).roles.length === KEY_ROLES.length
}

function statusOf(code: FleetErrorCode): number {
  return getHTTPStatusCodeFromError(trpcErrorOf(new FleetError(code, '')))
}

function exampleOf(code: FleetErrorCode, words: string): object {
  const known = {
    ...(WAITING.includes(code) ? { availableAt: '2026-11-25T20:00:00.000Z' } : {}),
    ...(code === 'NO_CAPACITY' ? { reasons: { HOURLY_LIMIT: 5, BANNED: 1 } } : {}),
  }
  return { code, message: words, ...known, requestId: '01c9e4b7-6a2e-4b0f-9d59-0c1f2a3b4c5d' }
}

function refusal(codes: { code: FleetErrorCode; words: string }[], passes: boolean): object {
  return {
    description: codes.map(({ code, words }) => `\`${code}\`: ${words}`).join('\n\n'),
    headers: {
      'x-request-id': { $ref: '#/components/headers/RequestId' },
      ...(passes ? { 'retry-after': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: uriOf('Failure') },
            { properties: { error: { properties: { code: { enum: codes.map(({ code }) => code) } } } } },
          ],
        },
        examples: Object.fromEntries(
          codes.map(({ code, words }) => [code, { value: { error: exampleOf(code, words) } }]),
        ),
      },
    },
  }
}
