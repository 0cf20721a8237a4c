import { MESSAGES_HASH } from '../route.ts'
import { MESSAGE_STATES, type MessageState } from './state.ts'

/**
 * Which messages are listed: those in a state, those by a number, and those before a message (its id). The contact of the list is in the state of
 * the history entry, never in an address.
 */
export type Listing = { state: MessageState | null; number: string | null; before: string | null }

export const ALL_MESSAGES: Listing = { state: null, number: null, before: null }

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Whether a text is the id of a message. */
export function isMessageId(text: string): boolean {
  return UUID.test(text)
}

/** `#/messages` and `#/messages/<id>`, each with `?state=&number=&before=` after it. Unknown values are left out. */
export function readMessagesHash(hash: string): { message: string | null; listing: Listing } {
  const [path = '', query = ''] = hash.split(/\?(.*)/s)
  const given = new URLSearchParams(query)
  const id = path.slice(MESSAGES_HASH.length + 1)
  const before = given.get('before') ?? ''
  return {
    message: id === '' ? null : id,
    listing: {
      state: MESSAGE_STATES.find((one) => one === given.get('state')) ?? null,
      number: given.get('number') || null,
      before: isMessageId(before) ? before : null,
    },
  }
}

/** The address of a list. */
export function messagesHash(listing: Listing): string {
  return MESSAGES_HASH + queryOf(listing)
}

/** The address of one message, over the present list. */
export function messageHash(id: string, listing: Listing = ALL_MESSAGES): string {
  return `${MESSAGES_HASH}/${id}${queryOf(listing)}`
}

function queryOf({ state, number, before }: Listing): string {
  const query = new URLSearchParams()
  if (state !== null) query.set('state', state)
  if (number !== null) query.set('number', number)
  if (before !== null) query.set('before', before)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
