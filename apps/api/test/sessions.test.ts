import { request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ADMIN_KEY, BOT_KEY, call } from './fleet-api.ts'
import { type SomeApis, startSomeApis } from './some-apis.ts'

// Two API processes over one database; the second is reached over HTTPS from outside.

const PAGE = { 'x-zapfleet-session': '1', 'sec-fetch-site': 'same-origin' }

let apis: SomeApis

beforeAll(async () => {
  const environment = {
    LOG_LEVEL: 'debug',
    SEED_INSTANCES: 'one',
    CORS_ORIGINS: 'https://other.example.com',
  }
  apis = await startSomeApis([environment, { ...environment, PAGE_URL: 'https://fleet.example.com' }])
})
afterAll(() => apis?.close())

const start = (more: Record<string, string>) => apis.start({ LOG_LEVEL: 'debug', ...more })

const here = () => apis.addresses[0] as string
const there = () => apis.addresses[1] as string

type Made = { key: { id: string }; secret: string }
async function make(role = 'admin', more: object = {}): Promise<Made> {
  const body = { label: `a ${role}`, role, ...more }
  return (await call(`${here()}/trpc/key.create`, { key: ADMIN_KEY, body })).body.result.data
}

/** A browser: keeps the cookie of one process, and sends it under the name that the other expects. */
type Browser = { secret: string; id: string; setCookie: string }

const signIn = (address: string, key: string, headers: Record<string, string> = PAGE) =>
  call(`${address}/session`, { method: 'POST', key, headers })

async function browser(key: string, address = here()): Promise<Browser> {
  const { status, headers, body } = await signIn(address, key)
  expect(status).toBe(200)
  const setCookie = headers.get('set-cookie') ?? ''
  const [, secret = ''] = /^[^=]+=([^;]+);/.exec(setCookie) ?? []
  return { secret, id: body.session.id, setCookie }
}

const cookieOf = (address: string, { secret }: Browser) =>
  `a=b; zapfleet_session_${new URL(address).port}=${secret}; c=d`

const as = (address: string, one: Browser, headers: Record<string, string> = PAGE) => ({
  ...headers,
  cookie: cookieOf(address, one),
})

const whoAmI = (address: string, one: Browser, headers: Record<string, string> = PAGE) =>
  call(`${address}/trpc/key.whoAmI`, { headers: as(address, one, headers) })

async function openStream(address: string, one: Browser) {
  const response = await fetch(`${address}/trpc/instance.onChange`, {
    headers: { ...as(address, one), accept: 'text/event-stream' },
  })
  expect(response.status).toBe(200)
  let isOpen = true
  const ended = (async () => {
    for await (const _ of response.body ?? []);
  })()
    .catch(() => {})
    .then(() => {
      isOpen = false
    })
  return { ended, isOpen: () => isOpen, close: () => response.body?.cancel().catch(() => {}) }
}

/** Both processes refuse the session, and its streams are cut. */
async function expectEnd(one: Browser, end: () => Promise<unknown>): Promise<void> {
  for (const address of apis.addresses) expect((await whoAmI(address, one)).status).toBe(200)
  const streams = await Promise.all(apis.addresses.map((address) => openStream(address, one)))
  await sleep(400)
  await end()
  await Promise.race([
    Promise.all(streams.map(({ ended }) => ended)),
    sleep(60_000, undefined, { ref: false }).then(() => {
      throw new Error('a stream outlived its session')
    }),
  ])
  for (const address of apis.addresses)
    await vi.waitFor(async () => expect((await whoAmI(address, one)).status).toBe(401), { timeout: 60_000 })
}

