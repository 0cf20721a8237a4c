import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badSchema, crashed, databaseGone } from '../errors.ts'
import { bodyOf, guard, paramsOf } from '../guard.ts'
import type { Instance, Settings } from '../instance.ts'
import { nextWebhookRow, WEBHOOK_EVENTS, type WebhookInput, type WebhookRow } from '../webhook-row.ts'
import { touch, type World } from '../world.ts'

/** `/webhook/*` and `/settings/*`: the routes of an existing instance. */
export function messageRoutes(app: FastifyInstance, world: World): void {
  const guarded = async (request: FastifyRequest) => guard(world, request)
  const found = (request: FastifyRequest) => foundInstance(world, request)

  app.post('/webhook/set/:instanceName', { preHandler: guarded }, async (request, reply) => {
    const input = checkWebhook(bodyOf(request))
    const instance = found(request)
    if (world.databaseAway) throw databaseGone('findUnique')
    // The row is deleted while the webhook is written.
    if (instance.leaving) throw crashed("Cannot read properties of undefined (reading 'instanceId')")
    instance.webhook = nextWebhookRow(instance.webhook, input, world.now())
    touch(world, instance)
    reply.code(201)
    return webhookAnswer(instance.webhook, instance.id)
  })

  app.get('/webhook/find/:instanceName', { preHandler: guarded }, async (request, reply) => {
    const { webhook, id } = found(request)
    if (world.databaseAway) throw databaseGone('findUnique')
    reply.type('application/json; charset=utf-8')
    return webhook === null ? 'null' : webhookAnswer(webhook, id)
  })

  app.get('/settings/find/:instanceName', { preHandler: guarded }, async (request) => found(request).settings)

  app.post('/settings/set/:instanceName', { preHandler: guarded }, async (request, reply) => {
    const sent = checkSettings(bodyOf(request))
    const instance = found(request)
    instance.settings = { ...instance.settings, msgCall: '', wavoipToken: '', ...sent }
    touch(world, instance)
    reply.code(201)
    return { settings: { instanceName: instance.name, settings: sent } }
  })
}

/** The instance of a call that passed the guard. */
export function foundInstance(world: World, request: FastifyRequest): Instance {
  const instance = world.instances.get(paramsOf(request).instanceName ?? '')
  // Names like `constructor` pass the guard and have no instance.
  if (instance === undefined) throw crashed("Cannot read properties of undefined (reading 'id')")
  return instance
}

const webhookAnswer = (row: WebhookRow, instanceId: string) => ({
  id: row.id,
  url: row.url,
  headers: row.headers,
  enabled: row.enabled,
  events: row.events,
  webhookByEvents: row.byEvents,
  webhookBase64: row.base64,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  instanceId,
})

function checkWebhook(body: Record<string, unknown>): WebhookInput {
  const input = body.webhook
  if (input === undefined) throw badSchema(['instance requires property "webhook"'])
  if (typeof input !== 'object' || input === null) throw badSchema(['webhook is not of a type(s) object'])
  const { enabled, url, events } = input as Record<string, unknown>
  const wrong: string[] = []
  if (enabled === undefined) wrong.push('webhook requires property "enabled"')
  else if (typeof enabled !== 'boolean') wrong.push('webhook.enabled is not of a type(s) boolean')
  if (url === undefined) wrong.push('webhook requires property "url"')
  else if (typeof url !== 'string') wrong.push('webhook.url is not of a type(s) string')
  const known: readonly unknown[] = WEBHOOK_EVENTS
  for (const [index, event] of (Array.isArray(events) ? events : []).entries()) {
    if (!known.includes(event)) {
      wrong.push(`webhook.events[${index}] is not one of enum values: ${WEBHOOK_EVENTS.join(',')}`)
    }
  }
  if (wrong.length > 0) throw badSchema(wrong)
  if (enabled === true && !Array.isArray(events)) {
    throw crashed("Cannot read properties of undefined (reading 'length')")
  }
  return input as WebhookInput
}

const SWITCHES = [
  'rejectCall',
  'groupsIgnore',
  'alwaysOnline',
  'readMessages',
  'readStatus',
  'syncFullHistory',
] as const

function checkSettings(body: Record<string, unknown>): Partial<Settings> {
  const wrong = SWITCHES.flatMap((key) => {
    if (body[key] === undefined) return [`instance requires property "${key}"`]
    return typeof body[key] === 'boolean' ? [] : [`${key} is not of a type(s) boolean`]
  })
  if (wrong.length > 0) throw badSchema(wrong)
  const sent: Record<string, unknown> = {}
  for (const key of [...SWITCHES, 'msgCall', 'wavoipToken'])
    if (body[key] !== undefined) sent[key] = body[key]
  return sent as Partial<Settings>
}
