import { z } from 'zod'
import { type Command, command, ms, named } from './command.ts'
import { RECEIPT_STATUSES } from './outcome-policy.ts'

const status = z.enum(RECEIPT_STATUSES)
const time = z.union([z.literal('none'), z.strictObject({ afterMs: ms })]).exactOptional()
/** The schema of an outcome policy. */
export const outcomePolicySchema = z.strictObject({
  ack: z.enum(['ok', 'withheld', 'error']).exactOptional(),
  ackAfterMs: ms.exactOptional(),
  serverAck: time,
  delivery: time,
  read: time,
  played: time,
  receipts: z.array(z.strictObject({ status, afterMs: ms })).exactOptional(),
  copies: z.number().int().positive().exactOptional(),
  jitterMs: ms.exactOptional(),
  receiptJid: z.enum(['jid', 'lid', 'device']).exactOptional(),
  lost: z.array(status).exactOptional(),
  loseEvery: z.number().int().positive().exactOptional(),
})

const inbound = z.strictObject({
  from: z.string(),
  alt: z.string().exactOptional(),
  text: z.string().exactOptional(),
  kind: z.enum(['conversation', 'image', 'reaction', 'ephemeral']).exactOptional(),
  quoted: z.string().exactOptional(),
  id: z.string().exactOptional(),
  pushName: z.string().nullable().exactOptional(),
  group: z.string().endsWith('@g.us').exactOptional(),
  fromMe: z.boolean().exactOptional(),
  isStatus: z.boolean().exactOptional(),
  sentAt: z.iso.datetime().exactOptional(),
})

const share = z.number().min(0).max(1).exactOptional()
const mishaps = z
  .strictObject({ seed: z.number().int(), hangBefore: share, hangAfter: share, refused: share })
  .refine(
    ({ hangBefore = 0, hangAfter = 0, refused = 0 }) => hangBefore + hangAfter + refused <= 1,
    'The shares add up to more than 1.',
  )

/** The commands about messages over HTTP. */
export const MESSAGE_COMMANDS: Record<string, Command> = {
  outcomes: command(
    z.strictObject({
      policy: outcomePolicySchema.nullable(),
      name: z.string().exactOptional(),
      to: z.string().exactOptional(),
    }),
    (control, { policy: given, ...scope }) => control.outcomes(given, scope),
  ),
  receipts: command(named.extend({ id: z.string(), statuses: z.array(status).min(1) }), (control, body) =>
    control.receipts(body.name, body.id, body.statuses),
  ),
  inbound: command(named.extend({ message: inbound }), (control, body) =>
    control.inbound(body.name, body.message),
  ),
  restrict: command(named.extend({ on: z.boolean() }), (control, body) =>
    control.restrict(body.name, body.on),
  ),
  'set-known': command(named.extend({ number: z.string(), known: z.boolean() }), (control, body) =>
    control.setKnown(body.name, body.number, body.known),
  ),
  'dead-connection': command(
    named.extend({
      kind: z.enum(['half_open', 'closed']).nullable(),
      noticedAfterMs: ms.exactOptional(),
      backAfterMs: ms.exactOptional(),
    }),
    (control, { name, kind, ...how }) => control.deadConnection(name, kind, how),
  ),
  'set-inbound-dead': command(named.extend({ dead: z.boolean() }), (control, body) =>
    control.setInboundDead(body.name, body.dead),
  ),
  'row-late': command(z.strictObject({ ms }), (control, body) => control.rowLate(body.ms)),
  'buffer-after-login': command(z.strictObject({ ms: ms.nullable() }), (control, body) =>
    control.bufferAfterLogin(body.ms),
  ),
  'set-whatsapp-jid': command(z.strictObject({ number: z.string(), jid: z.string() }), (control, body) =>
    control.setWhatsappJid(body.number, body.jid),
  ),
  'set-global-webhook': command(
    z.strictObject({
      webhook: z
        .strictObject({
          url: z.url(),
          events: z.array(z.string()),
          byEvents: z.boolean().exactOptional(),
        })
        .nullable(),
    }),
    (control, body) => control.setGlobalWebhook(body.webhook),
  ),
  'event-copies': command(
    z.strictObject({ times: z.number().int().positive(), withinMs: ms }),
    (control, body) => control.eventCopies(body.times, body.withinMs),
  ),
  'drop-websockets': command(z.strictObject({}), (control) => control.dropWebsockets()),
  'media-url': command(
    z.strictObject({
      start: z.string().min(1),
      failure: z.union([z.literal('unreachable'), z.number().int().min(400).max(599)]).nullable(),
    }),
    (control, body) => control.mediaUrl(body.start, body.failure),
  ),
  'uploads-fail': command(z.strictObject({ on: z.boolean() }), (control, body) =>
    control.uploadsFail(body.on),
  ),
  'send-mishaps': command(z.strictObject({ mishaps: mishaps.nullable() }), (control, body) =>
    control.sendMishaps(body.mishaps),
  ),
  'set-lid': command(
    z.strictObject({ number: z.string(), lid: z.string().endsWith('@lid') }),
    (control, body) => control.setLid(body.number, body.lid),
  ),
}