describe('a sign-in', () => {
  it('sets a cookie that only this server reads, and both processes accept it', async () => {
    const { setCookie, secret } = await browser(ADMIN_KEY)
    expect(setCookie).toMatch(
      /^zapfleet_session_\d+=zf_session_[\w-]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    )
    const one = { secret, setCookie, id: '' }
    for (const address of apis.addresses) {
      const { status, body } = await whoAmI(address, one)
      expect(status).toBe(200)
      expect(body.result.data).toMatchObject({ role: 'admin', label: 'ADMIN_API_KEY' })
    }
  })

  it('with a key of pools is bound to them, in both processes', async () => {
    const one = await browser((await make('viewer', { pools: ['vendas'] })).secret)
    for (const address of apis.addresses) {
      const headers = as(address, one)
      expect((await whoAmI(address, one)).body.result.data).toMatchObject({ pools: ['vendas'] })
      expect((await call(`${address}/session`, { headers })).body.session).toMatchObject({
        pools: ['vendas'],
      })
      expect((await call(`${address}/trpc/instance.list`, { headers })).body.result.data).toEqual([])
      expect((await call(`${address}/trpc/alert.list`, { headers })).status).toBe(403)
    }
    const whole = as(here(), await browser(ADMIN_KEY))
    const { body } = await call(`${here()}/session`, { headers: whole })
    expect(body.session).toMatchObject({ pools: null })
    expect((await call(`${here()}/trpc/instance.list`, { headers: whole })).body.result.data).toHaveLength(1)
  })

  it('is Secure where PAGE_URL is https', async () => {
    const { setCookie } = await browser(ADMIN_KEY, there())
    expect(setCookie).toMatch(/^__Host-zapfleet_session_\d+=.*; HttpOnly; SameSite=Strict; Secure$/)
    const { headers } = await signIn(there(), ADMIN_KEY, { ...PAGE, origin: there() })
    expect(headers.get('set-cookie')).not.toContain('Secure')
  })

  it('allows what its key may do: a viewer reads, a bot is refused', async () => {
    const viewer = await browser((await make('viewer')).secret)
    expect((await whoAmI(here(), viewer)).body.result.data.role).toBe('viewer')
    const pause = await call(`${here()}/trpc/instance.update`, {
      headers: as(here(), viewer),
      body: { name: 'one', paused: true },
    })
    expect(pause.status).toBe(403)
    const bot = await signIn(here(), BOT_KEY)
    expect(bot.status).toBe(403)
    expect(bot.headers.get('set-cookie')).toBeNull()
    expect(bot.body.error.code).toBe('FORBIDDEN')
  })

  it('stores nothing that opens a session, and logs neither key nor session', async () => {
    const made = await make()
    const { secret, id } = await browser(made.secret)
    const { rows } = await apis.sql.query('select s::text as row from zapfleet.sessions s where s.id = $1', [
      id,
    ])
    expect(rows).toHaveLength(1)
    expect(rows[0].row).not.toContain(secret.slice(24))
    const log = apis.processes.map((process) => process.stdout() + process.stderr()).join('')
    expect(log).toContain('a browser signed in')
    for (const one of [secret.slice(24), made.secret.slice(24)]) expect(log).not.toContain(one)
  })

  it('is accepted by tRPC alone: the APIs for programs need keys', async () => {
    const one = await browser(ADMIN_KEY)
    const headers = as(here(), one)
    for (const path of ['/v1/instances', '/metrics', '/admin/instances/one/qrcode'])
      expect((await fetch(`${here()}${path}`, { headers })).status).toBe(401)
    // A session cannot start another one.
    expect((await call(`${here()}/session`, { method: 'POST', headers })).status).toBe(401)
  })

  it('reads as null without a session, which is no error', async () => {
    const { status, body } = await call(`${here()}/session`, { headers: PAGE })
    expect([status, body]).toEqual([200, { session: null, others: [] }])
    const stranger = { secret: `zf_session_${'a'.repeat(12)}_${'b'.repeat(43)}`, id: '', setCookie: '' }
    const unknown = await call(`${here()}/session`, { headers: as(here(), stranger) })
    expect([unknown.status, unknown.body]).toEqual([200, { session: null, others: [] }])
    expect(unknown.headers.get('set-cookie')).toContain('Max-Age=0')
    const refused = await whoAmI(here(), stranger)
    expect([refused.status, refused.body.error.data.fleet.code]).toEqual([401, 'UNAUTHORIZED'])
    expect(refused.headers.get('set-cookie')).toContain('Max-Age=0')
  })
})

