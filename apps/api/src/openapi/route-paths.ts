import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { FleetError, type FleetErrorCode, KEY_ROLES } from '@zapfleet/core'
import { BODY_LIMIT_BYTES, bodyLimitWords, SEND_BODY_LIMIT_BYTES } from '../body-limits.ts'
import { trpcErrorOf } from '../errors/failure.ts'
import { procedureContract } from '../procedure-contract.ts'
import { pathFields, REST_ROUTES, type RestRoute } from '../routes/route.ts'
import { answerSchema, inputSchema, type JsonSchema, uriOf } from './components.ts'

/** One path of the document: an operation for each method. */
export type PathItem = Record<string, object>

/** Errors of every route. `status` where HTTP has a more exact one than the code. */
const EVERYWHERE: readonly { code: FleetErrorCode; status?: number; words: string; onlyWithBody?: true }[] = [
  { code: 'INVALID_INPUT', words: 'A field is missing, unknown or wrong; the message names it.' },
  { code: 'UNAUTHORIZED', words: 'No key, or one that is not known here.' },
  { code: 'FORBIDDEN', words: 'The key’s role, or a key that is bound to pools, may not do this.' },
  { code: 'INVALID_INPUT', status: 415, words: 'The body is not JSON.', onlyWithBody: true },
  {
    code: 'RATE_LIMITED',
    words: 'Too many calls by this key; `availableAt` and Retry-After name the time of the next.',
  },
  { code: 'UNEXPECTED', words: 'A defect of zapfleet; its log has the request id.' },
  { code: 'DATABASE_UNAVAILABLE', words: 'The database does not answer. Retry.' },
  { code: 'OVERLOADED', words: 'Too much waits here already. Retry.' },
]

const TO_POOLS = 'For a key that is bound to pools it keeps to these.'
const NOT_BOUND = 'Not for keys that are bound to pools.'

/** Errors with an instant at which a retry succeeds. */
const WAITING: readonly FleetErrorCode[] = ['NO_CAPACITY', 'RATE_LIMITED']

/** The paths of all REST routes, with the schemas of their procedures. */
export function routePaths(): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {}
  for (const route of REST_ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return paths
}

function operationOf(route: RestRoute): object {
  const { input, output, roles, meta } = procedureContract(route.procedure)
  if (output === null) throw new Error(`${route.procedure} streams; a REST route needs an answer.`)
  const schema = inputSchema(input)
  const body = route.method === 'GET' ? null : bodyOf(route, schema)
  return {
    operationId: operationId(route.procedure),
    tags: [route.tag],
    summary: route.summary,
    description: `${route.description}\n\nKeys of role ${roles.join(' or ')}. ${meta.keepsToPools ? TO_POOLS : NOT_BOUND} The procedure \`${route.procedure}\` of /trpc.`,
    security: [{ key: [] }, { bearer: [] }],
    parameters: parametersOf(route, schema),
    ...(body === null ? {} : { requestBody: body }),
    responses: {
      200: {
        description: 'Done.',
        headers: { 'x-request-id': { $ref: '#/components/headers/RequestId' } },
        content: { 'application/json': { schema: answerSchema(output) } },
      },
      ...refusalsOf(route),
    },
  }
}

/** `reservation.reserve` is `reservationReserve`: a name that generated clients can use. */
function operationId(procedure: string): string {
  return procedure.replaceAll(/\.(\w)/g, (_dot, letter: string) => letter.toUpperCase())
}

function parametersOf(route: RestRoute, schema: JsonSchema): object[] {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>
  const inPath = pathFields(route.path)
  const path = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    description: 'Percent-encoded, as `encodeURIComponent` or Python’s `quote(…, safe="")` do it.',
    schema: properties[name] ?? {},
  }))
  if (route.method !== 'GET') return path
  const required = (schema.required ?? []) as string[]
  const query = Object.entries(properties)
    .filter(([name]) => !inPath.includes(name))
    .map(([name, property]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      ...(property.type === 'array' ? { style: 'form', explode: true } : {}),
      ...(typeof property.description === 'string' ? { description: property.description } : {}),
      ...(Object.hasOwn(route.queryExample ?? {}, name) ? { example: route.queryExample?.[name] } : {}),
      schema: property,
    }))
  return [...path, ...query]
}

function bodyOf(route: RestRoute, { properties = {}, required = [], ...schema }: JsonSchema): object | null {
  const inPath = pathFields(route.path)
  const example = route.bodyExample === undefined ? {} : { example: route.bodyExample }
  // An input of several kinds, none of whose fields is in the path.
  if (schema.oneOf !== undefined || schema.anyOf !== undefined)
    return { required: true, content: { 'application/json': { schema, ...example } } }
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
        ...example,
      },
    },
  }
}

/** One response for each status, naming its codes and what each means here. */
function refusalsOf(route: RestRoute): Record<number, object> {
  const hasBody = route.method !== 'GET'
  const own = Object.entries(route.refusals).map(([code, words]) => ({
    code: code as FleetErrorCode,
    status: undefined,
    words,
  }))
  const limit = bodyLimitWords(route.hasLargeBody ? SEND_BODY_LIMIT_BYTES : BODY_LIMIT_BYTES)
  const tooLarge: (typeof EVERYWHERE)[number] = {
    code: 'INVALID_INPUT',
    status: 413,
    words: `The body is larger than ${limit}.`,
    onlyWithBody: true,
  }
  const everywhere = [...EVERYWHERE, tooLarge].filter(
    (refusal) => (hasBody || !refusal.onlyWithBody) && (refusal.code !== 'FORBIDDEN' || mayForbid(route)),
  )
  const byStatus = new Map<number, { code: FleetErrorCode; words: string }[]>()
  for (const { code, status = statusOf(code), words } of [...own, ...everywhere]) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), { code, words }])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, refusal(codes, status === 429 || status === 503)]),
  )
}

/** Whether it is closed to some keys, or takes a pool, which a key may not be bound to. */
function mayForbid(route: RestRoute): boolean {
  const { roles, meta, input } = procedureContract(route.procedure)
  const { properties = {} } = inputSchema(input) as { properties?: object }
  return roles.length < KEY_ROLES.length || !meta.keepsToPools || 'pool' in properties
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
