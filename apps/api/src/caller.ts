import { KEY_ROLES, type KeyHolder, type KeyRole } from '@zapfleet/core'

/** The role of a key: bots send, viewers read, admins may do everything. */
export type Role = KeyRole

/** The holder of a key. The label names the key in logs; the key itself is not stored. */
export type Caller = KeyHolder

/** The owner of a caller's reservations: the same for a key and for every key that replaces it by rotation. */
export function familyOf({ id, family = id }: Caller): string {
  return family
}

/** The pools that a caller is bound to, as answers show them; null: the whole fleet. */
export function shownPools({ pools }: Caller): string[] | null {
  return pools === undefined ? null : [...pools]
}

/** What decides who may call a procedure. */
export type Duty = { type: 'query' | 'mutation' | 'subscription'; forBots: boolean; adminsOnly?: boolean }

/** Whether a role may call: admins everything, viewers what changes nothing and is not for admins only, bots what is for bots. */
export function mayCall(role: Role, duty: Duty): boolean {
  if (role === 'admin') return true
  if (role === 'bot') return duty.forBots
  return duty.type !== 'mutation' && !duty.adminsOnly
}

/** The roles that may call. */
export function rolesThatMay(duty: Duty): Role[] {
  return KEY_ROLES.filter((role) => mayCall(role, duty))
}