describe('a page of another origin', () => {
  const foreign: [string, Record<string, string>][] = [
    ['another site', { ...PAGE, 'sec-fetch-site': 'cross-site' }],
    ['another port of the same site', { ...PAGE, 'sec-fetch-site': 'same-site' }],
    [
      'an origin that CORS_ORIGINS allows',
      { 'x-zapfleet-session': '1', origin: 'https://other.example.com' },
    ],
    ['an origin without a name', { 'x-zapfleet-session': '1', origin: 'null' }],
  ]
  it.each(foreign)('neither signs in nor uses a session: %s', async (_who, headers) => {
    const one = await browser(ADMIN_KEY)
    const signedIn = await signIn(here(), ADMIN_KEY, headers)
    expect([signedIn.status, signedIn.headers.get('set-cookie')]).toEqual([403, null])
    expect((await whoAmI(here(), one, headers)).status).toBe(403)
    const read = await call(`${here()}/session`, { headers: as(here(), one, headers) })
    expect([read.status, read.body.error.code]).toEqual([403, 'FORBIDDEN'])
    const body = { label: 'made by a foreign page', role: 'admin' }
    const act = await call(`${here()}/trpc/key.create`, { headers: as(here(), one, headers), body })
    expect(act.status).toBe(403)
    for (const path of ['/session', '/session/all', `/session/${one.id}`]) {
      const ended = await call(`${here()}${path}`, { method: 'DELETE', headers: as(here(), one, headers) })
      expect(ended.status).toBe(403)
    }
    expect((await whoAmI(here(), one)).status).toBe(200)
    const { rows } = await apis.sql.query(
      `select from zapfleet.api_keys where label = 'made by a foreign page'`,
    )
    expect(rows).toHaveLength(0)
  })

  it('has no session without the header that needs a preflight, and the preflight does not allow it', async () => {
    const one = await browser(ADMIN_KEY)
    const { cookie } = as(here(), one)
    expect((await call(`${here()}/trpc/key.whoAmI`, { headers: { cookie } })).status).toBe(401)
    const preflight = await fetch(`${here()}/trpc/key.whoAmI`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://other.example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-zapfleet-session',
      },
    })
    expect(preflight.headers.get('access-control-allow-headers')).not.toContain('x-zapfleet-session')
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('a session ends in both processes, and its streams with it,', () => {
  const callAdmin = (path: string, body: object) => call(`${here()}/trpc/${path}`, { key: ADMIN_KEY, body })
  const endings: [string, (made: Made, one: Browser) => Promise<unknown>][] = [
    ['its key is revoked', ({ key }) => callAdmin('key.revoke', { id: key.id })],
    [
      'its key is replaced without a grace',
      ({ key }) => callAdmin('key.rotate', { id: key.id, graceSeconds: 0 }),
    ],
    [
      'its key expires',
      ({ key }) =>
        apis.sql.query('update zapfleet.api_keys set expires_at = clock_timestamp() where id = $1', [key.id]),
    ],
    [
      'it expires',
      (_made, { id }) =>
        apis.sql.query('update zapfleet.sessions set expires_at = clock_timestamp() where id = $1', [id]),
    ],
    [
      'its browser signs out',
      (_made, one) => call(`${here()}/session`, { method: 'DELETE', headers: as(here(), one) }),
    ],
  ]
  it.each(endings)('when %s', async (_how, end) => {
    const made = await make()
    const one = await browser(made.secret)
    const other = await browser(ADMIN_KEY)
    await expectEnd(one, () => end(made, one))
    expect((await whoAmI(there(), other)).status).toBe(200)
  })

  it('when another browser of its key signs out everywhere', async () => {
    const made = await make('viewer')
    const [one, two] = [await browser(made.secret), await browser(made.secret)]
    const other = await browser(ADMIN_KEY)
    await expectEnd(one, async () => {
      const { status, headers } = await call(`${there()}/session/all`, {
        method: 'DELETE',
        headers: as(there(), two),
      })
      expect(status).toBe(204)
      expect(headers.get('set-cookie')).toContain('Max-Age=0')
    })
    expect((await whoAmI(there(), two)).status).toBe(401)
    expect((await whoAmI(there(), other)).status).toBe(200)
    // The key itself stays valid.
    expect((await call(`${here()}/trpc/key.whoAmI`, { key: made.secret })).status).toBe(200)
  })

  it('when it is ended from the list, and only by a browser of its own key', async () => {
    const made = await make('viewer')
    const [one, two] = [await browser(made.secret), await browser(made.secret)]
    const other = await browser((await make('viewer')).secret)
    const { body } = await call(`${here()}/session`, { headers: as(here(), two) })
    expect(body.session).toMatchObject({ id: two.id, label: 'a viewer', role: 'viewer', browser: 'unknown' })
    expect(body.session.address).toBe('127.0.0.*')
    expect(body.others.map(({ id }: Browser) => id)).toEqual([one.id])
    const end = (by: Browser) =>
      call(`${here()}/session/${one.id}`, { method: 'DELETE', headers: as(here(), by) })
    expect((await end(other)).status).toBe(404)
    const odd = `${here()}/session/x%00y`
    expect((await call(odd, { method: 'DELETE', headers: as(here(), two) })).status).toBe(404)
    await expectEnd(one, async () => expect((await end(two)).status).toBe(204))
  })

  it('also for a call whose body is complete only afterwards', async () => {
    const made = await make()
    const one = await browser(made.secret)
    const text = JSON.stringify({ label: 'made by an ended session', role: 'admin' })
    const sending = httpRequest(`${there()}/trpc/key.create`, {
      method: 'POST',
      headers: {
        ...as(there(), one),
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
    })
    const answered = new Promise<number>((resolve, reject) => {
      sending.once('error', reject)
      sending.once('response', (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
    })
    sending.write(text.slice(0, 1))
    await sleep(200)
    await call(`${here()}/session`, { method: 'DELETE', headers: as(here(), one) })
    await sleep(2_000)
    sending.end(text.slice(1))
    expect(await answered).toBe(401)
    const { rows } = await apis.sql.query(
      `select from zapfleet.api_keys where label = 'made by an ended session'`,
    )
    expect(rows).toHaveLength(0)
  })

  it('when ADMIN_API_KEY has another value after a restart', async () => {
    const one = await browser(ADMIN_KEY)
    const address = await start({ ADMIN_API_KEY: 'zf_admin_another-for-tests-9876543210' })
    expect((await whoAmI(address, one)).status).toBe(401)
    expect((await whoAmI(here(), one)).status).toBe(200)
  })
})

it('the least used of a hundred sessions of a key is ended for one more', async () => {
  const made = await make('viewer')
  const first = await browser(made.secret)
  await apis.sql.query(
    `insert into zapfleet.sessions (id, digest, key_id, key_digest, created_at, expires_at, address, browser)
      select 'filled-' || n, '\\x00', key_id, key_digest, created_at + interval '1 second', expires_at, address, browser
      from zapfleet.sessions, generate_series(1, 99) n where id = $1`,
    [first.id],
  )
  await browser(made.secret)
  await vi.waitFor(async () => expect((await whoAmI(here(), first)).status).toBe(401), { timeout: 60_000 })
  const { rows } = await apis.sql.query('select count(*)::int n from zapfleet.sessions where key_id = $1', [
    made.key.id,
  ])
  expect(rows[0].n).toBe(100)
})

it('wrong keys at the sign-in count against the limit, sessions that ended do not, and a right key is accepted', async () => {
  const address = await start({ WRONG_KEYS_PER_MINUTE: '2' })
  const made = await make()
  const one = await browser(made.secret, address)
  await call(`${address}/session`, { method: 'DELETE', headers: as(address, one) })
  for (let n = 0; n < 5; n++) expect((await whoAmI(address, one)).status).toBe(401)
  const wrong = () => signIn(address, 'zf_admin_wrong-0123456789-0123456789')
  const answers = [await wrong(), await wrong(), await wrong()]
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 429])
  expect(answers[2]?.body.error.code).toBe('RATE_LIMITED')
  for (const { headers } of answers) expect(headers.get('set-cookie')).toBeNull()
  expect((await signIn(address, made.secret)).status).toBe(200)
})

it('reading the session counts as a call of its key', async () => {
  const address = await start({ KEY_CALLS_PER_SECOND: '1' })
  const made = await make('viewer')
  const one = await browser(made.secret, address)
  // At once: on a busy machine ten calls in a row may take as long as the limit allows.
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => call(`${address}/session`, { headers: as(address, one) })),
  )
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses[0]).toBe(200)
  expect(statuses.at(-1)).toBe(429)
})
