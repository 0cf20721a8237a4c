import {
  contactExport,
  FLEET_ERROR_CODES,
  forecastSchema,
  instanceSchema,
  instant,
  REASONS,
} from '@zapfleet/core'
import { z } from 'zod'
import {
  createdInstance,
  fleetHealth,
  instanceDetail,
  instanceStats,
  instancesDashboard,
  instancesHealth,
  portugueseFailure,
  qrcode,
} from '../legacy/schemas.ts'
import { contact } from '../procedures/contact.ts'
import { fleetStats } from '../procedures/fleet.ts'
import { health, healthSummary } from '../procedures/health.ts'
import { message } from '../procedures/message-schemas.ts'
import { reservation } from '../procedures/reservation.ts'

/** A JSON schema of the 2020-12 dialect, which is OpenAPI 3.1's own. */
export type JsonSchema = Record<string, unknown>

/** An error of a REST route. */
const failure = z.object({
  error: z.object({
    code: z.enum(FLEET_ERROR_CODES).describe('What a program switches on.'),
    message: z.string().describe('What was expected, what came, what to do; for people.'),
    availableAt: instant
      .nullish()
      .describe(
        'With NO_CAPACITY and RATE_LIMITED: when a retry succeeds; null when time alone does not help.',
      ),
    reasons: z
      .partialRecord(z.enum(REASONS), z.int().min(1))
      .optional()
      .describe('With NO_CAPACITY: how many instances cannot serve for each reason.'),
    nextStep: z
      .enum(['activate_licence'])
      .optional()
      .describe('With EVOLUTION_REFUSED: what a person does before a repeat can succeed.'),
    requestId: z.string().describe('The log has the details under this id; also in the header x-request-id.'),
  }),
})

/** Schemas with a name in the document. */
const NAMED = {
  Contact: contact,
  ContactExport: contactExport,
  Failure: failure,
  Forecast: forecastSchema,
  FleetStats: fleetStats,
  Health: health,
  HealthSummary: healthSummary,
  Instance: instanceSchema,
  Message: message,
  Reservation: reservation,
  InstanciaCriada: createdInstance,
  InstanciaEmDetalhe: instanceDetail,
  EstatisticasDasInstancias: instanceStats,
  PainelDasInstancias: instancesDashboard,
  QRCode: qrcode,
  SaudeDasInstancias: instancesHealth,
  SaudeGeral: fleetHealth,
  Falha: portugueseFailure,
} as const

export type ComponentName = keyof typeof NAMED

const names = new Map<z.ZodType, string>(Object.entries(NAMED).map(([name, schema]) => [schema, name]))

/** The document's `components.schemas`: the answers. Objects are open, since answers may gain fields. */
export function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of names) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { io: 'output', uri: uriOf, override: opened })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id, $schema, ...schema }]) => [name, schema as JsonSchema]),
  )
}

/** The schema of an answer: a reference where it has a name. */
export function answerSchema(schema: z.ZodType): JsonSchema {
  const name = names.get(schema)
  if (name !== undefined) return { $ref: uriOf(name) }
  if (schema instanceof z.ZodArray) return { type: 'array', items: answerSchema(schema.element as z.ZodType) }
  const { $schema, ...written } = z.toJSONSchema(schema, { io: 'output', override: opened })
  return written as JsonSchema
}

/** The schema of an input. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  const { $schema, default: _none, ...written } = z.toJSONSchema(schema, { io: 'input' })
  return written as JsonSchema
}

/** A reference to a named schema. */
export function uriOf(name: string): string {
  return `#/components/schemas/${name}`
}

/** Opens objects, and writes a record whose keys are all known as an object. */
function opened({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  const { additionalProperties, propertyNames, required } = jsonSchema
  if (additionalProperties === false) delete jsonSchema.additionalProperties
  if (!Array.isArray(required) || propertyNames === undefined) return
  jsonSchema.properties = Object.fromEntries(required.map((key: string) => [key, additionalProperties]))
  delete jsonSchema.propertyNames
  delete jsonSchema.additionalProperties
}
