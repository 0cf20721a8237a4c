import type { ConnectionDiagnosis, ConnectTrouble, DatabaseDiagnosis, TlsState } from '@zapfleet/core'
import { type Finding, fail, ok, warn } from '../finding.ts'

/** Words that make an address of a database readable without its password. */
export type Address = {
  variable: string
  where: string
  user: string
  pooled: boolean
  /** Connections that an API and a scheduler take at most. */
  takes: { api: number; scheduler: number }
}

const OLDEST = 130_000
/** So full that the next deployment may find no free connection. */
const NEARLY_FULL = 0.9

/** The verdict on the connection by DATABASE_URL, and by DIRECT_URL where that is another. */
export function judgeConnections(
  diagnosis: Pick<DatabaseDiagnosis, 'connection' | 'directConnection'>,
  addresses: { database: Address; direct: Address },
): Finding[] {
  const { connection, directConnection } = diagnosis
  if (directConnection === null) return [judgeConnection('database', connection, addresses.database, true)]
  const elsewhere =
    connection.connected && directConnection.connected && connection.identity !== directConnection.identity
  return [
    judgeConnection('database', connection, addresses.database, false),
    elsewhere
      ? fail(
          'direct connection',
          `${addresses.direct.where} is another database than ${addresses.database.where}`,
          'DATABASE_URL and DIRECT_URL must lead to one and the same: else one is migrated, and the other is used.',
        )
      : judgeConnection('direct connection', directConnection, addresses.direct, true),
  ]
}

function judgeConnection(
  check: string,
  connection: ConnectionDiagnosis,
  address: Address,
  isDirect: boolean,
): Finding {
  const { variable, where, user, takes } = address
  if (!connection.connected) {
    const [what, advice] = TROUBLES[connection.trouble](address)
    return fail(check, `${where} ${what} (${connection.message})`, advice)
  }
  const release = `${Math.floor(connection.version / 10_000)}.${connection.version % 10_000}`
  const seen = `PostgreSQL ${release} at ${where} as ${user}, ${TLS_TEXTS[connection.tls]}, ${connection.tookMs} ms`
  if (connection.version < OLDEST)
    return fail(
      check,
      `${seen}: older than 13`,
      'Upgrade PostgreSQL to 13 or newer; nothing older was tried.',
    )
  if (connection.readOnly)
    return fail(
      check,
      `${seen}, which takes no writes: a standby, or set to default_transaction_read_only`,
      `Let ${variable} name the primary; after a failover, the new one.`,
    )
  const { used, allowed } = connection.connections
  if (used >= allowed * NEARLY_FULL)
    return warn(
      check,
      `${seen}; ${used} of its ${allowed} connections are taken`,
      `Raise max_connections, or put a transaction pooler before it. An API process takes up to ${takes.api} connections, a scheduler up to ${takes.scheduler}; DATABASE_CLAIM_CONNECTIONS and DATABASE_REGISTRY_CONNECTIONS make that fewer.`,
    )
  if (isDirect && (!connection.keepsSettings || !connection.deliversNotifications))
    return judgeWithoutNotifications(check, seen, address, connection.keepsSettings)
  if (!connection.keepsSettings && !address.pooled)
    return fail(
      check,
      `${seen}, by a pooler that drops the settings of a session`,
      `Say so with pgbouncer=true in ${variable}, and name the database itself in DIRECT_URL, for migrations and LISTEN.`,
    )
  if (connection.tls === 'missing')
    return warn(
      check,
      seen,
      `The server offers no TLS: all data, phone numbers included, crosses the network unencrypted. Switch TLS on in PostgreSQL (ssl = on), or, where the network is trusted, add sslmode=disable to ${variable}.`,
    )
  return ok(
    check,
    address.pooled
      ? `${seen}, by a transaction pooler`
      : `${seen}; ${used} of ${allowed} connections are taken, an API process takes up to ${takes.api}, a scheduler ${takes.scheduler}`,
  )
}

