import type { ReactNode } from 'react'
import { followLink, go } from '../follow-route.ts'
import { ALL_MESSAGES, messagesHash } from './address.ts'

/** A link to the messages by a number or to a contact. The address does not contain the contact: in another tab it opens the whole list. */
export function MessagesLink(props: { number?: string; contact?: string; children: ReactNode }) {
  const { number = null, contact = null, children } = props
  const hash = messagesHash({ ...ALL_MESSAGES, number })
  return (
    <a className="link" href={hash} onClick={(event) => followLink(event, () => go(hash, { contact }))}>
      {children}
    </a>
  )
}
