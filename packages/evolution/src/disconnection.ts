/**
 * Why WhatsApp last ended the session for good, as Evolution's database keeps it. It is history: it stays after a new
 * pairing, so it applies to the present only while the instance is `close` and `at` is newer than its last open.
 * `code` is WhatsApp's, `at` an ISO instant, `message` the innermost reason.
 */
export type Disconnection = { code: number; at: string | null; message: string | null }

export type DisconnectionCause =
  | 'banned'
  | 'logged_out_by_us'
  | 'logged_out_by_phone'
  | 'login_refused'
  | 'other'

/**
 * The meaning of a final disconnection. 402, 403 and 406 are bans. 401 has three meanings, distinguished by the
 * message that Evolution 2.3.6 stores (measured): `Log out instance: <name>` (a call of its own API), `Stream Errored
 * (conflict)` (the phone removed the device), `Connection Failure` (the login was refused). Everything else is
 * `other`.
 */
export function disconnectionCause(
  disconnection: Pick<Disconnection, 'code' | 'message'>,
): DisconnectionCause {
  const { code, message } = disconnection
  if (code === 402 || code === 403 || code === 406) return 'banned'
  if (code !== 401 || message === null) return 'other'
  if (/^log ?out instance\b/i.test(message)) return 'logged_out_by_us'
  if (/^stream errored\b/i.test(message)) return 'logged_out_by_phone'
  if (/^connection failure\b/i.test(message)) return 'login_refused'
  return 'other'
}

const MESSAGE_PATH = ['error', 'output', 'payload', 'message']
const MESSAGE_MAX_CHARS = 200

/**
 * The reason inside Evolution's `disconnectionObject`, which is JSON in a string inside JSON:
 * `error.output.payload.message`. Null for anything that is not so.
 */
export function disconnectionMessage(disconnectionObject: unknown): string | null {
  let found: unknown = disconnectionObject
  if (typeof found === 'string') {
    try {
      found = JSON.parse(found)
    } catch {
      return null
    }
  }
  for (const key of MESSAGE_PATH) {
    if (typeof found !== 'object' || found === null) return null
    found = (found as Record<string, unknown>)[key]
  }
  return typeof found === 'string' ? found.slice(0, MESSAGE_MAX_CHARS) : null
}
