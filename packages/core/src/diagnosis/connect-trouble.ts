/** Why a database could not be entered, as far as what to do about it differs. */
export type ConnectTrouble =
  | 'refused'
  | 'unknown_host'
  | 'no_answer'
  | 'wrong_password'
  | 'unknown_role'
  | 'unknown_database'
  | 'not_admitted'
  | 'tls_required'
  | 'tls_missing'
  | 'tls_untrusted'
  | 'pooler'
  | 'unknown_tenant'
  | 'full'
  | 'starting'
  | 'not_postgres'
  | 'other'

/** By the message first, since one SQLSTATE has several causes; then by SQLSTATE and the codes of Node. */
const WORDS: readonly (readonly [RegExp, ConnectTrouble])[] = [
  [/unsupported startup parameter/i, 'pooler'],
  [/tenant or user not found/i, 'unknown_tenant'],
  [/does not support SSL/i, 'tls_missing'],
  [
    /no encryption|SSL off|SSL connection is required|requires? (a )?(SSL|TLS)|connection is insecure/i,
    'tls_required',
  ],
  [/certificate|altnames/i, 'tls_untrusted'],
  [/role ".*" does not exist/i, 'unknown_role'],
  [/no pg_hba\.conf entry|pg_hba\.conf rejects/i, 'not_admitted'],
  [/no more connections allowed/i, 'full'],
]

const CODES: Readonly<Record<string, ConnectTrouble>> = {
  '28P01': 'wrong_password',
  '28000': 'not_admitted',
  '3D000': 'unknown_database',
  '53300': 'full',
  '57P03': 'starting',
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  ETIMEDOUT: 'no_answer',
  EHOSTUNREACH: 'no_answer',
  ENETUNREACH: 'no_answer',
}

/** Reads what the driver threw while it connected. */
export function connectTrouble(error: unknown): ConnectTrouble {
  const { code, message } = innermost(error)
  const byWords = WORDS.find(([words]) => words.test(message))
  if (byWords) return byWords[1]
  const byCode = CODES[code]
  if (byCode) return byCode
  if (/timeout|timed out/i.test(message)) return 'no_answer'
  // The driver's parser at bytes of another protocol, or a server that hangs up on ours.
  return code === '' || code === 'ECONNRESET' ? 'not_postgres' : 'other'
}

/** Node tries every address of a host and throws all failures at once; the first one is used. */
function innermost(error: unknown): { code: string; message: string } {
  const first = error instanceof AggregateError ? error.errors[0] : error
  const { code, message } = (first ?? {}) as { code?: unknown; message?: unknown }
  return { code: typeof code === 'string' ? code : '', message: String(message ?? '') }
}
