import { type Fleet, FleetError, getContact, getInstance, getKey, keyIdIn } from '@zapfleet/core'
import { masked } from '@zapfleet/telemetry'

/** What an act is done on, and how to look at it before and after. `look` answers null where nothing stands. */
export type ActTarget = {
  target: string | null
  look: () => Promise<object | null>
  /** The target to write while no instance has this name: the text may be a person's phone or name. Absent: `target`. */
  unknownTarget?: string
}

const THE_FLEET: ActTarget = { target: null, look: async () => null }

/**
 * Reads an act's target from its name and its input. Phone numbers and contacts are masked, since the audit lives longer
 * than they may; secrets are in none of what is looked at.
 */
export function actTarget(fleet: Fleet, act: string, input: unknown): ActTarget {
  const { name, id } = (input ?? {}) as { name?: unknown; id?: unknown }
  const [noun] = act.split('.')
  if (noun === 'contact' && typeof id === 'string')
    return { target: masked(id), look: () => contactNow(fleet, id) }
  if (noun === 'key' && typeof id === 'string')
    return { target: storableId(id), look: () => keyNow(fleet, id) }
  if (typeof name === 'string')
    return { target: name, unknownTarget: masked(name), look: () => instanceNow(fleet, name) }
  return THE_FLEET
}

/**
 * What of an act's answer belongs into its row: the id of a key that was made, which its input could not name, and what
 * was imported. Never the secret.
 */
export function madeByAct(act: string, answer: unknown): { target?: string; after?: object } {
  switch (act) {
    case 'key.create': {
      const { id, label, role, expiresAt } = (answer as Made).key
      return { target: id, after: { label, role, expiresAt } }
    }
    case 'key.rotate':
      return { after: { replacedBy: (answer as Made).key.id } }
    case 'key.revoke':
      return { after: madeKeys((answer as { made: MadeKey[] }).made) }
    case 'instance.import':
      return { after: { imported: (answer as { imported: string[] }).imported } }
    default:
      return {}
  }
}

type MadeKey = { id: string; state: string }

/** The keys that a revoked key made, by what became of them. Empty where it made none. */
function madeKeys(made: readonly MadeKey[]): object {
  const ids = (isRevoked: boolean) =>
    made.filter(({ state }) => (state === 'revoked') === isRevoked).map(({ id }) => id)
  const [revoked, active] = [ids(true), ids(false)]
  return {
    ...(revoked.length > 0 ? { alsoRevoked: revoked } : {}),
    ...(active.length > 0 ? { madeStillActive: active } : {}),
  }
}

type Made = { key: { id: string; label: string; role: string; expiresAt: string | null } }

/** The id as it may be stored: somebody may have given a whole key for it. */
function storableId(id: string): string {
  return /^[a-z0-9]{1,12}$|^[A-Z_]{1,20}$/.test(id) ? id : (keyIdIn(id) ?? '(no id)')
}

async function orNull<Seen>(looking: Promise<Seen>): Promise<Seen | null> {
  try {
    return await looking
  } catch (error) {
    if (error instanceof FleetError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

async function instanceNow(fleet: Fleet, name: string): Promise<object | null> {
  const instance = await orNull(getInstance(fleet, { name }))
  if (instance === null) return null
  const { phoneNumber, hourlyCapacity, dailyCapacity, priority, paused, pauseReason, status } = instance
  return {
    phoneNumber: phoneNumber === null ? null : masked(phoneNumber),
    hourlyCapacity,
    dailyCapacity,
    priority,
    paused,
    pauseReason,
    status,
  }
}

async function contactNow(fleet: Fleet, id: string): Promise<object> {
  const { preferredInstance } = await getContact(fleet, { id })
  return { preferredInstance }
}

async function keyNow(fleet: Fleet, id: string): Promise<object | null> {
  const key = await orNull(getKey(fleet, { id }))
  if (key === null) return null
  const { label, role, state, expiresAt, revokedAt } = key
  return { label, role, state, expiresAt, revokedAt }
}
