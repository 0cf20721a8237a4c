import { readFileSync } from 'node:fs'
import { connectionsOf, createSealer } from '@zapfleet/core'
import { startSimulator } from '@zapfleet/simulator'
import { emptyDatabase, freePort } from '@zapfleet/testing'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { judgeConnections } from '../src/judge/connections.ts'
import { tell } from '../src/report.ts'
import { showGlobalWebhook } from '../src/show-global-webhook.ts'
import {
  changed,
  findings,
  line,
  makePatient,
  type Patient,
  runDoctor,
  startPickyPooler,
  startStranger,
} from './patient.ts'

let patient: Patient
beforeAll(async () => {
  patient = await makePatient()
})
afterAll(() => patient?.close())
beforeEach(() => patient.poll())

describe('a fleet without problems', () => {
  it('is reported as such, and the simulator by its name', async () => {
    const found = await findings(patient.env)
    expect([...found.values()].filter(({ verdict }) => verdict !== 'ok').map(({ check }) => check)).toEqual([
      'evolution',
    ])
    expect(line(found, 'database')).toMatch(
      /^ok: PostgreSQL \d+\.\d+ at 127\.0\.0\.1:\d+\/test_\d+ as zapfleet, no TLS, \d+ ms; \d+ of \d+ connections are taken, an API process takes up to 14, a scheduler 13$/,
    )
    expect(line(found, 'evolution')).toContain('no message reaches anybody')
    expect(line(found, 'webhook')).toContain('2 of 2 numbers report there')
    expect(line(found, 'polling')).toContain('leader:1:test leads')
    expect(line(found, 'numbers')).toBe('ok: 2 numbers: 2 connected')
    expect(line(found, 'api')).toMatch(/zapfleet 0\.1\.0 is ready/)
  })

  it('is not changed by the doctor: every table and Evolution stay as they are', async () => {
    const tables = await patient.sql(
      `select format('%I.%I', schemaname, tablename) t from pg_tables where schemaname in ('public', 'zapfleet') order by 1`,
    )
    const content = () =>
      Promise.all(
        tables.map(({ t }) =>
          patient.sql(
            `select '${t}' t, count(*)::int n, md5(string_agg(x::text, '|' order by x::text)) sum from ${t} x`,
          ),
        ),
      )
    const before = await content()
    await patient.simulator.control.resetCalls()
    await findings(patient.env)
    expect(await content()).toEqual(before)
    expect(new Set(patient.simulator.control.calls().map(({ method }) => method))).toEqual(new Set(['GET']))
  })

  it('ends with code 0 as a program, prints JSON on request, and shows no secret', async () => {
    const [told, json] = await Promise.all([runDoctor(patient.env), runDoctor(patient.env, '--json')])
    expect({ code: told.code, stderr: told.stderr }).toEqual({ code: 0, stderr: '' })
    expect(told.stdout).toMatch(/^ok +environment /)
    expect(told.stdout).toMatch(/\n\d+ ok, 1 to know, 0 to mend\n$/)
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, checks: expect.any(Array) })
    const [{ value: secret }] = (await patient.sql(`select value from zapfleet.secrets`)) as [
      { value: string },
    ]
    const { EVOLUTION_API_KEY, ADMIN_API_KEY, BOT_API_KEY, DATABASE_URL = '' } = patient.env
    for (const word of [
      secret,
      EVOLUTION_API_KEY,
      ADMIN_API_KEY,
      BOT_API_KEY,
      new URL(DATABASE_URL).password,
    ])
      expect(`${told.stdout}${json.stdout}`).not.toContain(word)
  })
})

it('prints the address of the global webhook, with its secret, only on request', async () => {
  const shown = await showGlobalWebhook(patient.env, { source: 'test' })
  expect(shown.words).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/webhooks\/evolution\/global\/[\w-]{43}$/)
  const event = { event: 'messages.update', instance: 'vendas', data: {} }
  const post = (url: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    })
  expect((await post(shown.words)).status).toBe(200)
  expect((await post(`${shown.words}x`)).status).toBe(404)
  const secret = shown.words.split('/').at(-1) ?? ''
  expect(JSON.stringify(await findings(patient.env))).not.toContain(secret)
  const { PUBLIC_URL: _, ...without } = patient.env
  expect(await showGlobalWebhook(without, { source: 'test' })).toEqual({
    isAddress: false,
    words: expect.stringContaining('PUBLIC_URL is not set'),
  })
})

