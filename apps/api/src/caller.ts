import { KEY_ROLES, type KeyHolder, type KeyRole } from '@zapfleet/core'

/** What a key may do. Bots send, viewers look, admins do everything. */
export type Role = KeyRole

/** Whoever stands behind a key. The label names the key in logs; the key itself is never kept. */
export type Caller = KeyHolder

/** The id under which a caller keeps reservations: the same for a key and all that it is rotated into. */
export function familyOf({ id, family = id }: Caller): string {
  return family
}

/** What a procedure asks of its caller: its kind, and whether it is one of those a bot needs. */
export type Duty = { type: 'query' | 'mutation' | 'subscription'; forBots: boolean }

/** True when a caller of this role may call: admins always, viewers whatever changes nothing, bots what is made for them. */
export function mayCall(role: Role, duty: Duty): boolean {
  if (role === 'admin') return true
  return role === 'viewer' ? duty.type !== 'mutation' : duty.forBots
}

/** The roles that may call, in words for a person: `bot or admin`. */
export function rolesThatMay(duty: Duty): string {
  return KEY_ROLES.filter((role) => mayCall(role, duty)).join(' or ')
}
