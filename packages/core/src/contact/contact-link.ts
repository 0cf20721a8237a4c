import { FleetError } from '../ground/fleet-error.ts'
import { isNoPerson, shownId } from './contact-person.ts'

/** Two ids as they are stored: the key of each id itself, and that of its contact. */
export type LinkedIds = {
  id: { own: string; key: string }
  alias: { own: string; key: string }
}

/**
 * What a link of two ids comes to: `exists` when the alias is one of the contact already, `link` when it can be made.
 *
 * @throws FleetError INVALID_INPUT for a group, and for two spellings of one id; CONFLICT when the alias belongs to another contact, or
 * is the contact of which `id` is an alias
 */
export function linkOf({ id, alias }: LinkedIds): 'exists' | 'link' {
  for (const one of [id, alias])
    if (isNoPerson(one.key))
      throw new FleetError(
        'INVALID_INPUT',
        `Expected two ids of one person, got ${shownId(one.key)}, which is a group, a list or a channel.`,
      )
  if (id.own === alias.own)
    throw new FleetError(
      'INVALID_INPUT',
      'Expected another id in alias, got one that is the same contact by rule. Nothing has to be linked.',
    )
  const isAlias = alias.own !== alias.key
  if (id.key === alias.key) {
    if (isAlias) return 'exists'
    throw new FleetError(
      'CONFLICT',
      'The id is an alias of the contact in alias already. Link other ids to that contact, or unlink this one first.',
    )
  }
  if (isAlias)
    throw new FleetError(
      'CONFLICT',
      'The alias belongs to another contact. Unlink it from that contact first.',
    )
  return 'link'
}

/** The errors of a link that the database refuses. */
export function linkRefused(why: 'both' | 'aliases'): FleetError {
  return why === 'both'
    ? new FleetError(
        'CONFLICT',
        'Both contacts have conversations. They are never merged, since an answer might go to the wrong person.',
      )
    : new FleetError('CONFLICT', 'The alias has aliases of its own. Unlink them first, or swap id and alias.')
}