it('counts the stored secrets that ZAPFLEET_SECRET does not open', async () => {
  const [kept, other] = ['kept-secret-0123456789-abcdefghijkl', 'other-secret-0123456789-abcdefghijk']
  await patient.sql(
    `insert into zapfleet.webhook_endpoints (name, id, url, events, sealed_secret, created_at, event_id, change_xid, change_seq)
     values ('shop', gen_random_uuid(), 'http://shop.example', '{outcome}', $1, now(), 0, 0, 0)`,
    [createSealer(kept).seal('whsec_planted', 'webhook_endpoint:shop')],
  )
  try {
    const found = await findings(patient.env, { ZAPFLEET_SECRET: other })
    expect(line(found, 'secrets')).toMatch(
      /^fail: 1 stored secret cannot be opened: sealed with another ZAPFLEET_SECRET → Set the ZAPFLEET_SECRET of that time/,
    )
    expect(line(await findings(patient.env), 'secrets')).toContain('ZAPFLEET_SECRET is not set')
    const rotated = { ZAPFLEET_SECRET: other, ZAPFLEET_SECRET_PREVIOUS: kept }
    for (const change of [{ ZAPFLEET_SECRET: kept }, rotated])
      expect((await findings(patient.env, change)).has('secrets')).toBe(false)
  } finally {
    await patient.sql('delete from zapfleet.webhook_endpoints')
  }
})

it('names the address of the page in alerts, and warns of one that people cannot open', async () => {
  const page = async (change: Record<string, string>) => line(await findings(patient.env, change), 'page')
  expect(await page({})).toMatch(
    /^ok: PAGE_URL is not set, and people cannot open 127\.0\.0\.1:\d+ \(PUBLIC_URL\): alerts hold no link/,
  )
  expect(await page({ PUBLIC_URL: '' })).toBe('ok: PAGE_URL is not set: alerts hold no link to the page')
  expect(await page({ PAGE_URL: 'https://zap.example.com/' })).toBe(
    'ok: alerts link to https://zap.example.com',
  )
  expect(await page({ PAGE_URL: 'http://localhost:3333' })).toMatch(
    /^warn: alerts link to http:\/\/localhost:3333, which people on other machines cannot open → Set PAGE_URL/,
  )
})

it('names an alert route whose last message failed, and counts its secret that does not open', async () => {
  const sealed = createSealer('kept-secret-0123456789-abcdefghijkl').seal('{}', 'alert_route:team')
  await patient.sql(
    `insert into zapfleet.alert_routes (name, kind, address, sealed, created_at, last_delivery_at, last_delivery_ok, last_delivery_error)
     values ('team', 'slack', '{"host":"hooks.slack.com"}', $1, now(), now(), false, 'HTTP 404: no_service'),
       ('well', 'email', '{"to":["ops@example.com"]}', null, now(), now(), true, null)`,
    [sealed],
  )
  try {
    const found = await findings(patient.env, { ZAPFLEET_SECRET: 'other-secret-0123456789-abcdefghijk' })
    expect(line(found, 'alert routes')).toBe(
      'warn: the last message by team failed: HTTP 404: no_service → Repair it, then: zapfleet alert-routes test team',
    )
    expect(line(found, 'secrets')).toMatch(/^fail: 1 stored secret cannot be opened/)
    await patient.sql(`update zapfleet.alert_routes set last_delivery_ok = true`)
    expect((await findings(patient.env)).has('alert routes')).toBe(false)
  } finally {
    await patient.sql('delete from zapfleet.alert_routes')
  }
})

describe('an environment with problems', () => {
  it('has every problem reported at once, and the rest is checked all the same', async () => {
    const { stdout, code } = await runDoctor({
      ...patient.env,
      ADMIN_API_KEY: '',
      BOT_API_KEY: 'short',
      FLEET_TIMEZONE: 'Mars/Olympus',
    })
    expect(code).toBe(1)
    expect(stdout).toMatch(/FAIL +environment .*FLEET_TIMEZONE must be an IANA/)
    expect(stdout).toContain('ADMIN_API_KEY is not set')
    expect(stdout).toContain('BOT_API_KEY must have at least 24')
    expect(stdout).toMatch(/ok +database /)
    expect(stdout).toMatch(/ok +evolution key /)
  })

  it('skips the checks that it prevents', async () => {
    const found = await findings(patient.env, {
      DATABASE_URL: 'mysql://root@127.0.0.1/zap',
      EVOLUTION_API_KEY: '',
    })
    expect(line(found, 'environment')).toMatch(
      /^fail:.*DATABASE_URL must be a URL such as postgres:.*EVOLUTION_API_KEY is not set/,
    )
    for (const check of ['database', 'migrations', 'evolution', 'polling'])
      expect(found.get(check)?.verdict).toBe('skip')
    const without = await findings(patient.env, { EVOLUTION_API_KEY: '' })
    expect(line(without, 'instances')).toBe('skip: not compared: Evolution gave no inventory')
    expect(found.get('api')?.verdict).toBe('ok')
  })

  it('with unknown arguments ends with code 2', async () => {
    const [plain, help] = await Promise.all([
      runDoctor(patient.env, '--no-color', '--json'),
      runDoctor(patient.env, '--help'),
    ])
    expect(JSON.parse(plain.stdout)).toMatchObject({ checks: expect.any(Array) })
    for (const line of help.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(await runDoctor(patient.env, '--fix')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not know --fix'),
    })
  })
})

