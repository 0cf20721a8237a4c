/** How a connection uses TLS. `prefer`: TLS when the server offers it, without it otherwise. */
export type Tls =
  | { use: 'never' }
  | { use: 'prefer'; warn: boolean }
  | { use: 'always'; verify: 'nothing' | 'authority' | 'authority and host' }

/** The connections that a database URL describes. `url` holds only what the driver understands. */
export type Connection = {
  url: string
  /** `pgbouncer=true`: the server there is a transaction pooler. */
  pooled: boolean
  tls: Tls
  /** TLS starts with the first byte (`sslnegotiation=direct`, PostgreSQL 17). */
  direct: boolean
  /** Files in PEM format; `authority` null: the authorities that Node trusts. */
  files: { authority: string | null; certificate: string | null; key: string | null }
}

/** Parameters that the driver would send to the server, or would read in another sense than libpq. */
const OURS = [
  'pgbouncer',
  'connection_limit',
  'pool_timeout',
  'schema',
  'ssl',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'uselibpqcompat',
]

const ENCODE = 'in a password write % @ : / ? # as %25 %40 %3A %2F %3F %23'

const MODES = ['disable', 'allow', 'prefer', 'require', 'no-verify', 'verify-ca', 'verify-full'] as const
type Mode = (typeof MODES)[number]

/**
 * Reads a database URL that {@link connectionProblem} accepts. `sslmode` has the meaning of libpq:
 *
 * - `disable`: no TLS. `allow`, `prefer`: TLS when the server offers it, not verified.
 * - `require`: TLS, not verified; with `sslrootcert` as `verify-ca`. `no-verify`: TLS, never verified.
 * - `verify-ca`: TLS, signed by `sslrootcert`. `verify-full`: and issued for this host.
 * - not given: `prefer` with a warning when the server offers no TLS; `disable` on this machine.
 */
export function readConnection(databaseUrl: string): Connection {
  const url = new URL(databaseUrl)
  const given = (name: string): string | null => url.searchParams.get(name) || null
  const mode = modeOf(url)
  const authority = given('sslrootcert')
  const connection = {
    pooled: given('pgbouncer') === 'true',
    tls: tlsOf(mode, authority, isLocal(url)),
    direct: given('sslnegotiation') === 'direct',
    files: {
      authority: authority === 'system' ? null : authority,
      certificate: given('sslcert'),
      key: given('sslkey'),
    },
  }
  for (const name of OURS) url.searchParams.delete(name)
  return { url: url.toString(), ...connection }
}

/** What is wrong with a database URL, to be read after the variable's name; null when it can be used. */
export function connectionProblem(text: string): string | null {
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
    return `must be a URL such as postgres://user:password@host:5432/database; ${ENCODE}`
  const url = new URL(text)
  try {
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part)
  } catch {
    return `has a "%" that begins no percent-encoded character: ${ENCODE}`
  }
  const hasUser = url.username !== '' || url.searchParams.has('user')
  if (!hasUser && `${url.pathname}${url.search}${url.hash}`.includes('@'))
    return `has an "@" after the host: the password seems to hold "/", "?" or "#": ${ENCODE}`
  const mode = url.searchParams.get('sslmode')
  if (mode && !MODES.includes(mode as Mode))
    return `has an unknown sslmode: expected one of ${MODES.join(', ')}`
  const authority = url.searchParams.get('sslrootcert')
  if (mode === 'verify-ca' && (!authority || authority === 'system'))
    return 'has sslmode=verify-ca without an authority: add sslrootcert=/path/to/ca.crt, or use sslmode=verify-full with the authorities that Node trusts'
  if (authority === 'system' && mode && mode !== 'verify-full')
    return 'has sslrootcert=system, which needs sslmode=verify-full: any program can get a certificate of a public authority'
  const { tls, direct } = readConnection(text)
  if (direct && tls.use !== 'always')
    return 'has sslnegotiation=direct, which needs sslmode=require, verify-ca or verify-full'
  return null
}

/** libpq's variables for what a URL may leave open. */
const LIBPQ = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const

/** A database URL with what libpq's variables (PGPASSWORD, PGSSLMODE, …) name and the URL does not; as it is if it cannot be parsed. */
export function withLibpqDefaults(text: string, env: Readonly<Record<string, string | undefined>>): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  const { searchParams } = url
  let changed = false
  for (const [parameter, variable] of Object.entries(LIBPQ)) {
    const value = env[variable]
    if (value === undefined || searchParams.has(parameter)) continue
    if (parameter === 'sslmode' && searchParams.has('ssl')) continue
    // A certificate authority alone enables TLS, which a server on this machine needs only where a mode is given.
    if (parameter === 'sslrootcert' && isLocal(url) && !searchParams.has('sslmode')) continue
    searchParams.set(parameter, value)
    changed = true
  }
  if (env.PGPASSWORD !== undefined && url.password === '' && !searchParams.has('password')) {
    // Without a user in the URL there is no place before the host.
    if (url.username === '') searchParams.set('password', env.PGPASSWORD)
    else url.password = encodeURIComponent(env.PGPASSWORD)
    changed = true
  }
  return changed ? url.href : text
}

function modeOf(url: URL): Mode | null {
  const mode = url.searchParams.get('sslmode')
  if (mode) return mode as Mode
  if (url.searchParams.get('sslrootcert') === 'system') return 'verify-full'
  const ssl = url.searchParams.get('ssl')
  if (ssl === 'true' || ssl === '1') return 'verify-full'
  if (ssl === 'false' || ssl === '0') return 'disable'
  return url.searchParams.get('sslrootcert') ? 'verify-ca' : null
}

function tlsOf(mode: Mode | null, authority: string | null, local: boolean): Tls {
  switch (mode) {
    case null:
      return local ? { use: 'never' } : { use: 'prefer', warn: true }
    case 'disable':
      return { use: 'never' }
    case 'allow':
    case 'prefer':
      return { use: 'prefer', warn: false }
    case 'require':
      return { use: 'always', verify: authority === null ? 'nothing' : 'authority' }
    case 'no-verify':
      return { use: 'always', verify: 'nothing' }
    case 'verify-ca':
      return { use: 'always', verify: 'authority' }
    case 'verify-full':
      return { use: 'always', verify: 'authority and host' }
  }
}

/** Whether the server is on this machine: a loopback address, or a Unix socket. */
function isLocal(url: URL): boolean {
  const host = (url.searchParams.get('host') ?? decodeURIComponent(url.hostname)).replace(/^\[|\]$/g, '')
  return host === '' || host === 'localhost' || host === '::1' || /^127\./.test(host) || host.startsWith('/')
}
