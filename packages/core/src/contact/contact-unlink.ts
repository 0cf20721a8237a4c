import { FleetError } from '../ground/fleet-error.ts'
import { apartKey } from './contact-ids.ts'
import { keyForms } from './contact-key.ts'
import type { LinkedIds } from './contact-link.ts'

/** What an unlink takes apart: an alias of a contact, or the two forms of a key. */
export type Unlink = { what: 'alias' } | { what: 'forms'; forms: readonly [string, string] }

/**
 * What an unlink of two ids comes to.
 *
 * @param written both ids as the caller wrote them
 * @throws FleetError NOT_FOUND when they are not linked, or are one spelling of one id; CONFLICT for the forms of an alias
 */
export function unlinkOf({ id, alias }: LinkedIds, written: { id: string; alias: string }): Unlink {
  const isOne = id.key === alias.key
  if (isOne && id.own !== alias.own && alias.own !== alias.key) return { what: 'alias' }
  const forms = keyForms(id.own)
  const isBothForms = forms !== null && apartKey(id.own, written.id) !== apartKey(id.own, written.alias)
  if (!isOne || id.own !== alias.own || !isBothForms)
    throw new FleetError('NOT_FOUND', 'The alias is no other id of this contact, so nothing can be unlinked.')
  if (id.own !== id.key)
    throw new FleetError(
      'CONFLICT',
      'Both forms of this number are an alias of another contact. Unlink the number from that contact first.',
    )
  return { what: 'forms', forms }
}
