import { z } from 'zod'
import { disconnectionMessage } from './disconnection.ts'
import type {
  ConnectAnswer,
  ConnectionState,
  CreatedInstance,
  EvolutionInstance,
  Qr,
  StateReading,
  Webhook,
} from './evolution.ts'

/**
 * The shape of an answer and its result. `expected` is for people. Fields that decisions depend on are strict; others
 * are lenient (an unexpected one reads as null). Shapes are those of Evolution 2.3 (measured) and of its versions 1.x
 * (read in the tagged source).
 */
export type Shape<T> = { expected: string; schema: z.ZodType<T> }

const decoration = z.string().nullable().catch(null)
const count = z.number().catch(0)
const WORD_MAX_CHARS = 64

/** Evolution's word as one of the three states, or null when it is absent or unknown. */
function knownState(word: string | null | undefined): ConnectionState | null {
  return word === 'open' || word === 'connecting' || word === 'close' ? word : null
}

const qrFields = z.object({ code: decoration, base64: decoration, pairingCode: decoration, count })

/** `{count:0}` means that there is no QR (yet). */
function qrIn(fields: Qr | null): Qr | null {
  if (fields === null) return null
  const qr: Qr = {
    code: fields.code || null,
    base64: fields.base64 || null,
    pairingCode: fields.pairingCode || null,
    count: fields.count,
  }
  return qr.code || qr.base64 || qr.pairingCode ? qr : null
}

const nestedState = z.object({ instance: z.object({ state: z.string().nullish() }) })
/** Up to version 1.4.0. */
const flatState = z.object({ state: z.string() })

/** Of `connectionState`. The state may be absent: right after Evolution's start, or while a delete is finishing. */
export const stateReading: Shape<StateReading> = {
  expected: '{"instance":{"instanceName","state"}} or, of an old version, {"state"}',
  schema: z
    .union([
      nestedState.transform(({ instance }) => instance.state),
      flatState.transform(({ state }) => state),
    ])
    .transform((word) => ({ state: knownState(word), word: word ? word.slice(0, WORD_MAX_CHARS) : null })),
}

/** Of `chat/findStatusMessage`: a row for each status of each message. Rows in another form are skipped. */
export const storedStatuses: Shape<{ keyId: string; status: string }[]> = {
  expected: '[{"keyId","status"}]',
  schema: z
    .array(z.object({ keyId: z.string(), status: z.string() }).nullable().catch(null))
    .transform((rows) => rows.filter((row) => row !== null)),
}

/** Of `create`. Version 1 answers the status "created", which is no state. The `hash` (the token) is not read. */
export const createdInstance: Shape<CreatedInstance> = {
  expected: '{"instance":{"instanceName","instanceId","status"},"qrcode"?}',
  schema: z
    .object({
      instance: z.object({ instanceName: z.string(), instanceId: decoration, status: decoration }),
      qrcode: qrFields.nullable().catch(null),
    })
    .transform(({ instance, qrcode }) => ({
      name: instance.instanceName,
      instanceId: instance.instanceId,
      state: knownState(instance.status),
      qr: qrIn(qrcode),
    })),
}

/** A QR answer has `count` or a code; `{}` means no QR either. Anything else is not an answer of Evolution. */
const qrAnswer = z
  .record(z.string(), z.unknown())
  .refine(
    (answer) => Object.keys(answer).length === 0 || ['count', 'code', 'base64'].some((key) => key in answer),
  )
  .pipe(qrFields)

/** Of `connect`: another shape when the instance is open already. */
export const connectAnswer: Shape<ConnectAnswer> = {
  expected: '{"pairingCode","code","base64","count"}, {"count"} or {"instance":{"state"}}',
  schema: z.union([
    nestedState.transform(
      ({ instance }): ConnectAnswer =>
        knownState(instance.state) === 'open' ? { kind: 'open' } : { kind: 'pending', count: 0 },
    ),
    qrAnswer.transform((fields): ConnectAnswer => {
      const qr = qrIn(fields)
      return qr === null ? { kind: 'pending', count: fields.count } : { kind: 'qr', qr }
    }),
  ]),
}

