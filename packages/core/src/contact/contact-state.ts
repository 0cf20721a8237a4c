import { FleetError } from '../ground/fleet-error.ts'
import { apartKey } from './contact-ids.ts'

/** What `zapfleet.contacts.state` holds: null for most contacts. */
export const BLOCKED = 'blocked'
const FORMS_APART = 'apart'
/** Before the key of the contact that an id is an alias of. */
const ALIAS = '>'

/** Whether a row with this state is another id of a contact. */
export function isAlias(state: string | null): state is string {
  return state?.startsWith(ALIAS) ?? false
}

/**
 * Which contact an id belongs to, by the state of its row: `key` is that of another row to read, null when this row is the
 * contact's own.
 *
 * @param id the id as the caller wrote it
 */
export function nextKey(state: string | null, key: string, id: string): string | null {
  if (isAlias(state)) return state.slice(ALIAS.length)
  return state === FORMS_APART ? apartKey(key, id) : null
}

/** Whether the state leads to another row, in SQL, see `nextKey`. */
export const isRedirected = (state: string): string =>
  `coalesce(${state} like '${ALIAS}%' or ${state} = '${FORMS_APART}', false)`

/** How many rows lead from an id to its contact at most: an alias, then the form of a number. */
export const MOST_STEPS = 4

/** The refusal of an act on contacts whose ids changed in every step. */
export function idsKeptChanging(contacts = 'this contact'): FleetError {
  return new FleetError('OVERLOADED', `Others kept changing the ids of ${contacts}. Try again.`)
}

/** The refusal of a message to a contact that opted out. */
export function contactBlocked(): FleetError {
  return new FleetError(
    'CONTACT_BLOCKED',
    'This contact is blocked: it opted out of messages. Unblock it (contact.unblock) before you send to it again.',
  )
}
