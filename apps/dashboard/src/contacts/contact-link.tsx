import type { ReactNode } from 'react'
import { followLink, goToContact } from '../follow-route.ts'
import { CONTACTS_HASH } from '../route.ts'

/** A link to the view of a contact, whose address does not contain the id. In another tab it opens the view without a contact. */
export function ContactLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <a href={CONTACTS_HASH} onClick={(event) => followLink(event, () => goToContact(id))}>
      {children}
    </a>
  )
}
