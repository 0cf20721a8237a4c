import { emit } from './emit.ts'
import { badRequest, badSchema } from './errors.ts'
import { INTEGRATIONS, type Instance, type Integration, newInstance, type Settings } from './instance.ts'
import { openSocket } from './open-connection.ts'
import { answerQr } from './qr.ts'
import { removeInstance } from './remove-instance.ts'
import { nextWebhookRow, type WebhookInput } from './webhook-row.ts'
import { scaled, type World } from './world.ts'

const CREATE_MS = 25
// Two parallel requests must always overlap, also with a time scale of 0.
const SHORTEST_CREATE_MS = 20
const QR_SLEEP_MS = 5000
const LONGEST_NAME = 255

/**
 * Creates an instance and answers as Evolution does; with `qrcode: true` only after its 5 s sleep, with or without a QR code.
 * Throws EvolutionError for what Evolution refuses. Of several parallel creates of one name, the first gets 201, the second a
 * 400 whose rollback deletes BY NAME, so nothing is left; the others get 403.
 */
export async function createInstance(world: World, body: Record<string, unknown>): Promise<object> {
  checkNumber(body.number)
  const integration = checkIntegration(body)
  const name = body.instanceName
  if (typeof name !== 'string') throw badRequest(prismaText('Argument `name` is missing.'))
  if (name.length > LONGEST_NAME) {
    throw badRequest(
      prismaText("The provided value for the column is too long for the column's type. Column: name"),
    )
  }
  const wait = Math.max(SHORTEST_CREATE_MS, scaled(world, CREATE_MS))
  if (world.creating.has(name)) return loseTheRace(world, name, wait)

  world.creating.set(name, 0)
  await world.timers.pause(wait)
  world.creating.delete(name)
  const instance = newInstance(
    {
      name,
      integration,
      number: typeof body.number === 'string' ? body.number : null,
      ...(typeof body.token === 'string' ? { token: body.token } : {}),
      settings: settingsOf(body),
    },
    world.now(),
  )
  world.instances.set(name, instance)
  world.changed()
  if (body.webhook) setWebhook(world, instance, body.webhook as WebhookInput)
  void emit(world, instance, 'INSTANCE_CREATE', { instanceName: name, instanceId: instance.id })

  if (body.qrcode !== true || integration !== 'WHATSAPP-BAILEYS') return createAnswer(world, instance)
  openSocket(world, instance, instance.number !== null)
  await world.timers.pause(scaled(world, QR_SLEEP_MS))
  const qrcode = instance.connection === null ? { count: 0 } : await answerQr(instance.connection.qr)
  return { ...createAnswer(world, instance), qrcode }
}

async function loseTheRace(world: World, name: string, wait: number): Promise<never> {
  world.creating.set(name, (world.creating.get(name) ?? 0) + 1)
  await world.timers.pause(wait + 2)
  removeInstance(world, name)
  throw badRequest(prismaText('Unique constraint failed on the fields: (`name`)'))
}

function setWebhook(world: World, instance: Instance, input: WebhookInput): void {
  if (input.events === undefined) {
    removeInstance(world, instance.name)
    throw badRequest("Cannot read properties of undefined (reading 'length')")
  }
  // Unlike webhook/set, create ignores `enabled` and stores unknown events.
  instance.webhook = nextWebhookRow(null, { ...input, enabled: true }, world.now())
}

/** The 201 of create. `status` is the state at once: closed, or open for integrations without a phone. */
function createAnswer(world: World, instance: Instance): object {
  const { webhook } = instance
  const business = instance.integration === 'WHATSAPP-BUSINESS'
  return {
    instance: {
      instanceName: instance.name,
      instanceId: instance.id,
      integration: instance.integration,
      webhookWaBusiness: business ? `${world.url}/webhook/meta` : null,
      accessTokenWaBusiness: business ? 'evolution' : '',
      status: instance.integration === 'WHATSAPP-BAILEYS' ? 'close' : 'open',
    },
    hash: instance.token,
    webhook: webhook === null ? {} : createdWebhook(webhook),
    websocket: {},
    rabbitmq: {},
    nats: {},
    sqs: {},
    settings: instance.settings,
  }
}

const createdWebhook = (row: NonNullable<Instance['webhook']>) => ({
  webhookUrl: row.url,
  webhookHeaders: row.headers,
  webhookByEvents: row.byEvents,
  webhookBase64: row.base64,
})

function checkNumber(number: unknown): void {
  if (number === undefined) return
  if (typeof number !== 'string') throw badSchema(['number is not of a type(s) string'])
  if (!/^\d+[.@\w-]+/.test(number))
    throw badSchema(['number does not match pattern "^\\\\d+[\\\\.@\\\\w-]+"'])
}

function checkIntegration(body: Record<string, unknown>): Integration {
  if (typeof body.integration !== 'string' || !INTEGRATIONS.includes(body.integration)) {
    throw badRequest('Invalid integration')
  }
  if (body.integration === 'WHATSAPP-BUSINESS') {
    if (!body.number) throw badRequest('number is required')
    if (!body.token) throw badRequest('token is required')
  }
  return body.integration as Integration
}

const settingsOf = (body: Record<string, unknown>): Partial<Settings> => ({
  rejectCall: body.rejectCall === true,
  msgCall: typeof body.msgCall === 'string' ? body.msgCall : '',
  groupsIgnore: body.groupsIgnore === true,
  alwaysOnline: body.alwaysOnline === true,
  readMessages: body.readMessages === true,
  readStatus: body.readStatus === true,
  syncFullHistory: body.syncFullHistory === true,
})

const prismaText = (text: string) => `\nInvalid \`prisma.instance.create()\` invocation:\n\n${text}`
