/** The end of a session: WhatsApp's disconnect code and its text. */
export type Disconnection = { code: number; message: string }

/** Codes after which Evolution gives up: logged out, payment/temporary ban, forbidden (banned), not acceptable. */
export const FINAL_CODES = [401, 402, 403, 406] as const

const CODE_WORDS: Record<number, string> = {
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  406: 'Not Acceptable',
}

/** 401 after a logout or delete by the API. */
export const loggedOutByApi = (name: string): Disconnection => ({
  code: 401,
  message: `Log out instance: ${name}`,
})

/** 401 after the owner removed the linked device on the phone. */
export const loggedOutByPhone: Disconnection = { code: 401, message: 'Stream Errored (conflict)' }

/** A refusal of the account: a ban (403, 402, 406) or a session that is no longer accepted (401). */
export const refusedByWhatsApp = (code: number): Disconnection => ({ code, message: 'Connection Failure' })

/** `disconnectionObject` as Evolution stores it: a Boom error and its date, JSON as a string. */
export function disconnectionObject(end: Disconnection, at: Date): string {
  const payload = { statusCode: end.code, error: CODE_WORDS[end.code] ?? 'Unknown', message: end.message }
  const output = { statusCode: end.code, payload, headers: {} }
  return JSON.stringify({
    error: { data: null, isBoom: true, isServer: false, output },
    date: at.toISOString(),
  })
}
