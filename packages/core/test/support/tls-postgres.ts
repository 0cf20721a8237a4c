import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTemporaryPostgres } from '@zapfleet/embedded'
import pg from 'pg'

/**
 * A PostgreSQL that offers TLS. Its certificate is for `localhost` only, signed by `authority`; `stranger` is an
 * authority that signed nothing here.
 */
export type TlsPostgres = { url: string; authority: string; stranger: string; stop(): Promise<void> }

/** Starts a PostgreSQL with TLS, certificates made by openssl. */
export async function startTlsPostgres(): Promise<TlsPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'zapfleet-tls-'))
  const [authority, stranger] = ['authority', 'stranger'].map((name) => makeAuthority(folder, name))
  makeServerCertificate(folder)
  const postgres = await startTemporaryPostgres({ settings: { fsync: 'off' } })
  const admin = new pg.Client({ connectionString: postgres.url })
  await admin.connect()
  const { rows } = await admin.query<{ data_directory: string }>('show data_directory')
  const { data_directory: home } = rows[0] as { data_directory: string }
  const owner = statSync(home)
  for (const name of ['server.key', 'server.crt']) {
    copyFileSync(join(folder, name), join(home, name))
    chownSync(join(home, name), owner.uid, owner.gid)
    chmodSync(join(home, name), 0o600)
  }
  await admin.query('alter system set ssl = on')
  await admin.query('select pg_reload_conf()')
  for (let on = ''; on !== 'on'; ) on = (await admin.query<{ ssl: string }>('show ssl')).rows[0]?.ssl ?? ''
  await admin.end()
  return {
    url: postgres.url,
    authority: authority as string,
    stranger: stranger as string,
    async stop() {
      await postgres.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

function makeAuthority(folder: string, name: string): string {
  const file = join(folder, `${name}.crt`)
  openssl(
    'req',
    '-x509',
    ...KEY,
    '-keyout',
    join(folder, `${name}.key`),
    '-out',
    file,
    '-subj',
    `/CN=${name}`,
  )
  return file
}

function makeServerCertificate(folder: string): void {
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost\n')
  openssl('req', ...KEY, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=localhost')
  openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-CA', at('authority.crt'), '-CAkey', at('authority.key')],
    ...['-CAcreateserial', '-days', '1', '-extfile', at('names'), '-out', at('server.crt')],
  )
}

const KEY = ['-newkey', 'rsa:2048', '-nodes']

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
