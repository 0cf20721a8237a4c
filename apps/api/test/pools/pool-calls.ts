/** The contact that calls name. */
export const CONTACT = '5531988887777'
/** No instance, reservation or message has these. */
const GHOST = { name: 'GHOST-1', id: '01a204bd-49f0-7000-8000-000000000000', evolutionId: 'GHOST00000' }

/** What calls name: things of the pool of the key, of the other pool, or of none. */
export type Named = {
  name: string
  reservation: string
  /** Reservations to confirm, and to release. */
  sent: string
  unsent: string
  message: string
  queued: string
  evolutionId: string
}
/** Things that do not exist. */
export const ghost: Named = {
  name: GHOST.name,
  reservation: GHOST.id,
  sent: GHOST.id,
  unsent: GHOST.id,
  message: GHOST.id,
  queued: GHOST.id,
  evolutionId: GHOST.evolutionId,
}

/** The inputs of every procedure that bound keys may call. */
export const CALLS: Record<string, (named: Named) => Record<string, unknown>[]> = {
  'contact.block': () => [{ id: 'blocked-by-x', reason: 'STOP' }],
  'contact.counts': () => [{}],
  'contact.get': () => [{ id: CONTACT }, { id: 'stranger' }],
  'contact.recordInbound': ({ name }) => [{ id: CONTACT, instanceName: name, at: '2026-11-01T10:00:00Z' }],
  'fleet.conditions': () => [{}],
  'fleet.forecast': () => [
    { newContactsPerDay: 1_000_000, waiting: 10 },
    { newContactsPerDay: 5, pool: 'xray' },
    { newContactsPerDay: 5, pool: 'yankee' },
  ],
  'fleet.stats': () => [{}, { pool: 'xray' }, { pool: 'yankee' }],
  'health.summary': () => [{}, { pool: 'xray' }, { pool: 'yankee' }],
  'instance.activity': ({ name }) => [{ name }],
  'instance.choose': () => [{}, { contactId: CONTACT }, { pool: 'xray' }, { pool: 'yankee' }],
  'instance.explain': ({ name }) => [
    {},
    { contactId: CONTACT },
    { exclude: [name] },
    { pool: 'xray' },
    { pool: 'yankee' },
  ],
  'instance.get': ({ name }) => [{ name }],
  'instance.history': ({ name }) => [{ name }],
  'instance.list': () => [{}, { availableOnly: true }, { status: ['connected'] }],
  'instance.onChange': () => [{ lastEventId: '0' }],
  'instance.recordSend': ({ name }) => [{ name }],
  'key.whoAmI': () => [{}],
  'message.cancel': ({ queued }) => [{ id: queued }],
  'message.get': ({ message }) => [{ id: message }],
  'message.onChange': () => [{}],
  'message.send': () => [
    { to: CONTACT, text: 'olá' },
    { to: '5531988880000', text: 'olá', pool: 'xray' },
    { to: CONTACT, text: 'olá', pool: 'yankee' },
  ],
  'reservation.confirm': ({ sent, evolutionId }) => [{ id: sent, messageId: evolutionId }],
  'reservation.get': ({ reservation }) => [{ id: reservation }],
  'reservation.release': ({ unsent }) => [{ id: unsent, cause: 'not_tried' }],
  'reservation.report': ({ name, evolutionId }) => [
    { events: [{ instanceName: name, messageId: evolutionId, status: 'delivered' }] },
  ],
  'reservation.reserve': () => [
    {},
    { contactId: CONTACT },
    { contactId: CONTACT, fallback: 'refuse' },
    { pool: 'xray' },
    { pool: 'yankee' },
  ],
}
