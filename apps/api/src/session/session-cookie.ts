import type { IncomingHttpHeaders } from 'node:http'

/** The header that the dashboard sends with its cookie. A page of another origin needs a preflight for it, which is refused. */
export const SESSION_HEADER = 'x-zapfleet-session'

const NAME = 'zapfleet_session'
/** A browser stores a cookie with this prefix only with Secure, without Domain, and from HTTPS. */
const SECURE_PREFIX = '__Host-'

/** The parts of a request that its cookie depends on. */
export type CookieRequest = { headers: IncomingHttpHeaders; protocol: string }

/** The session in the cookie of a request that the dashboard sent; null without it, or without the dashboard's header. */
export function presentedSession(headers: IncomingHttpHeaders): string | null {
  if (headers[SESSION_HEADER] === undefined) return null
  const name = cookieName(headers)
  const cookies = new Map<string, string>()
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0) cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
  }
  return cookies.get(`${SECURE_PREFIX}${name}`) ?? cookies.get(name) ?? null
}

/** The cookies of a host go to all its ports, so a fleet at another port of the same host has a cookie of its own. */
function cookieName(headers: IncomingHttpHeaders): string {
  const [, port] = /:(\d{1,5})$/.exec(headers.host ?? '') ?? []
  return port === undefined ? NAME : `${NAME}_${port}`
}

/**
 * The `Set-Cookie` of a sign-in.
 *
 * @param addresses where the API is reached from outside; with an `https:` among them the cookie is Secure, unless the browser's own
 * Origin is plain HTTP, where it would not store such a cookie
 */
export function sessionCookie(
  request: CookieRequest,
  session: { secret: string; seconds: number },
  addresses: readonly string[],
): string {
  const secure = isSecure(request, addresses)
  const name = `${secure ? SECURE_PREFIX : ''}${cookieName(request.headers)}`
  return cookie(name, session.secret, session.seconds, secure)
}

/** The `Set-Cookie` headers that remove a session from the browser, whichever name it has. */
export function endedCookies(request: CookieRequest): string[] {
  const name = cookieName(request.headers)
  return [cookie(name, '', 0, false), cookie(`${SECURE_PREFIX}${name}`, '', 0, true)]
}

function cookie(name: string, value: string, seconds: number, secure: boolean): string {
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

function isSecure({ headers, protocol }: CookieRequest, addresses: readonly string[]): boolean {
  if (headers.origin !== undefined) return headers.origin.startsWith('https:')
  return protocol === 'https' || addresses.some((url) => url.startsWith('https:'))
}

/**
 * Whether a request may come from the dashboard of this server: by `Sec-Fetch-Site` where the browser sends it, else by
 * `Origin`. Browsers send neither with GET over plain HTTP; there the dashboard's header decides alone.
 *
 * @param hosts under which this server is reached, such as `fleet.example.com:3333`
 */
export function isSameOrigin(headers: IncomingHttpHeaders, hosts: readonly string[]): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  if (headers.origin === undefined) return true
  return URL.canParse(headers.origin) && hosts.includes(new URL(headers.origin).host)
}
