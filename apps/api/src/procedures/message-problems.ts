/** `message.send` refuses moments that are further away. */
const FURTHEST_DAYS = 31
const DAY_MS = 86_400_000

/** Shorter than every phone number with its country code. */
const FEWEST_DIGITS = 6

const RECIPIENT =
  'expected a phone number with its country code, as 5511987654321, or a JID, as 5511987654321@s.whatsapp.net or 120363041234567890@g.us'

/** What is wrong with a recipient; null: nothing. Evolution removes blanks and punctuation of numbers, and takes JIDs as they are. */
export function recipientProblem(to: string): string | null {
  const got = `got ${JSON.stringify([...to].slice(0, 40).join(''))}`
  if (to.includes('@')) return /^[^\s@]+@[^\s@]+$/.test(to) ? null : `${RECIPIENT}; ${got}`
  const digits = to.replace(/\D/g, '')
  if (/^\+?[\d\s().-]+$/.test(to) && digits.length >= FEWEST_DIGITS) return null
  const isOtherId = /\p{L}/u.test(to)
  return `${RECIPIENT}; ${got}${isOtherId ? '. An id of your own belongs in contactId' : ''}`
}

/** What is wrong with the address of a file; null: nothing. */
export function urlProblem(url: string): string | null {
  const expected = 'expected an address of at most 2048 characters that begins with http:// or https://'
  if (url.length > 2_048) return `${expected}, got ${url.length} characters`
  return /^https?:\/\//i.test(url) && URL.canParse(url)
    ? null
    : `${expected}, got ${JSON.stringify([...url].slice(0, 40).join(''))}`
}

/** What is wrong with a file as base64; null: nothing. The sentence holds nothing of the file. */
export function base64Problem(base64: string, mostCharacters: number): string | null {
  const prefix = /^data:[^,]{0,200},/i.exec(base64)
  if (prefix)
    return `expected the base64 alone, got it behind ${JSON.stringify(prefix[0])}: remove that prefix, and give its type as mimeType`
  if (base64.length > mostCharacters)
    return `expected at most ${mostCharacters} characters (16 MiB of a file), got ${base64.length}: give a larger file by url`
  if (base64 === '') return 'expected the base64 of a file, got an empty text'
  const strange = /[^A-Za-z0-9+/]/.exec(base64.replace(/={1,2}$/, ''))
  if (strange?.[0] === '-' || strange?.[0] === '_')
    return 'expected base64 with + and /, got the variant for addresses, with - and _'
  if (strange && /\s/.test(strange[0]))
    return `expected base64 without line breaks and blanks, got one at character ${strange.index + 1}`
  if (strange) return `expected base64, got another character at ${strange.index + 1}`
  return base64.length % 4 === 0
    ? null
    : `expected whole base64, whose length is a multiple of 4, got ${base64.length} characters: is its end missing?`
}

/** What is wrong with the moment of a message; null: nothing. A moment in the past means now. */
export function scheduleProblem(at: Date, now: Date): string | null {
  const latest = new Date(now.getTime() + FURTHEST_DAYS * DAY_MS)
  return at <= latest
    ? null
    : `expected an instant within ${FURTHEST_DAYS} days, at most ${latest.toISOString()}, got ${at.toISOString()}`
}