/** The connection for migrations and LISTEN does not lead to the database itself. */
function judgeWithoutNotifications(
  check: string,
  seen: string,
  address: Address,
  keepsSettings: boolean,
): Finding {
  const { variable, pooled } = address
  if (pooled)
    return warn(
      check,
      `${seen}, by a transaction pooler, as set in ${variable}`,
      'Set DIRECT_URL to the database itself: the API migrates over it, and receives changes at once instead of polling each second.',
    )
  return fail(
    check,
    keepsSettings
      ? `${seen}: LISTEN is taken and nothing is delivered, as by a transaction pooler`
      : `${seen}, by a pooler that drops the settings of a session`,
    variable === 'DIRECT_URL'
      ? 'DIRECT_URL must lead past the pooler; on Supabase it is the direct connection, or the session pooler on port 5432.'
      : 'Say so with pgbouncer=true in DATABASE_URL, and name the database itself in DIRECT_URL, for migrations and LISTEN.',
  )
}

const TLS_TEXTS: Record<TlsState, string> = {
  verified: 'TLS',
  unverified: 'TLS (certificate not verified)',
  off: 'no TLS',
  missing: 'NO TLS',
}

/** What each trouble is called, and what to do. */
const TROUBLES: Record<ConnectTrouble, (address: Address) => [what: string, advice: string]> = {
  refused: ({ variable }) => [
    'refuses the connection',
    `Start PostgreSQL, or mend host and port in ${variable}: nothing listens there.`,
  ],
  unknown_host: ({ variable }) => [
    'is a host that no name server knows',
    `Mend the host in ${variable}. Supabase's direct hosts have IPv6 addresses only: without IPv6 use the session pooler.`,
  ],
  no_answer: ({ variable }) => [
    'does not answer',
    `Check the host in ${variable}, and that firewalls and network rules let this machine through.`,
  ],
  wrong_password: ({ variable, user }) => [
    `does not take the password of ${user}`,
    `Mend the password in ${variable}; characters such as @ : / # % must be percent-encoded there.`,
  ],
  unknown_role: ({ variable, user }) => [
    `has no role ${user}`,
    `Mend the user in ${variable}, or create the role.`,
  ],
  unknown_database: ({ variable }) => [
    'has no such database',
    `Create it (createdb), or mend the name after the last slash in ${variable}.`,
  ],
  not_admitted: ({ user }) => [
    `does not admit ${user} from this machine`,
    "Add a line for this address to the server's pg_hba.conf, or this machine to the provider's allowed addresses.",
  ],
  tls_required: ({ variable }) => [
    'wants TLS',
    `Add sslmode=require to ${variable} (…/database?sslmode=require).`,
  ],
  tls_missing: ({ variable }) => [
    'offers no TLS',
    `Switch TLS on in PostgreSQL (ssl = on), or, where the network is trusted, write sslmode=disable in ${variable}.`,
  ],
  tls_untrusted: ({ variable }) => [
    'shows a certificate that is not trusted here',
    `Give its authority with sslrootcert=/path/to/ca.crt in ${variable}; with sslmode=require the connection is encrypted and the certificate not verified.`,
  ],
  pooler: ({ variable }) => [
    'is a transaction pooler that takes no settings',
    `Say so with pgbouncer=true in ${variable}, and name the database itself in DIRECT_URL, for migrations and LISTEN.`,
  ],
  unknown_tenant: ({ variable }) => [
    'is a pooler without this project',
    `On Supabase's pooler the user is postgres.<project>: mend the user in ${variable}.`,
  ],
  full: ({ takes }) => [
    'has no connection free',
    `Raise max_connections, stop what holds them, or put a transaction pooler before it. An API process takes up to ${takes.api}.`,
  ],
  starting: () => [
    'is starting or stopping',
    'Wait a moment and run the doctor again; its log has the reason.',
  ],
  not_postgres: ({ variable }) => [
    'does not speak as PostgreSQL does',
    `Another program listens there: mend host and port in ${variable}.`,
  ],
  other: ({ variable }) => [
    'could not be entered',
    `The words in brackets are the database's own; check ${variable}.`,
  ],
}