describe('a database that cannot be opened', () => {
  const url = (): string => patient.env.DATABASE_URL ?? ''
  const withDatabase = (change: Parameters<typeof changed>[1]) =>
    findings(patient.env, { DATABASE_URL: changed(url(), change) })

  it('is stopped', async () => {
    const found = await withDatabase({ port: String(await freePort()) })
    expect(line(found, 'database')).toMatch(/^fail: .*refuses the connection.*→ Start PostgreSQL/)
    for (const check of ['migrations', 'numbers', 'phones', 'polling'])
      expect(found.get(check)?.verdict).toBe('skip')
    expect(found.get('evolution key')?.verdict).toBe('ok')
  })

  it('refuses the password', async () => {
    expect(line(await withDatabase({ password: 'wrong' }), 'database')).toMatch(
      /^fail: .*does not take the password of zapfleet.*percent-encoded/,
    )
  })

  it('does not exist', async () => {
    expect(line(await withDatabase({ pathname: '/nowhere' }), 'database')).toMatch(
      /has no such database.*createdb/,
    )
  })

  it('offers no TLS where it is required', async () => {
    expect(line(await withDatabase({ search: 'sslmode=require' }), 'database')).toMatch(
      /offers no TLS.*sslmode/,
    )
  })

  it('has an unknown host name', async () => {
    const found = await findings(patient.env, { DATABASE_URL: 'postgres://me:pw@no-such-host.invalid/zap' })
    expect(line(found, 'database')).toMatch(/that no name server knows.*IPv6|does not answer.*firewalls/)
  })

  it('is a transaction pooler that refuses settings', async () => {
    const pooler = await startPickyPooler()
    expect(line(await withDatabase({ port: pooler.port }), 'database')).toMatch(
      /pooler.*→ Say so with pgbouncer=true/,
    )
    pooler.close()
  })

  it('is on another host without TLS', async () => {
    const elsewhere = Object.assign(new URL(url()), { hostname: '0.0.0.0' })
    const found = await findings(patient.env, { DATABASE_URL: elsewhere.href })
    expect(line(found, 'database')).toMatch(
      /^warn: PostgreSQL .* at 0\.0\.0\.0:\d+\/test_\d+ as zapfleet, NO TLS, \d+ ms → The server offers no TLS.*sslmode=disable to DATABASE_URL/,
    )
    elsewhere.searchParams.set('sslmode', 'disable')
    expect(line(await findings(patient.env, { DATABASE_URL: elsewhere.href }), 'database')).toMatch(
      /^ok: .*, no TLS, \d+ ms;/,
    )
    elsewhere.searchParams.set('sslmode', 'require')
    expect(line(await findings(patient.env, { DATABASE_URL: elsewhere.href }), 'database')).toMatch(
      /^fail: .*offers no TLS.*sslmode=disable in DATABASE_URL/,
    )
  })

  it('has a password that is not percent-encoded', async () => {
    const found = await findings(patient.env, { DATABASE_URL: url().replace(/:[^:@]+@/, ':100%@') })
    expect(line(found, 'environment')).toMatch(
      /^fail: .*DATABASE_URL has a "%" that begins no percent-encoded/,
    )
    expect(line(found, 'evolution key')).toMatch(/^ok/)
  })

  it('is another one by DIRECT_URL than by DATABASE_URL', async () => {
    const other = await emptyDatabase()
    const found = await findings(patient.env, { DIRECT_URL: other.url })
    await other.drop()
    expect(line(found, 'direct connection')).toMatch(/^fail: .*test_\d+ is another database than .*test_\d+/)
  })

  it('is no PostgreSQL at all', async () => {
    const port = new URL(patient.simulator.url).port
    expect(line(await withDatabase({ port }), 'database')).toMatch(
      /^fail: .*does not speak as PostgreSQL does/,
    )
  })

  it('is nearly full, and how it is encrypted: as sentences, with the sizes of the pools', () => {
    const sizes = { claims: 3, registry: 5 }
    const address = {
      variable: 'DATABASE_URL',
      where: 'db:5432/zap',
      user: 'me',
      pooled: false,
      takes: connectionsOf(sizes),
    }
    const connection = {
      connected: true as const,
      tookMs: 3,
      version: 170004,
      user: 'me',
      identity: 'one',
      readOnly: false,
      keepsSettings: true,
      deliversNotifications: true,
      connections: { used: 95, allowed: 97 },
      tls: 'verified' as const,
      clock: { aheadMs: 0, doubtMs: 1 },
    }
    const [finding] = judgeConnections(
      { connection, directConnection: null },
      { database: address, direct: address },
    )
    expect(finding?.found).toBe(
      'PostgreSQL 17.4 at db:5432/zap as me, TLS, 3 ms; 95 of its 97 connections are taken',
    )
    expect(finding?.advice).toContain('An API process takes up to 10 connections, a scheduler up to 9')
    expect(finding?.advice).toContain('DATABASE_CLAIM_CONNECTIONS and DATABASE_REGISTRY_CONNECTIONS')
    const unverified = { ...connection, tls: 'unverified' as const, connections: { used: 5, allowed: 97 } }
    expect(
      judgeConnections(
        { connection: unverified, directConnection: null },
        { database: address, direct: address },
      ),
    ).toEqual([
      {
        check: 'database',
        verdict: 'ok',
        found:
          'PostgreSQL 17.4 at db:5432/zap as me, TLS (certificate not verified), 3 ms; 5 of 97 connections are taken, an API process takes up to 10, a scheduler 9',
        advice: null,
      },
    ])
  })

  it('has no free connection', async () => {
    await patient.sql(`create role narrow login password 'narrow' connection limit 0`)
    const found = await withDatabase({ username: 'narrow', password: 'narrow' })
    await patient.sql('drop role narrow')
    expect(line(found, 'database')).toMatch(/^fail: .*has no connection free/)
  })
})