/** Of `restart`: the (stale) state of an open instance, or the QR of one that was connecting. */
export const restartAnswer: Shape<{ state: ConnectionState | null; qr: Qr | null }> = {
  expected: '{"instance":{"instanceName","state"}} or {"count"}',
  schema: z.union([
    nestedState.transform(({ instance }) => ({ state: knownState(instance.state), qr: null })),
    qrAnswer.transform((fields) => ({ state: null, qr: qrIn(fields) })),
  ]),
}

/** A row of version 2: flat, from the database. */
const flatRow = z
  .object({
    name: z.string(),
    id: decoration,
    connectionStatus: decoration,
    ownerJid: decoration,
    profileName: decoration,
    number: decoration,
    integration: decoration,
    createdAt: decoration,
    updatedAt: decoration,
    disconnectionReasonCode: z.number().nullable().catch(null),
    disconnectionAt: decoration,
    disconnectionObject: z.unknown().optional(),
  })
  .transform(
    (row): EvolutionInstance => ({
      name: row.name,
      instanceId: row.id,
      connectionStatus: row.connectionStatus,
      ownerJid: row.ownerJid,
      profileName: row.profileName,
      number: row.number,
      disconnection:
        row.disconnectionReasonCode === null
          ? null
          : {
              code: row.disconnectionReasonCode,
              at: row.disconnectionAt,
              message: disconnectionMessage(row.disconnectionObject),
            },
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      integration: row.integration,
    }),
  )

/** A row of version 1: nested, from memory. */
const nestedRow = z
  .object({
    instance: z.object({
      instanceName: z.string(),
      instanceId: decoration,
      owner: decoration,
      profileName: decoration,
      status: decoration,
    }),
  })
  .transform(
    ({ instance }): EvolutionInstance => ({
      name: instance.instanceName,
      instanceId: instance.instanceId,
      connectionStatus: instance.status,
      ownerJid: instance.owner,
      profileName: instance.profileName,
      number: null,
      disconnection: null,
      createdAt: null,
      updatedAt: null,
      integration: null,
    }),
  )

const row = z.union([flatRow, nestedRow])

/** Of `fetchInstances`. Version 1 answers a single name with the row itself instead of a list. */
export const inventory: Shape<EvolutionInstance[]> = {
  expected: 'a list of {"name","id","connectionStatus",…} or, of version 1, {"instance":{"instanceName",…}}',
  schema: z.union([z.array(row), row.transform((single) => [single])]),
}

const webhookFields = z
  .object({
    url: z.string().nullish(),
    enabled: z.boolean().nullish(),
    events: z.array(z.string()).nullish(),
    headers: z.record(z.string(), z.string()).nullable().catch(null),
    webhookByEvents: z.boolean().nullish(),
    webhookBase64: z.boolean().nullish(),
    webhook_by_events: z.boolean().nullish(),
    webhook_base64: z.boolean().nullish(),
  })
  .refine((fields) => fields.url !== undefined || fields.enabled !== undefined)
  .transform(
    (fields): Webhook => ({
      url: fields.url ?? '',
      events: fields.events ?? [],
      headers: fields.headers ?? {},
      enabled: fields.enabled ?? false,
      byEvents: fields.webhookByEvents ?? fields.webhook_by_events ?? false,
      base64: fields.webhookBase64 ?? fields.webhook_base64 ?? false,
    }),
  )

/** Of `findWebhook`: JSON null when none was ever set. */
export const foundWebhook: Shape<Webhook | null> = {
  expected: '{"url","enabled","events",…} or null',
  schema: webhookFields.nullable(),
}

/** Of `whatsappNumbers`. */
export const lookedUpNumbers: Shape<{ number: string; exists: boolean }[]> = {
  expected: '[{"number","exists",…}]',
  schema: z.array(z.object({ number: z.string(), exists: z.boolean() })),
}

/** Of `GET /`. The zapfleet simulator adds a field `simulator`, which is true or a text. */
export const greeting: Shape<{ version: string; simulated: boolean }> = {
  expected: '{"message","version",…}',
  schema: z
    .object({ version: z.string(), simulator: z.unknown().optional() })
    .transform(({ version, simulator }) => ({ version, simulated: Boolean(simulator) })),
}

/** Of `logout`, `delete` and `setWebhook`, whose content adds nothing to the HTTP status. */
export const acknowledgement: Shape<unknown> = {
  expected: 'a JSON object',
  schema: z.record(z.string(), z.unknown()),
}
