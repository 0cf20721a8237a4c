import type { FleetInputs } from '../api/open-client.ts'
import { isFormatted, lookupId } from '../contacts/lookup.ts'
import type { ReadPhone } from '../number/draft.ts'

export const CONTENTS = ['text', 'image', 'video', 'document', 'audio'] as const
/** Seconds that a message may wait. */
export const WAITS = [0, 300, 3_600, 21_600, 86_400] as const

/** The form of a message. */
export type Draft = {
  recipient: string
  content: (typeof CONTENTS)[number]
  text: string
  url: string
  caption: string
  waitS: (typeof WAITS)[number]
}

export const NEW_DRAFT: Draft = { recipient: '', content: 'text', text: '', url: '', caption: '', waitS: 0 }

/** Input of `message.send` without its idempotency key. */
export type Outgoing = Omit<FleetInputs['message']['send'], 'idempotencyKey'>

/**
 * The recipient that a typed text means: a phone as people write it in digits with the country code, as bots give it; any other text as it is.
 *
 * @param read null while phones cannot be read
 */
export function recipientOf(typed: string, read: ReadPhone | null): string {
  return lookupId(typed, read).replace(/^\+(?=\d+$)/, '')
}

/** Whether a text is an address from which Evolution can load a file. */
export function isFileAddress(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text.trim())
}

/** Whether a recipient is a phone with separators that could not be read, or not yet. Evolution would drop its separators and add no country code. */
export function isUnread(recipient: string): boolean {
  return isFormatted(recipient)
}

/** The message of a form; null while something is missing or the recipient is not read. */
export function outgoingOf(draft: Draft, recipient: string): Outgoing | null {
  if (recipient === '' || isUnread(recipient)) return null
  const { content, waitS, text, url, caption } = draft
  const how = waitS === 0 ? {} : { validForS: waitS }
  if (content === 'text') return text.trim() === '' ? null : { to: recipient, text, ...how }
  if (!isFileAddress(url)) return null
  const below = content === 'audio' || caption.trim() === '' ? {} : { caption: caption.trim() }
  return { to: recipient, media: { kind: content, url: url.trim(), ...below }, ...how }
}

/** `message.send` takes no more names in `exclude`. */
const MOST_EXCLUDED = 100

/**
 * A text through exactly one number: all others are excluded, and no other is tried. The strategy `sticky` with `borrow` keeps the number
 * that the contact has; every other strategy or fallback would move the contact. Null where there are too many others.
 */
export function testMessageOf(
  input: { to: string; text: string },
  name: string,
  fleet: readonly string[],
): Outgoing | null {
  const exclude = fleet.filter((one) => one !== name)
  if (exclude.length > MOST_EXCLUDED) return null
  return { ...input, strategy: 'sticky', fallback: 'borrow', exclude, failover: 0 }
}