describe('a database whose contents have problems', () => {
  const withinChange = async (change: string, check: string): Promise<string> => {
    const before = await patient.sql('select * from _prisma_migrations')
    await patient.sql(change)
    try {
      return line(await findings(patient.env), check)
    } finally {
      await patient.sql('delete from _prisma_migrations')
      await patient.sql(
        'insert into _prisma_migrations select * from json_populate_recordset(null::_prisma_migrations, $1)',
        [JSON.stringify(before)],
      )
    }
  }

  it('holds a migration that was edited', async () => {
    expect(
      await withinChange(
        `update _prisma_migrations set checksum = 'x' where migration_name like '%reservations'`,
        'migrations',
      ),
    ).toMatch(/^fail: 20261122000001_reservations was edited after it was applied/)
  })

  it('holds a migration that failed half-way', async () => {
    expect(
      await withinChange(
        `update _prisma_migrations set finished_at = null where migration_name like '%events'`,
        'migrations',
      ),
    ).toMatch(/^fail: 20261122000002_events failed half-way/)
  })

  it('lacks a migration of this release, or has one of a newer', async () => {
    expect(
      await withinChange(
        `delete from _prisma_migrations where migration_name like '%schedule'`,
        'migrations',
      ),
    ).toMatch(/^warn: 1 migration to apply: 20261122000003_schedule → Start the API/)
    expect(
      await withinChange(
        `update _prisma_migrations set id = 'new', migration_name = '29990101000000_later' where migration_name like '%removals'`,
        'migrations',
      ),
    ).toContain('1 migration to apply')
    expect(
      await withinChange(
        `insert into _prisma_migrations (id, checksum, finished_at, migration_name) values ('later', 'x', now(), '29990101000000_later')`,
        'migrations',
      ),
    ).toMatch(/^warn: applied by a newer release than this one: 29990101000000_later/)
  })

  it('belongs to a fleet with another time zone', async () => {
    const found = await findings(patient.env, { FLEET_TIMEZONE: 'America/Manaus' })
    expect(line(found, 'time zone')).toMatch(
      /^fail: .*Manaus, but .* in America\/Sao_Paulo → Set FLEET_TIMEZONE=America\/Sao_Paulo/,
    )
  })

  it('gives the serving role too few rights, or hides rows from it', async () => {
    await patient.sql(
      `create role clerk login password 'clerk'; grant select on whatsapp_instances, clientes to clerk`,
    )
    await patient.sql('alter table clientes enable row level security')
    const url = changed(patient.env.DATABASE_URL ?? '', { username: 'clerk', password: 'clerk' })
    try {
      const hidden = await findings(patient.env, { DATABASE_URL: url })
      expect(line(hidden, 'rights')).toMatch(
        /^fail: row level security hides rows of public\.clientes.*BYPASSRLS/,
      )
      await patient.sql('alter table clientes disable row level security')
      await patient.sql('grant select on _prisma_migrations to clerk')
      const poor = await findings(patient.env, { DATABASE_URL: url })
      expect(line(poor, 'rights')).toMatch(
        /^fail: this role lacks UPDATE \(instancia_preferida\) on public\.clientes, INSERT on public\.whatsapp_instances/,
      )
    } finally {
      await patient.sql(
        'alter table clientes disable row level security; drop owned by clerk; drop role clerk',
      )
    }
  })

  it('is open to the public key of a Supabase project', async () => {
    await patient.sql('create role anon nologin; grant select, update on clientes to anon')
    const found = await findings(patient.env)
    await patient.sql('drop owned by anon; drop role anon')
    expect(line(found, 'exposure')).toMatch(/^warn: .*anon: SELECT, UPDATE on public\.clientes/)
  })

  it('is closed to that key by the statements of the guide', async () => {
    const page = readFileSync(new URL('../../../docs/adopting.md', import.meta.url), 'utf8')
    const [, statement = ''] = /-c "(alter table public\._prisma_migrations [^"]+)"/.exec(page) ?? []
    const theirs = ['whatsapp_instances', 'clientes']
    const secure = (word: string) =>
      patient.sql(theirs.map((table) => `alter table ${table} ${word} row level security`).join(';'))
    // As in Supabase: everything in public is granted, and row level security restricts it.
    await patient.sql(
      'create role anon nologin; grant usage on schema public to anon; grant all on all tables in schema public to anon',
    )
    try {
      await secure('enable')
      expect(line(await findings(patient.env), 'exposure')).toMatch(
        /may: anon: SELECT, INSERT, UPDATE, DELETE on public\._prisma_migrations →/,
      )
      await patient.sql(statement)
      expect((await findings(patient.env)).has('exposure')).toBe(false)
      await patient.sql('grant select, update on zapfleet.settings to anon')
      expect(line(await findings(patient.env), 'exposure')).toMatch(
        /may: anon: UPDATE on zapfleet\.settings →/,
      )
    } finally {
      await secure('disable')
      await patient.sql('alter table public._prisma_migrations disable row level security')
      await patient.sql('drop owned by anon; drop role anon')
    }
  })

  it('shows the serving role rows by conditions of policies', async () => {
    await patient.sql(
      `create role clerk login password 'clerk'; grant usage on schema public, zapfleet to clerk;
       grant select, insert, update, delete on all tables in schema public, zapfleet to clerk;
       alter table clientes enable row level security; create policy visible on clientes using (current_user = 'clerk')`,
    )
    const url = changed(patient.env.DATABASE_URL ?? '', { username: 'clerk', password: 'clerk' })
    try {
      expect(line(await findings(patient.env, { DATABASE_URL: url }), 'rights')).toMatch(
        /^warn: row level security shows this role rows of public\.clientes only where.*using \(true\)/,
      )
      await patient.sql('alter policy visible on clientes to clerk using (true)')
      expect(line(await findings(patient.env, { DATABASE_URL: url }), 'rights')).toMatch(/^ok/)
    } finally {
      await patient.sql(
        'drop policy visible on clientes; alter table clientes disable row level security; drop owned by clerk; drop role clerk',
      )
    }
  })
})

