const URL_MAX_CHARS = 2_000

/** A mail server. `user` and `password` null: no sign-in. `secure`: TLS from the first byte, else by STARTTLS. */
export type SmtpServer = {
  host: string
  port: number
  secure: boolean
  user: string | null
  password: string | null
}

/** The problem of the URL of a mail server, without its password; null: none. */
export function smtpUrlProblem(value: string): string | null {
  const expected = 'expected the URL of a mail server, such as smtps://user:password@smtp.example.com:465'
  if (value.length > URL_MAX_CHARS) return `expected a URL of at most ${URL_MAX_CHARS} characters`
  if (!URL.canParse(value) || /[\0\s]|\p{Surrogate}/u.test(value)) return expected
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(value)
  if (!['smtp:', 'smtps:'].includes(protocol) || hostname === '') return expected
  if (search !== '' || hash !== '' || !['', '/'].includes(pathname))
    return `${expected}, without a path, "?" and "#"; encode such characters of a password, as %3F`
  if (!isDecodable(username) || !isDecodable(password))
    return 'expected a user name and a password that are percent-encoded: "%" is written as %25'
  return username === '' && password !== '' ? 'expected a user name before the password' : null
}

/** The server that a URL without a problem names. Ports by default: 465 for smtps, 587 for smtp with a user name, else 25. */
export function smtpServerOf(value: string): SmtpServer {
  const { protocol, hostname, port, username, password } = new URL(value)
  const secure = protocol === 'smtps:'
  const user = username === '' ? null : decodeURIComponent(username)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : user === null ? 25 : 587) : Number(port),
    secure,
    user,
    password: user === null ? null : decodeURIComponent(password),
  }
}

/** The sender of messages where SMTP_FROM is not set: the user name where it is an address, else zapfleet at the server's host. */
export function defaultSender({ host, user }: SmtpServer): string {
  if (user !== null && /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(user)) return user
  return /^[0-9.]+$|:/.test(host) ? 'zapfleet@localhost' : `zapfleet@${host}`
}

function isDecodable(value: string): boolean {
  try {
    decodeURIComponent(value)
    return true
  } catch {
    return false
  }
}
