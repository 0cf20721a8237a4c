import {
  type Fleet,
  FleetError,
  getEndpoint,
  getInstance,
  getKey,
  getRoute,
  type Instance,
  instanceSnapshot,
  keyIdIn,
  readContactWithRef,
} from '@zapfleet/core'
import { masked } from '@zapfleet/telemetry'

/** The object of an act, and how to read its values before and after. `readNow` returns null when the object does not exist. */
export type ActTarget = {
  target: string | null
  readNow: () => Promise<object | null>
  /** Stored in place of `target` while no instance has this name: the text may be a person's phone or name. */
  unknownTarget?: string
}

const THE_FLEET: ActTarget = { target: null, readNow: async () => null }

/**
 * The target of an act, from its name and its input. Phone numbers and contacts are masked, because the audit is kept longer than
 * they may be. None of the values is a secret.
 */
export function actTarget(fleet: Fleet, act: string, input: unknown): ActTarget {
  const { name, id } = (input ?? {}) as { name?: unknown; id?: unknown }
  // The entry of a forgotten contact names it in no form.
  if (act === 'contact.forget') return THE_FLEET
  const [noun] = act.split('.')
  if (noun === 'contact' && typeof id === 'string')
    return { target: masked(id), readNow: () => contactNow(fleet, id) }
  if (noun === 'message' && typeof id === 'string')
    return { target: storableId(id), readNow: async () => null }
  if (noun === 'key' && typeof id === 'string')
    return { target: storableId(id), readNow: () => keyNow(fleet, id) }
  if (noun === 'webhookEndpoint' && typeof name === 'string')
    return { target: name, unknownTarget: masked(name), readNow: () => endpointNow(fleet, name) }
  if (noun === 'server' && typeof name === 'string')
    return { target: name, unknownTarget: masked(name), readNow: () => serverNow(fleet, name) }
  if (noun === 'alertRoute' && typeof name === 'string')
    return { target: name, unknownTarget: masked(name), readNow: () => routeNow(fleet, name) }
  if (typeof name === 'string')
    return { target: name, unknownTarget: masked(name), readNow: () => instanceNow(fleet, name) }
  return THE_FLEET
}

/**
 * The part of an act's answer that its row holds: the id of a new key, which the input does not name, and imported names. Never a
 * secret.
 */
export function madeByAct(act: string, answer: unknown): { target?: string; after?: object } {
  switch (act) {
    case 'key.create': {
      const { id, label, role, expiresAt, pools } = (answer as Made).key
      return { target: id, after: { label, role, expiresAt, pools } }
    }
    case 'key.rotate':
      return { after: { replacedBy: (answer as Made).key.id } }
    case 'key.revoke':
      return { after: madeKeys((answer as { made: MadeKey[] }).made) }
    case 'instance.setRestriction':
      return { after: { restriction: (answer as Instance).restriction } }
    case 'instance.import':
      return { after: { imported: (answer as { imported: string[] }).imported } }
    default:
      return {}
  }
}

type MadeKey = { id: string; state: string }

/** The keys that a revoked key made, by their present state. Empty where it made none. */
function madeKeys(made: readonly MadeKey[]): object {
  const ids = (isRevoked: boolean) =>
    made.filter(({ state }) => (state === 'revoked') === isRevoked).map(({ id }) => id)
  const [revoked, active] = [ids(true), ids(false)]
  return {
    ...(revoked.length > 0 ? { alsoRevoked: revoked } : {}),
    ...(active.length > 0 ? { madeStillActive: active } : {}),
  }
}

type Made = {
  key: { id: string; label: string; role: string; expiresAt: string | null; pools: string[] | null }
}

/** The id as it may be stored: a caller may send a whole key in its place. */
function storableId(id: string): string {
  return /^[a-z0-9]{1,12}$|^[A-Z_]{1,20}$/.test(id) ? id : (keyIdIn(id) ?? '(no id)')
}

async function nullWhenMissing<Found>(reading: Promise<Found>): Promise<Found | null> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof FleetError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

async function instanceNow(fleet: Fleet, name: string): Promise<object | null> {
  const instance = await nullWhenMissing(getInstance(fleet, { name }))
  return instance === null ? null : instanceSnapshot(instance, masked)
}

/** The origin alone: path and query of an address may hold a token. */
async function endpointNow(fleet: Fleet, name: string): Promise<object | null> {
  const endpoint = await nullWhenMissing(getEndpoint(fleet, { name }))
  if (endpoint === null) return null
  const { url, events, lastDelivery } = endpoint
  return { origin: new URL(url).origin, events, lastDelivery }
}

/** The address alone: the key is stored nowhere else. */
async function serverNow(fleet: Fleet, name: string): Promise<object | null> {
  await fleet.servers.refresh()
  const server = await fleet.servers.find(name)
  return server === undefined ? null : { url: server.url }
}

/** Recipients and chats are masked: they are people. */
async function routeNow(fleet: Fleet, name: string): Promise<object | null> {
  const route = await nullWhenMissing(getRoute(fleet, { name }))
  if (route === null) return null
  const { kind, address, minSeverity, quietHours, language, lastDelivery } = route
  const { host, chatId, to } = address
  return {
    kind,
    ...(host !== null && { host }),
    ...(chatId !== null && { chatId: masked(chatId) }),
    ...(to !== null && { to: to.map(masked) }),
    minSeverity,
    quietHours,
    language,
    lastDelivery,
  }
}

async function contactNow(fleet: Fleet, id: string): Promise<object> {
  const { preferredInstance, aliases, blocked, ref } = await readContactWithRef(fleet, id)
  return { preferredInstance, aliases: aliases.map(masked), blocked, ref }
}

async function keyNow(fleet: Fleet, id: string): Promise<object | null> {
  const key = await nullWhenMissing(getKey(fleet, { id }))
  if (key === null) return null
  const { label, role, pools, state, expiresAt, revokedAt } = key
  return { label, role, pools, state, expiresAt, revokedAt }
}
