/** What to do for a sticky contact whose number cannot serve now. */
export const FALLBACKS = ['move', 'borrow', 'refuse'] as const
export type Fallback = (typeof FALLBACKS)[number]

/** Whether this contact is a WhatsApp group. */
export function isGroup(contactId: string): boolean {
  return contactId.endsWith('@g.us')
}

/**
 * The fallback where the caller names none: `move`, and `refuse` for a WhatsApp group (`…@g.us`). A number that is no member of
 * the group cannot write to it, so the group waits for the number that it has.
 */
export function defaultFallback(contactId: string | null): Fallback {
  return contactId !== null && isGroup(contactId) ? 'refuse' : 'move'
}
