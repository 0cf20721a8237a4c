/** What to do for a sticky contact whose number cannot serve now. */
export const FALLBACKS = ['move', 'borrow', 'refuse'] as const
export type Fallback = (typeof FALLBACKS)[number]

/**
 * The fallback where the caller names none: `move`, and `refuse` for a WhatsApp group (`…@g.us`). A number that is no member of
 * the group cannot write to it, so the group waits for the number that it has.
 */
export function defaultFallback(contactId: string | null): Fallback {
  return contactId?.endsWith('@g.us') ? 'refuse' : 'move'
}
