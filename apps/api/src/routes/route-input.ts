import { FleetError } from '@zapfleet/core'
import { z } from 'zod'
import { procedureContract } from '../procedure-contract.ts'
import { bodyText } from '../request-text.ts'
import { pathFields, type RestRoute } from './route.ts'

/** The parts of a request that may hold input. `body` is undefined where there is none. */
export type RouteRequest = {
  params: Record<string, string>
  query: Record<string, string | string[]>
  body: Buffer | undefined
}

/** The part of a field's JSON schema that decides how its value in a URL is read. */
type FieldSchema = { type?: string | string[] }

/**
 * Makes the function that reads a procedure's raw input from a request: the fields of the path, and the query of a GET or the
 * body of another method. The procedure validates the values.
 *
 * @throws FleetError INVALID_INPUT for a body that is no JSON object, a field that is sent twice, and a query that is not read
 */
export function makeRouteInput(route: RestRoute): (request: RouteRequest) => Record<string, unknown> {
  const inPath = pathFields(route.path)
  const fields = route.method === 'GET' ? fieldsOf(route) : {}
  return ({ params, query, body }) => {
    const sent = route.method === 'GET' ? fromQuery(query, fields) : fromBody(route.method, query, body)
    const twice = inPath.filter((field) => Object.hasOwn(sent, field))
    if (twice.length > 0) throw refused(`${twice.join(', ')} stands in the path; do not send it twice`)
    return { ...sent, ...Object.fromEntries(inPath.map((field) => [field, params[field]])) }
  }
}

function fieldsOf(route: RestRoute): Record<string, FieldSchema> {
  const schema = z.toJSONSchema(procedureContract(route.procedure).input, { io: 'input' })
  return (schema.properties ?? {}) as Record<string, FieldSchema>
}

function fromQuery(query: RouteRequest['query'], fields: Record<string, FieldSchema>) {
  const entries = Object.entries(query).map(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    return [name, fromUrl(value, field?.type)]
  })
  return Object.fromEntries(entries) as Record<string, unknown>
}

/** A value of a URL as its JSON type. A value that does not fit the type stays a text, and the procedure refuses it. */
function fromUrl(value: string | string[], type: FieldSchema['type']): unknown {
  if (type === 'array') return typeof value === 'string' ? [value] : value
  if (typeof value !== 'string') return value
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}$/.test(value)) return Number(value)
  return value
}

function fromBody(
  method: string,
  query: RouteRequest['query'],
  body: Buffer | undefined,
): Record<string, unknown> {
  const [stray] = Object.keys(query)
  if (stray !== undefined)
    throw refused(`nothing is read from the query of a ${method}; send ${JSON.stringify(stray)} in the body`)
  if (body === undefined || body.length === 0) return {}
  const value = parsed(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused('expected the body to be a JSON object, such as {}')
  return value as Record<string, unknown>
}

function parsed(body: Buffer): unknown {
  const text = bodyText(body)
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
  } catch (error) {
    throw refused(`the body is not valid JSON (${(error as Error).message})`)
  }
}

function refused(words: string): FleetError {
  return new FleetError('INVALID_INPUT', `Invalid input: ${words}.`)
}
