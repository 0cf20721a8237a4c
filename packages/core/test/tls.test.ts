import { createEvolution } from '@zapfleet/evolution'
import { testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { withLibpqDefaults } from '../src/ground/database-url.ts'
import { openDatabase } from '../src/ground/open-database.ts'
import { prepareConnections } from '../src/ground/prepare-connections.ts'
import { statement } from '../src/ground/statement.ts'
import { closeFleet, migrate, openFleet, reserve, silentLog } from '../src/index.ts'
import { startTlsPostgres, type TlsPostgres } from './support/tls-postgres.ts'

let tls: TlsPostgres
let plain: Awaited<ReturnType<typeof testDatabase>>

beforeAll(async () => {
  ;[tls, plain] = await Promise.all([startTlsPostgres(), testDatabase()])
})

afterAll(async () => {
  await Promise.all([tls?.stop(), plain?.drop()])
})

/** A name that reaches this machine and is none of its local names. */
const ELSEWHERE = '0.0.0.0'

const changed = (url: string, hostname: string, parameters: Record<string, string>): string => {
  const address = Object.assign(new URL(url), { hostname })
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  return address.href
}

/** The options of the prepared connections, and whether PostgreSQL reports that one of them is encrypted. */
async function connecting(url: string): Promise<string> {
  const prepared = await prepareConnections(url)
  const client = new pg.Client(prepared.config)
  await client.connect()
  const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
  await client.end()
  return `${prepared.tls}, ${rows[0].ssl ? 'encrypted' : 'in clear'}`
}

const onTls = (hostname: string, parameters: Record<string, string>): Promise<string> =>
  connecting(changed(tls.url, hostname, parameters))
const onPlain = (hostname: string, parameters: Record<string, string>): Promise<string> =>
  connecting(changed(plain.url, hostname, parameters))

describe('sslmode, as libpq reads it', () => {
  it.each([
    ['disable', 'off, in clear', 'off, in clear'],
    ['allow', 'unverified, encrypted', 'off, in clear'],
    ['prefer', 'unverified, encrypted', 'off, in clear'],
    ['require', 'unverified, encrypted', /does not support SSL/],
    ['no-verify', 'unverified, encrypted', /does not support SSL/],
  ])('%s', async (sslmode, withTls, withoutTls) => {
    for (const host of ['localhost', '127.0.0.1', ELSEWHERE]) {
      expect(await onTls(host, { sslmode })).toBe(withTls)
      const found = onPlain(host, { sslmode })
      if (typeof withoutTls === 'string') expect(await found).toBe(withoutTls)
      else await expect(found).rejects.toThrow(withoutTls)
    }
  })

  it('verify-ca accepts the authority of sslrootcert and any host name', async () => {
    const sslmode = 'verify-ca'
    expect(await onTls('127.0.0.1', { sslmode, sslrootcert: tls.authority })).toBe('verified, encrypted')
    await expect(onTls('localhost', { sslmode, sslrootcert: tls.stranger })).rejects.toThrow(/certificate/)
    await expect(onPlain('localhost', { sslmode, sslrootcert: tls.authority })).rejects.toThrow(
      /not support SSL/,
    )
  })

  it('verify-full accepts the authority, and the host name of the certificate alone', async () => {
    const sslmode = 'verify-full'
    expect(await onTls('localhost', { sslmode, sslrootcert: tls.authority })).toBe('verified, encrypted')
    await expect(onTls('127.0.0.1', { sslmode, sslrootcert: tls.authority })).rejects.toThrow(/altnames/)
    await expect(onTls('localhost', { sslmode, sslrootcert: tls.stranger })).rejects.toThrow(/certificate/)
    await expect(onTls('localhost', { sslmode })).rejects.toThrow(/certificate/)
  })

  it('require verifies the authority where sslrootcert names one; no-verify and prefer never do', async () => {
    const { authority, stranger } = tls
    expect(await onTls('127.0.0.1', { sslmode: 'require', sslrootcert: authority })).toBe(
      'verified, encrypted',
    )
    await expect(onTls('localhost', { sslmode: 'require', sslrootcert: stranger })).rejects.toThrow(
      /certificate/,
    )
    for (const sslmode of ['no-verify', 'prefer'])
      expect(await onTls('localhost', { sslmode, sslrootcert: stranger })).toBe('unverified, encrypted')
  })

  it('reports a certificate file that cannot be read', async () => {
    await expect(
      onTls('localhost', { sslmode: 'verify-full', sslrootcert: '/nowhere/ca.crt' }),
    ).rejects.toThrow('sslrootcert in the database URL names /nowhere/ca.crt, which cannot be read (ENOENT)')
  })
})

describe('without sslmode', () => {
  it('a server on this machine is used without TLS', async () => {
    for (const host of ['localhost', '127.0.0.1']) expect(await onTls(host, {})).toBe('off, in clear')
  })

  it('a server elsewhere is used with TLS where it offers it', async () => {
    expect(await onTls(ELSEWHERE, {})).toBe('unverified, encrypted')
    expect((await prepareConnections(changed(tls.url, ELSEWHERE, {}))).warning).toBeNull()
  })

  it('a server elsewhere without TLS is used with a warning', async () => {
    expect(await onPlain(ELSEWHERE, {})).toBe('missing, in clear')
    const { warning } = await prepareConnections(changed(plain.url, ELSEWHERE, {}))
    expect(warning).toMatch(/^The PostgreSQL server at 0\.0\.0\.0:\d+ offers no TLS.*add sslmode=disable/)
    expect(warning).not.toContain(new URL(plain.url).password)
  })

  it('sslrootcert alone means verify-ca, ssl=true verify-full, ssl=false disable', async () => {
    expect(await onTls('127.0.0.1', { sslrootcert: tls.authority })).toBe('verified, encrypted')
    expect(await onTls('localhost', { ssl: 'false' })).toBe('off, in clear')
    await expect(onTls('localhost', { ssl: 'true' })).rejects.toThrow(/certificate/)
  })
})

it('every connection of a fleet is encrypted: migrations, pools, claims and LISTEN', async () => {
  const url = changed(tls.url, 'localhost', { sslmode: 'verify-full', sslrootcert: tls.authority })
  const timeZone = 'America/Sao_Paulo'
  await migrate({ url, timeZone })
  const evolution = createEvolution({ url: 'http://127.0.0.1:1', apiKey: 'unused' })
  const fleet = await openFleet({ databaseUrl: url, timeZone, evolution, log: silentLog })
  const admin = new pg.Client({ connectionString: tls.url })
  await admin.connect()
  const stream = new AbortController()
  try {
    await admin.query(`insert into whatsapp_instances (nome, status) values ('vendas', 'connected')`)
    await reserve(fleet, { contactId: '5511999990000' })
    await fleet.sql.prisma.instance.count()
    await fleet.events.subscribe({}, stream.signal)
    await vi.waitFor(async () => {
      const { rows } = await admin.query(
        `select application_name app, bool_and(ssl) ssl from pg_stat_activity join pg_stat_ssl using (pid) where pid <> pg_backend_pid() group by 1 order by 1`,
      )
      expect(rows).toEqual([
        { app: 'zapfleet', ssl: true },
        { app: 'zapfleet claims', ssl: true },
        { app: 'zapfleet events', ssl: true },
      ])
    })
  } finally {
    stream.abort()
    await closeFleet(fleet)
    await evolution.close()
    await admin.end()
  }
})

it.each(["p%ss w'rd", '@:/?#[]', '100%25', 'ção-日本', '\\"$`|^~{}'])(
  'a password of %s opens the database, encoded or by PGPASSWORD',
  async (password) => {
    const admin = new pg.Client({ connectionString: plain.url })
    await admin.connect()
    await admin.query(`create role odd login password ${admin.escapeLiteral(password)}`)
    try {
      const encoded = Object.assign(new URL(plain.url), {
        username: 'odd',
        password: encodeURIComponent(password),
      })
      const bare = Object.assign(new URL(plain.url), { username: 'odd', password: '' }).href
      for (const url of [encoded.href, withLibpqDefaults(bare, { PGPASSWORD: password })])
        expect(await connecting(url)).toBe('off, in clear')
    } finally {
      await admin.query('drop role odd')
      await admin.end()
    }
  },
)

it('a pool opens as many connections as its size, and no more', async () => {
  const sql = await openDatabase(plain.url, silentLog, { claims: 2, registry: 3 })
  const slow = statement('slow', 'select pg_sleep(1)')
  const working = [
    ...Array.from({ length: 8 }, () => sql.runCount(slow, [])),
    ...Array.from({ length: 8 }, () => sql.prisma.$queryRaw`select pg_sleep(1)::text`.then(() => null)),
  ]
  const admin = new pg.Client({ connectionString: plain.url, application_name: 'test' })
  await admin.connect()
  const count = async (): Promise<number> =>
    (
      await admin.query(
        `select count(*)::int n from pg_stat_activity where datname = current_database() and application_name = 'zapfleet'`,
      )
    ).rows[0].n
  await vi.waitFor(async () => expect(await count()).toBe(5), { timeout: 60_000, interval: 20 })
  await Promise.all(working)
  expect(await count()).toBe(5)
  await admin.end()
  await sql.close()
})

it('with prefer a process does not fall back to clear when the server stops offering TLS', async () => {
  const sql = await openDatabase(changed(tls.url, 'localhost', { sslmode: 'prefer' }), silentLog)
  const admin = new pg.Client({ connectionString: tls.url })
  await admin.connect()
  const setTls = async (word: 'on' | 'off'): Promise<void> => {
    await admin.query(`alter system set ssl = ${word}`)
    await admin.query('select pg_reload_conf()')
    await vi.waitFor(async () => expect((await admin.query('show ssl')).rows[0].ssl).toBe(word), 60_000)
  }
  const look = statement('look', 'select 1 as one')
  try {
    expect(await sql.run(look, [])).toEqual([{ one: 1 }])
    await setTls('off')
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'zapfleet'`,
    )
    await vi.waitFor(async () => {
      const error = await sql.run(look, []).catch((cause) => cause)
      expect(error.cause).toMatchObject({ message: 'The server does not support SSL connections' })
      expect(error.code).toBe('DATABASE_UNAVAILABLE')
    })
    await setTls('on')
    expect(await sql.run(look, [])).toEqual([{ one: 1 }])
  } finally {
    await sql.close()
    await admin.end()
  }
})

it('a fleet warns once at its opening that a server elsewhere offers no TLS', async () => {
  const warn = vi.fn()
  const evolution = createEvolution({ url: 'http://127.0.0.1:1', apiKey: 'unused' })
  const databaseUrl = changed(plain.url, ELSEWHERE, {})
  const log = { ...silentLog, warn }
  const fleet = await openFleet({ databaseUrl, timeZone: 'America/Sao_Paulo', evolution, log })
  await closeFleet(fleet)
  await evolution.close()
  expect(warn.mock.calls.filter(([, words]) => /offers no TLS/.test(words))).toHaveLength(1)
})
