import { FleetError } from '@zapfleet/core'
import { z } from 'zod'
import { procedureContract } from '../procedure-contract.ts'
import { type Door, pathFields } from './door.ts'

/** What of a request may hold input. `body` is its text, undefined where there is none. */
export type DoorRequest = {
  params: Record<string, string>
  query: Record<string, string | string[]>
  body: Buffer | undefined
}

/** The JSON schema of an input's field, as far as one is needed to read it out of a URL. */
type FieldSchema = { type?: string | string[] }

/**
 * Makes the function that finds a procedure's raw input in a request: fields of the path, and beside them the query of a
 * GET, the body of the other methods. It only finds; what is wrong with a value is for the procedure to say.
 *
 * @throws FleetError INVALID_INPUT for what is no JSON object, and for fields that stand where nobody would look
 */
export function makeDoorInput(door: Door): (request: DoorRequest) => Record<string, unknown> {
  const inPath = pathFields(door.path)
  const schema = z.toJSONSchema(procedureContract(door.procedure).input, { io: 'input' })
  const fields = (schema.properties ?? {}) as Record<string, FieldSchema>
  return ({ params, query, body }) => {
    const sent = door.method === 'GET' ? fromQuery(query, fields) : fromBody(door.method, query, body)
    const twice = inPath.filter((field) => Object.hasOwn(sent, field))
    if (twice.length > 0) throw refused(`${twice.join(', ')} stands in the path; do not send it twice`)
    return { ...sent, ...Object.fromEntries(inPath.map((field) => [field, params[field]])) }
  }
}

function fromQuery(query: DoorRequest['query'], fields: Record<string, FieldSchema>) {
  const entries = Object.entries(query).map(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    return [name, fromUrl(value, field?.type)]
  })
  return Object.fromEntries(entries) as Record<string, unknown>
}

/** A value of a URL as JSON would have it. What does not look like it stays a text, and is refused as one. */
function fromUrl(value: string | string[], type: FieldSchema['type']): unknown {
  if (type === 'array') return typeof value === 'string' ? [value] : value
  if (typeof value !== 'string') return value
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}$/.test(value)) return Number(value)
  return value
}

function fromBody(
  method: string,
  query: DoorRequest['query'],
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
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    if (error instanceof SyntaxError) throw refused(`the body is not valid JSON (${error.message})`)
    throw refused('the body is not valid UTF-8')
  }
}

function refused(words: string): FleetError {
  return new FleetError('INVALID_INPUT', `Invalid input: ${words}.`)
}