describe('a database before its first migration', () => {
  const onEmpty = async (setup: string): Promise<Awaited<ReturnType<typeof findings>>> => {
    const empty = await emptyDatabase()
    const client = new pg.Client({ connectionString: empty.url })
    await client.connect()
    await client.query(setup)
    const found = await findings(patient.env, { DATABASE_URL: empty.url })
    const left = await client.query(`select count(*)::int n from pg_namespace where nspname = 'zapfleet'`)
    expect(left.rows).toEqual([{ n: 0 }])
    await client.end()
    await empty.drop()
    return found
  }

  it('cannot be adopted, for every reason at once', async () => {
    const found = await onEmpty(
      'create table whatsapp_instances (nome integer, msgs_enviadas_dia text); create view clientes as select 1 id',
    )
    expect(line(found, 'migrations')).toMatch(
      /^fail: this database cannot be adopted: public\.whatsapp_instances\.nome has type integer.*msgs_enviadas_dia has type text.*; public\.clientes is not a table → /s,
    )
  })

  it('cannot be adopted for a counting function of another signature', async () => {
    const found = await onEmpty(
      'create function incrementar_contador_instancia(p_nome text) returns int language sql as $$ select 1 $$',
    )
    expect(line(found, 'migrations')).toMatch(
      /^fail: this database cannot be adopted: the function public\.incrementar_contador_instancia\(p_nome text\) returns integer; expected/,
    )
  })

  it('can be adopted, or is empty', async () => {
    const setup =
      'create table whatsapp_instances (nome varchar(50)); create table clientes (id uuid primary key)'
    expect(line(await onEmpty(setup), 'migrations')).toMatch(
      /^warn: none is applied yet; whatsapp_instances and clientes can be adopted/,
    )
    expect(line(await onEmpty('select'), 'migrations')).toMatch(
      /^warn: none is applied yet; .* neither of the two tables/,
    )
  })
})

