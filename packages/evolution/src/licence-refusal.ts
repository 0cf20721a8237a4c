import { z } from 'zod'

/** The status of every route but the greeting while the licence of Evolution 2.4 or newer is not activated. */
const STATUS = 503

/** The body of that answer; a gateway's own 503 has no such code. */
const refusal = z.object({ code: z.literal('LICENSE_REQUIRED'), register_url: z.unknown().optional() })

/**
 * Reads Evolution's refusal for want of a licence; null for every other answer.
 *
 * @returns `host`: host and port of the page at which a person activates it, null where the answer names none
 */
export function readLicenceRefusal(status: number, text: string): { host: string | null } | null {
  if (status !== STATUS) return null
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return null
  }
  const read = refusal.safeParse(body)
  return read.success ? { host: hostOf(read.data.register_url) } : null
}

function hostOf(address: unknown): string | null {
  if (typeof address !== 'string' || !URL.canParse(address)) return null
  const { protocol, host } = new URL(address)
  return (protocol === 'https:' || protocol === 'http:') && host !== '' ? host : null
}
