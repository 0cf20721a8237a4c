import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'
import { openApiDocument } from '../src/openapi/document.ts'
import { call } from './fleet-api.ts'

type Example = { value: unknown }
type Operation = {
  responses: Record<string, { content: { 'application/json': { examples?: Record<string, Example> } } }>
}
type Answer = { status: number; headers: Headers; body: unknown }

/**
 * The schemas of the document, closed: a field that the document does not name fails the test, although callers must
 * accept new fields.
 */
const described = closed(openApiDocument('1.2.3')) as {
  paths: Record<string, Record<string, Operation>>
}

const ajv = new Ajv2020({ strict: false, allErrors: true })
// Its types declare a default export that the module, loaded as ESM, wraps once more.
;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
ajv.addSchema(described, 'document')

/** Every operation of the document, as `GET /v1/instances`. */
export const OPERATIONS: readonly string[] = Object.entries(described.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
)

/** The statuses that an operation is documented to answer. */
export function documentedStatuses(operation: string): number[] {
  return Object.keys(operationOf(operation).responses).map(Number)
}

/** These operations with every documented status that no answer in this file had yet. */
export function unseen(operations: readonly string[]): string[] {
  return operations.flatMap((operation) =>
    documentedStatuses(operation)
      .map((status) => `${operation} ${status}`)
      .filter((one) => !seen.has(one)),
  )
}

const seen = new Set<string>()

/** Fails unless status, body and headers of an answer match the document. */
export function expectDescribed(operation: string, answer: Answer): void {
  const response = operationOf(operation).responses[String(answer.status)]
  const what = `${operation} ${answer.status}: ${JSON.stringify(answer.body)}`
  expect(response, `${what} is not documented`).toBeDefined()
  const validate = schemaOf(operation, answer.status)
  expect(validate(answer.body), `${what}\n${ajv.errorsText(validate.errors)}`).toBe(true)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expect(answer.headers.get('x-request-id')).toBeTruthy()
  seen.add(`${operation} ${answer.status}`)
}

/** Fails unless every example of every answer is valid by its schema. */
export function expectExamplesDescribed(): void {
  let examples = 0
  for (const operation of OPERATIONS)
    for (const [status, { content }] of Object.entries(operationOf(operation).responses))
      for (const { value } of Object.values(content['application/json'].examples ?? {})) {
        const validate = schemaOf(operation, Number(status))
        expect(validate(value), `${operation} ${status}: ${ajv.errorsText(validate.errors)}`).toBe(true)
        examples += 1
      }
  expect(examples).toBeGreaterThan(50)
}

/** The schema of a request's body, or null where the operation takes none. */
export function bodySchema(operation: string): ValidateFunction | null {
  return (
    ajv.getSchema(`document#${pointerOf(operation)}/requestBody/content/application~1json/schema`) ?? null
  )
}

function schemaOf(operation: string, status: number): ValidateFunction {
  const pointer = `document#${pointerOf(operation)}/responses/${status}/content/application~1json/schema`
  const validate = ajv.getSchema(pointer)
  if (validate === undefined) throw new Error(`The document has no schema at ${pointer}.`)
  return validate
}

function operationOf(operation: string): Operation {
  const [method = '', path = ''] = operation.split(' ')
  const found = described.paths[path]?.[method.toLowerCase()]
  if (found === undefined) throw new Error(`The document has no operation ${operation}.`)
  return found
}

function pointerOf(operation: string): string {
  const [method = '', path = ''] = operation.split(' ')
  const step = path.replaceAll('~', '~0').replaceAll('/', '~1')
  return `/paths/${step.replaceAll('{', '%7B').replaceAll('}', '%7D')}/${method.toLowerCase()}`
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]))
  if (copy.type === 'object' && copy.properties !== undefined && copy.additionalProperties === undefined)
    copy.additionalProperties = false
  return copy
}

export type CallInit = NonNullable<Parameters<typeof call>[1]>

/**
 * Makes the function that calls a documented operation and compares the answer with the document.
 *
 * @param key the one of calls that give none
 */
export function routeCaller(address: () => string, key: string) {
  return async (operation: string, path: string, init: CallInit = {}) => {
    const [method = ''] = operation.split(' ')
    const answer = await call(`${address()}${path}`, { method, key, ...init })
    expectDescribed(operation, answer)
    return answer
  }
}