describe('an Evolution with problems', () => {
  it('refuses the key', async () => {
    const found = await findings(patient.env, { EVOLUTION_API_KEY: 'another-key' })
    expect(line(found, 'evolution key')).toMatch(
      /^fail: Evolution refuses it \(401\) → .*AUTHENTICATION_API_KEY/,
    )
    expect(found.get('evolution')?.verdict).toBe('warn')
    expect(found.get('instances')?.verdict).toBe('skip')
  })

  it('opens one instance only by the key, its token: the advice does not delete the others', async () => {
    const { token } = patient.simulator.control.instance('vendas')
    const found = await findings(patient.env, { EVOLUTION_API_KEY: token })
    expect(line(found, 'evolution key')).toMatch(
      /^fail: it is the token of one instance and opens that one only: vendas → .*AUTHENTICATION_API_KEY.*delete none of them/,
    )
    expect(line(found, 'instances')).toBe('skip: not compared: EVOLUTION_API_KEY opens one instance only')
    expect([...found.values()].map(({ advice }) => advice).join()).not.toMatch(/or delete them/)
    // With all instances of that token, which Evolution allows twice.
    expect(line(await findings(patient.env), 'evolution key')).toBe('ok: it opens the inventory: 2 instances')
  })

  it('is down', async () => {
    const found = await findings(patient.env, { EVOLUTION_API_URL: `http://127.0.0.1:${await freePort()}` })
    expect(line(found, 'evolution')).toMatch(
      /^fail: nothing answers at http:.*→ Start Evolution.* numbers read unknown and nothing is sent through them\.$/,
    )
    expect(found.get('evolution key')?.verdict).toBe('skip')
    expect(line(found, 'numbers')).toContain('2 connected')
  })

  it('has no licence', async () => {
    const { control } = patient.simulator
    control.unlicensed(true)
    const found = await findings(patient.env)
    const { host } = new URL(patient.simulator.url)
    expect(line(found, 'evolution')).toMatch(
      /^fail: Evolution answers at http.*: its licence is not activated → Open its manager \(127\.0\.0\.1:\d+\).*activate the licence/,
    )
    expect(line(found, 'evolution')).toContain(`(${host})`)
    expect(line(found, 'evolution key')).toBe('skip: not tried: the licence of Evolution is not activated')
    expect(
      [...found.values()].filter(({ found, advice }) => /licence is not/.test(`${found} ${advice}`)),
    ).toHaveLength(1)
    control.unlicensed(false)
    expect(line(await findings(patient.env), 'evolution key')).toMatch(/^ok/)
  })

  it('is none: a web page, or the API of zapfleet', async () => {
    const page = await startStranger({ status: 200, body: '<html>Welcome to nginx</html>' })
    expect(line(await findings(patient.env, { EVOLUTION_API_URL: page.url }), 'evolution')).toMatch(
      /^fail: what answers at http.* is no Evolution API/,
    )
    page.close()
    const ours = await findings(patient.env, { EVOLUTION_API_URL: patient.env.PUBLIC_URL ?? '' })
    expect(line(ours, 'evolution')).toMatch(/^fail: what answers .* is no Evolution API/)
  })

  it('has a clock that is wrong', async () => {
    const behind = await startSimulator({ clockAheadMs: -300_000 })
    const found = await findings(patient.env, {
      EVOLUTION_API_URL: behind.url,
      EVOLUTION_API_KEY: behind.apiKey,
    })
    await behind.close()
    expect(line(found, 'clocks')).toMatch(/^fail: Evolution's clock is 5 min behind the database's → .*NTP/)
  })

  it('has a version that was not measured', async () => {
    const old = await startSimulator({ version: '1.8.2' })
    old.control.fault({
      kind: 'malformed',
      match: { route: '/', method: 'GET' },
      body: { status: 200, message: 'Welcome to the Evolution API', version: '1.8.2' },
      times: 1,
    })
    const found = await findings(patient.env, { EVOLUTION_API_URL: old.url, EVOLUTION_API_KEY: old.apiKey })
    await old.close()
    expect(line(found, 'evolution')).toMatch(/^warn: /)
  })

  it('does not list its instances, because of a proxy or of a slow database', async () => {
    const { control } = patient.simulator
    const fault = control.fault({
      kind: 'status',
      match: { route: 'instance/fetchInstances' },
      code: 502,
      body: '',
    })
    const found = await findings(patient.env)
    fault.remove()
    expect(line(found, 'evolution')).toMatch(
      /^fail: Evolution answers at \S+, and does not list its instances \(.*502.*\) → Check the PostgreSQL/,
    )
    expect(line(found, 'evolution key')).toBe('skip: not tried: Evolution does not list its instances')
  })

  it('cannot reach its own database', async () => {
    const { control } = patient.simulator
    control.databaseAway(true)
    const found = await findings(patient.env)
    control.databaseAway(false)
    expect(line(found, 'evolution')).toMatch(
      /^fail: .*its own database does not .* → .*PostgreSQL of Evolution.*restart/,
    )
    expect(line(found, 'evolution key')).toMatch(/^skip: /)
  })

  it('has a registered instance without a phone, and one of another integration that is skipped', async () => {
    const { control } = patient.simulator
    control.removeInstance('suporte')
    control.addInstance({ name: 'suporte', integration: 'EVOLUTION' })
    control.addInstance({ name: 'nuvem', integration: 'WHATSAPP-BUSINESS' })
    const found = await findings(patient.env)
    for (const name of ['suporte', 'nuvem']) control.removeInstance(name)
    control.addInstance({ name: 'suporte', state: 'open' })
    expect(line(found, 'instances')).toMatch(/^warn: without a phone, by another integration: suporte →/)
    expect(line(found, 'instances')).not.toContain('nuvem')
  })

  it('has instances whose names cannot be registered: the advice is another name, and no terminal acts on them', async () => {
    const { control } = patient.simulator
    const names = ['..', 'vendas ', '\u001b[31mred', '\u202eevil', 'constructor']
    for (const name of names) control.addInstance({ name, state: 'open' })
    const found = await findings(patient.env)
    const shown = tell([...found.values()])
    for (const name of names) control.removeInstance(name)
    expect(line(found, 'instances')).toMatch(
      /^warn: with names that cannot be registered: .*"\.\.".*"vendas ".* → Create those with other names again on Evolution/,
    )
    expect(line(found, 'instances')).not.toMatch(/not registered here|instance\.import[,.]|leave them/)
    expect(shown).toContain('"\\u{1b}[31mred"')
    expect(shown).toContain('"\\u{202e}evil"')
    expect(shown.replaceAll('\n', '')).not.toMatch(/\p{C}/u)
  })

  it('has lost one of our numbers, and has one that is not ours', async () => {
    const { control } = patient.simulator
    control.removeInstance('suporte')
    control.addInstance({ name: 'de-outro', state: 'open' })
    const found = await findings(patient.env)
    control.removeInstance('de-outro')
    control.addInstance({ name: 'suporte', state: 'open' })
    expect(line(found, 'instances')).toMatch(
      /^warn: not on Evolution: suporte; not registered here: de-outro/,
    )
    // It was created again without its webhook.
    expect(line(await findings(patient.env), 'webhook')).toMatch(
      /^warn: .*1 of 2 numbers report there; without webhook: suporte.*instance\.import/,
    )
    control.removeInstance('suporte')
    control.addInstance({
      name: 'suporte',
      state: 'open',
      webhook: { url: 'https://another.example/hook', events: [] },
    })
    expect(line(await findings(patient.env), 'webhook')).toMatch(
      /^warn: .*with another program's: suporte → They are watched by polling/,
    )
  })
})

