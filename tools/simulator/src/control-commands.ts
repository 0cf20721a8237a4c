import { z } from 'zod'
import { type Command, command, ms, named } from './command.ts'
import { ControlError } from './errors.ts'
import { MESSAGE_COMMANDS } from './message-commands.ts'

const name = z.string()
const match = z.strictObject({
  method: z.string().exactOptional(),
  route: z.string().exactOptional(),
  name: z.string().exactOptional(),
})
const webhook = z.strictObject({
  enabled: z.boolean().exactOptional(),
  url: z.string().exactOptional(),
  events: z.array(z.string()).exactOptional(),
  headers: z.record(z.string(), z.string()).nullable().exactOptional(),
  byEvents: z.boolean().exactOptional(),
  base64: z.boolean().exactOptional(),
})
const added = z.strictObject({
  name,
  state: z.enum(['open', 'close', 'connecting']).exactOptional(),
  integration: z.enum(['WHATSAPP-BAILEYS', 'WHATSAPP-BUSINESS', 'EVOLUTION']).exactOptional(),
  number: z.string().exactOptional(),
  token: z.string().exactOptional(),
  ownerJid: z.string().exactOptional(),
  webhook: webhook.exactOptional(),
})
const database = z.strictObject({
  connectionStatus: z.string().exactOptional(),
  ownerJid: z.string().nullable().exactOptional(),
  profileName: z.string().nullable().exactOptional(),
  disconnectionReasonCode: z.number().nullable().exactOptional(),
  disconnectionObject: z.string().nullable().exactOptional(),
  disconnectionAt: z.string().nullable().exactOptional(),
})
const reach = { match: match.exactOptional(), times: z.number().int().positive().exactOptional() }
const fault = z.discriminatedUnion('kind', [
  z.strictObject({
    ...reach,
    kind: z.enum(['hang', 'reset', 'down', 'truncated', 'cut_body', 'answer_lost']),
  }),
  z.strictObject({
    ...reach,
    kind: z.literal('status'),
    code: z.number(),
    body: z.unknown().exactOptional(),
  }),
  z.strictObject({ ...reach, kind: z.literal('html'), code: z.number().exactOptional() }),
  z.strictObject({ ...reach, kind: z.enum(['delay', 'slow_body']), ms }),
  z.strictObject({ ...reach, kind: z.literal('malformed'), body: z.unknown().exactOptional() }),
  z.strictObject({ ...reach, kind: z.literal('v1'), flat: z.boolean().exactOptional() }),
])

/** `POST /__simulator/<command>` with a JSON body: the commands of the control in the process. */
export const COMMANDS: Record<string, Command> = {
  'add-instances': command(z.strictObject({ instances: z.array(added) }), (control, { instances }) =>
    instances.map((seed) => control.addInstance(seed)),
  ),
  'remove-instance': command(named, (control, body) => control.removeInstance(body.name)),
  scan: command(
    named.extend({ phone: z.string().exactOptional(), restartMs: ms.exactOptional() }),
    (control, { name: who, ...how }) => control.scan(who, how),
  ),
  'expire-qr': command(named, (control, body) => control.expireQr(body.name)),
  drop: command(
    named.extend({ forMs: ms.exactOptional(), streamError: z.boolean().exactOptional() }),
    (control, { name: who, ...how }) => control.drop(who, how),
  ),
  recover: command(named, (control, body) => control.recover(body.name)),
  ban: command(named.extend({ code: z.number().exactOptional() }), (control, body) =>
    control.ban(body.name, body.code),
  ),
  'logout-from-phone': command(named, (control, body) => control.logoutFromPhone(body.name)),
  blip: command(named.extend({ ms }), (control, body) => control.blip(body.name, body.ms)),
  flap: command(named.extend({ everyMs: z.number().positive() }), (control, body) => {
    control.flap(body.name, body.everyMs)
  }),
  'whatsapp-latency': command(z.strictObject({ ms }), (control, body) => control.whatsappLatency(body.ms)),
  'database-away': command(z.strictObject({ on: z.boolean() }), (control, body) =>
    control.databaseAway(body.on),
  ),
  'inventory-cost': command(z.strictObject({ ms }), (control, body) => control.inventoryCost(body.ms)),
  'record-late': command(z.strictObject({ ms }), (control, body) => control.recordLate(body.ms)),
  'whatsapp-outage': command(
    z.strictObject({ on: z.boolean(), slow: z.boolean().exactOptional() }),
    (control, { on, ...how }) => control.whatsappOutage(on, how),
  ),
  'refuse-registration': command(z.strictObject({ on: z.boolean() }), (control, body) =>
    control.refuseRegistration(body.on),
  ),
  unlicensed: command(z.strictObject({ on: z.boolean() }), (control, body) => control.unlicensed(body.on)),
  'delay-qr': command(z.strictObject({ ms }), (control, body) => control.delayQr(body.ms)),
  'restart-evolution': command(z.strictObject({ absentMs: ms.exactOptional() }), (control, how) =>
    control.restartEvolution(how),
  ),
  'set-memory': command(named.extend({ state: z.string().nullable() }), (control, body) =>
    control.setMemory(body.name, body.state),
  ),
  'set-database': command(named.extend({ fields: database }), (control, body) =>
    control.setDatabase(body.name, body.fields),
  ),
  'emit-event': command(named.extend({ event: z.string(), data: z.unknown() }), (control, body) =>
    control.emitEvent(body.name, body.event, body.data),
  ),
  'set-number-missing': command(
    z.strictObject({ number: z.string(), missing: z.boolean() }),
    (control, body) => control.setNumberMissing(body.number, body.missing),
  ),
  'reset-calls': command(z.strictObject({}), (control) => control.resetCalls()),
  fault: command(fault, (control, body) => ({ id: control.fault(body).id })),
  'remove-fault': command(z.strictObject({ id: z.number() }), (control, body) =>
    control.removeFault(body.id),
  ),
  'clear-faults': command(z.strictObject({}), (control) => control.clearFaults()),
  outage: command(
    z.strictObject({ kind: z.enum(['refuse', 'hang']).nullable(), forMs: ms.exactOptional() }),
    (control, body) => {
      if (body.kind === 'refuse' && body.forMs === undefined) {
        throw new ControlError('An outage that refuses connections cannot be ended over HTTP: give forMs.')
      }
      // The answer must leave before the listener closes.
      const { kind, ...how } = body
      return control.outage(kind, { afterMs: 20, ...how })
    },
  ),
  ...MESSAGE_COMMANDS,
}
