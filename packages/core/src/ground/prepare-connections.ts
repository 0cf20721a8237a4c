import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { type Connection, connectionProblem, readConnection } from './database-url.ts'
import { FleetError } from './fleet-error.ts'

/** `unverified`: encrypted, with any certificate. `missing`: without TLS, and the URL does not state that this is intended. */
export type TlsState = 'verified' | 'unverified' | 'off' | 'missing'

/** The driver's settings for every connection to a database URL. */
export type PreparedConnections = {
  config: pg.ClientConfig
  /** `pgbouncer=true`: the server there is a transaction pooler. */
  pooled: boolean
  tls: TlsState
  /** For the log where `tls` is `missing`; else null. */
  warning: string | null
}

const CONNECT_TIMEOUT_MS = 5_000

/**
 * Prepares the connections to a database URL, with TLS as {@link readConnection} describes. Pools, LISTEN, migrations and
 * the doctor all use it. For `prefer` it connects once to test whether the server offers TLS; the result holds for all
 * connections that are made of `config`, so that nothing on the network path can switch TLS off later.
 *
 * @throws FleetError INVALID_STATE when the URL cannot be used or a certificate file cannot be read; for `prefer` what the
 * driver throws when it cannot connect
 */
export async function prepareConnections(
  databaseUrl: string,
  withinMs = CONNECT_TIMEOUT_MS,
): Promise<PreparedConnections> {
  const problem = connectionProblem(databaseUrl)
  if (problem !== null) throw new FleetError('INVALID_STATE', `The database URL ${problem}.`)
  const connection = readConnection(databaseUrl)
  const { url, pooled, tls, direct } = connection
  const plain: pg.ClientConfig = { connectionString: url, ssl: false }
  if (tls.use === 'never') return { config: plain, pooled, tls: 'off', warning: null }
  const encrypted: pg.ClientConfig = {
    connectionString: url,
    ssl: readTlsOptions(connection),
    ...(direct && { sslnegotiation: 'direct' as const }),
  }
  if (tls.use === 'always') {
    const state = tls.verify === 'nothing' ? 'unverified' : 'verified'
    return { config: encrypted, pooled, tls: state, warning: null }
  }
  if (await offersTls(encrypted, withinMs))
    return { config: encrypted, pooled, tls: 'unverified', warning: null }
  if (!tls.warn) return { config: plain, pooled, tls: 'off', warning: null }
  return { config: plain, pooled, tls: 'missing', warning: plainWarning(url) }
}

/** The driver's message when the server refuses TLS. A test fails when the driver changes it. */
const NO_TLS = 'The server does not support SSL connections'

async function offersTls(config: pg.ClientConfig, withinMs: number): Promise<boolean> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: withinMs })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch (error) {
    if ((error as Error).message === NO_TLS) return false
    throw error
  } finally {
    client.end().catch(() => {})
  }
}

const plainWarning = (url: string): string =>
  `The PostgreSQL server at ${new URL(url).host} offers no TLS, so all data, phone numbers included, crosses the network unencrypted. Switch TLS on in PostgreSQL (ssl = on), or, where the network is trusted, add sslmode=disable to the URL.`

function readTlsOptions({ tls, files }: Connection): ConnectionOptions {
  const verify = tls.use === 'always' ? tls.verify : 'nothing'
  const options: ConnectionOptions = { rejectUnauthorized: verify !== 'nothing' }
  if (verify === 'authority') options.checkServerIdentity = () => undefined
  if (files.authority !== null && verify !== 'nothing') options.ca = readPem('sslrootcert', files.authority)
  if (files.certificate !== null) options.cert = readPem('sslcert', files.certificate)
  if (files.key !== null) options.key = readPem('sslkey', files.key)
  return options
}

function readPem(parameter: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new FleetError(
      'INVALID_STATE',
      `${parameter} in the database URL names ${file}, which cannot be read (${(cause as NodeJS.ErrnoException).code}). Expected: a file in PEM format that this user may read.`,
      { cause },
    )
  }
}