describe('a fleet with problems', () => {
  it('is reached by no webhook', async () => {
    const unreachable = await findings(patient.env, { PUBLIC_URL: `http://127.0.0.1:${await freePort()}` })
    expect(line(unreachable, 'webhook')).toMatch(/^fail: .*cannot be reached from here \(ECONNREFUSED\)/)
    const page = await startStranger({ status: 404, body: 'no such page' })
    expect(line(await findings(patient.env, { PUBLIC_URL: page.url }), 'webhook')).toMatch(
      /^fail: .*something else than zapfleet \(404 no such page\).*proxy/,
    )
    page.close()
  })

  it('has its webhooks sent to another fleet', async () => {
    await patient.sql(`update zapfleet.secrets set value = 'a-secret-that-the-API-does-not-have'`)
    // The API reads its secret once: for the doctor of this database it belongs to another fleet.
    const found = await findings(patient.env)
    expect(line(found, 'webhook')).toMatch(/^fail: .*a zapfleet of another fleet/)
  })

  it('is polled by no scheduler', async () => {
    await patient.sql(
      `update zapfleet.job_runs set started_at = now() - interval '10 minutes'; delete from zapfleet.leases`,
    )
    expect(line(await findings(patient.env), 'polling')).toMatch(
      /^fail: no scheduler polls: the last round began 10 min ago, no scheduler leads → Start a scheduler/,
    )
    // A pause before the last round is not the period of the rounds.
    await patient.sql(`delete from zapfleet.job_runs;
      insert into zapfleet.job_runs (job, holder, started_at) select 'health-poll', 'x', now() - ago
      from unnest(array[interval '25 hours 30 seconds', '25 hours 15 seconds', '25 hours', '1 hour']) ago`)
    expect(line(await findings(patient.env), 'polling')).toMatch(/^fail: no scheduler polls: the last round/)
    await patient.sql('delete from zapfleet.job_runs')
    expect(line(await findings(patient.env), 'polling')).toMatch(
      /^fail: no scheduler polls: no round ever began/,
    )
  })

  it('has no number that can send', async () => {
    await patient.sql(
      `update whatsapp_instances set status = case nome when 'vendas' then 'banned' else 'connected' end, pausada = nome = 'suporte'`,
    )
    const found = await findings(patient.env)
    await patient.sql(`update whatsapp_instances set status = 'connected', pausada = false`)
    expect(line(found, 'numbers')).toMatch(/^fail: 2 numbers: .*1 banned.*1 paused: none can send → .*vendas/)
  })

  it('has numbers whose messages do not arrive, and numbers that WhatsApp restricts', async () => {
    await patient.sql(
      `update whatsapp_instances set entrega = 'failing', restrita_desde = now(), restrita_ate = now() + interval '1 hour' where nome = 'vendas'`,
    )
    const one = await findings(patient.env)
    await patient.sql(
      `update whatsapp_instances set entrega = 'failing', restrita_desde = now() - interval '2 hours', restrita_ate = now() - interval '1 hour'`,
    )
    const none = await findings(patient.env)
    await patient.sql(
      'update whatsapp_instances set entrega = null, restrita_desde = null, restrita_ate = null',
    )
    expect(line(one, 'numbers')).toMatch(
      /^warn: 2 numbers: 2 connected; out of rotation, since their messages do not arrive: vendas; restricted by WhatsApp to people who know them: vendas → .*: vendas\.$/,
    )
    expect(line(none, 'numbers')).toMatch(/^fail: .*do not arrive: .*none can send → /)
    expect(line(none, 'numbers')).not.toContain('restricted')
  })

  it('has a number with a wrong phone, and one that falls again and again', async () => {
    await patient.sql(
      `update whatsapp_instances set status_motivo = case nome when 'vendas' then 'WRONG_PHONE' else 'FLAPPING' end`,
    )
    const found = await findings(patient.env)
    await patient.sql('update whatsapp_instances set status_motivo = null')
    expect(line(found, 'numbers')).toMatch(
      /^warn: 2 numbers: 2 connected; paired with another phone than the registered one: vendas; losing their connection again and again: suporte → .*: suporte, vendas\.$/,
    )
  })

  it('has two instances with one phone', async () => {
    await patient.sql(`update whatsapp_instances set duplicata_de = 'vendas' where nome = 'suporte'`)
    const one = await findings(patient.env)
    await patient.sql(`update whatsapp_instances set pausada = true where nome = 'vendas'`)
    const none = await findings(patient.env)
    await patient.sql(`update whatsapp_instances set duplicata_de = null, pausada = false`)
    expect(line(one, 'numbers')).toMatch(
      /^warn: 2 numbers: 2 connected; with the phone of another, which serves it: suporte \(vendas\) → .*: suporte\.$/,
    )
    expect(line(none, 'numbers')).toMatch(/^fail: .*none can send/)
    expect(line(one, 'phones')).toBe(
      'warn: DUPLICATE_PHONE, sends nothing: suporte (vendas serves its phone) → Log out or delete one of the two, or pair it with a phone of its own.',
    )
  })

  it('has one phone registered for two instances, in any format that an older program wrote', async () => {
    await patient.sql(
      `update whatsapp_instances set numero_telefone = case nome when 'vendas' then '+5531987654321' else '(31) 8765-4321' end`,
    )
    const found = await findings(patient.env)
    await patient.sql(`update whatsapp_instances set numero_telefone = null`)
    expect(line(found, 'phones')).toMatch(
      /^warn: registered with one phone: suporte and vendas → Correct the registered phone of one by instance\.update/,
    )
    expect(line(await findings(patient.env), 'phones')).toBe('ok: no two numbers have one phone')
  })

  it('has numbers without events about messages', async () => {
    // The test of the global webhook sent an event.
    await patient.sql('truncate zapfleet.event_coverage')
    expect(line(await findings(patient.env), 'events')).toBe(
      'ok: no connected number sent in the last 24 hours',
    )
    await patient.sql(`update whatsapp_instances set ultima_msg_at = now()`)
    expect(line(await findings(patient.env), 'events')).toMatch(
      /^ok: no event about messages in the last 24 hours: .*reads unproven.*EVOLUTION_WEBSOCKET=true/,
    )
    await patient.sql(`insert into zapfleet.event_coverage values ('vendas', 'websocket', now(), now())`)
    expect(line(await findings(patient.env), 'events')).toMatch(
      /^warn: 1 number covered, last by websocket; sent in the last 24 hours without an event: suporte → Let events about messages arrive/,
    )
    await patient.sql(`update whatsapp_instances set ultima_msg_at = null`)
    expect(line(await findings(patient.env), 'events')).toBe('ok: 1 number covered, last by websocket')
  })

  it('has a number whose inbound messages are dead after a logout through zapfleet', async () => {
    expect(await findings(patient.env)).not.toContainEqual(expect.objectContaining({ check: 'inbound' }))
    await patient.sql(
      `insert into zapfleet.audit (at, request_id, key_id, key_label, address, act, target, outcome)
         values (now() - interval '1 hour', 'r', 'k', 'admin', '127.0.0.1', 'instance.logout', 'vendas', 'done');
       update whatsapp_instances set conectada_em = now() - interval '30 minutes' where nome = 'vendas';
       insert into zapfleet.event_coverage values ('vendas', 'websocket', now(), now()) on conflict do nothing`,
    )
    expect(line(await findings(patient.env), 'inbound')).toMatch(
      /^warn: logged out through zapfleet and paired again, and no inbound message since: vendas → Evolution 2\.3\.6 sends no event of inbound messages .*restart Evolution/,
    )
    await patient.sql(
      `insert into zapfleet.conversations (contact_id, instance_name, last_inbound_at) values ('maria', 'vendas', now())`,
    )
    expect(await findings(patient.env)).not.toContainEqual(expect.objectContaining({ check: 'inbound' }))
  })

  it('has another program, or none, at its port', async () => {
    const page = await startStranger({ status: 200, body: 'hello' })
    expect(line(await findings(patient.env, { PORT: new URL(page.url).port }), 'api')).toMatch(
      /^fail: another program answers there/,
    )
    page.close()
    expect(line(await findings(patient.env, { PORT: String(await freePort()) }), 'api')).toMatch(
      /^warn: no API answers at .*npm start/,
    )
  })
})
