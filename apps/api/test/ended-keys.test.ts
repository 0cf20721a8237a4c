import { request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openStream } from './event-stream.ts'
import { ADMIN_KEY, BOT_KEY, call } from './fleet-api.ts'
import { type SomeApis, startSomeApis } from './some-apis.ts'

// Two API processes over one database: calls with a key that ends, and limits of one key beside others.

let apis: SomeApis

beforeAll(async () => {
  const environment = { SEED_INSTANCES: 'one,two', KEY_STREAMS: '3' }
  apis = await startSomeApis([environment, environment])
})
afterAll(() => apis?.close())

const here = () => apis.addresses[0] as string
const there = () => apis.addresses[1] as string

const act = (path: string, body: object, key = ADMIN_KEY, address = here()) =>
  call(`${address}/trpc/${path}`, { key, body })

type Made = { key: { id: string }; secret: string }
async function make(role = 'admin', more: object = {}): Promise<Made> {
  const { status, body } = await act('key.create', { label: `a ${role}`, role, ...more })
  expect(status).toBe(200)
  return body.result.data
}

/** Waits until both processes accept the key. */
async function known({ secret }: Made): Promise<void> {
  for (const address of apis.addresses)
    expect((await call(`${address}/trpc/key.whoAmI`, { key: secret })).status).toBe(200)
}

/** Sends the headers of a POST, and the body later. */
function slowPost(url: string, key: string, body: object) {
  const text = JSON.stringify(body)
  const sending = httpRequest(url, {
    method: 'POST',
    headers: {
      'x-api-key': key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    },
  })
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    sending.once('error', reject)
    sending.once('response', async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, text })
    })
  })
  sending.write(text.slice(0, 1))
  return { finish: () => sending.end(text.slice(1)), answered }
}

describe('a call whose key ends before its body is complete', () => {
  const calls: [string, string, object][] = [
    ['tRPC', '/trpc/key.create', { label: 'made by a revoked key', role: 'admin' }],
    ['/v1', '/v1/reservations', { contactId: 'c-1' }],
    ['a Portuguese route', '/admin/instances', { nome: 'made-by-a-revoked-key' }],
  ]
  it.each(calls)('is refused over %s, in both processes', async (_way, path, body) => {
    const key = await make()
    await known(key)
    const posts = apis.addresses.map((address) => slowPost(`${address}${path}`, key.secret, body))
    await sleep(200)
    expect((await act('key.revoke', { id: key.key.id })).status).toBe(200)
    await sleep(2_000)
    for (const { finish } of posts) finish()
    for (const { answered } of posts) expect((await answered).status).toBe(401)
    const { rows } = await apis.sql.query(
      `select (select count(*)::int from zapfleet.api_keys where label = 'made by a revoked key') keys,
        (select count(*)::int from zapfleet.reservations) reservations,
        (select count(*)::int from whatsapp_instances where nome = 'made-by-a-revoked-key') instances`,
    )
    expect(rows[0]).toEqual({ keys: 0, reservations: 0, instances: 0 })
  })
})

describe('streams', () => {
  const endings: [string, (key: Made) => Promise<unknown>][] = [
    ['is revoked', ({ key }) => act('key.revoke', { id: key.id })],
    ['is replaced without a grace', ({ key }) => act('key.rotate', { id: key.id, graceSeconds: 0 })],
    [
      'expires',
      ({ key }) =>
        apis.sql.query('update zapfleet.api_keys set expires_at = clock_timestamp() where id = $1', [key.id]),
    ],
  ]
  it.each(endings)(
    'end in both processes when their key %s, and those of other keys continue',
    async (_how, end) => {
      const key = await make('viewer')
      await known(key)
      const streams = await Promise.all(
        apis.addresses.map((address) => openStream(address, { key: key.secret })),
      )
      const others = await Promise.all(
        apis.addresses.map((address) => openStream(address, { key: ADMIN_KEY })),
      )
      let othersEnded = 0
      for (const other of others) other.ended.then(() => othersEnded++)
      await sleep(600)
      await end(key)
      await Promise.race([
        Promise.all(streams.map((stream) => stream.ended)),
        sleep(4_000).then(() => {
          throw new Error('a stream outlived its key')
        }),
      ])
      expect(othersEnded).toBe(0)
      for (const other of others) other.close()
    },
  )

  it('of a pairing end with their key as well', async () => {
    const key = await make('admin')
    await known(key)
    const { status } = await act('instance.create', { name: 'to-pair' })
    expect(status).toBe(200)
    const input = encodeURIComponent(JSON.stringify({ name: 'to-pair' }))
    const response = await fetch(`${there()}/trpc/instance.onPairing?input=${input}`, {
      headers: { 'x-api-key': key.secret, accept: 'text/event-stream' },
    })
    expect(response.status).toBe(200)
    await act('key.revoke', { id: key.key.id })
    const drained = (async () => {
      for await (const _ of response.body ?? []);
      return 'closed'
    })().catch(() => 'cut')
    expect(await Promise.race([drained, sleep(4_000).then(() => 'open')])).not.toBe('open')
  })
})

describe('limits', () => {
  it.each([
    'key.whoAmI%252Ckey.whoAmI?batch=1',
    'key.whoAmI%252ckey.whoAmI?batch=1',
    'key.whoAmI%25252Ckey.whoAmI?batch=1',
    'key.whoAmI,key.whoAmI%252Ckey.whoAmI?batch=1&batch=0',
    'instance%252EonChange',
    'instance%252eonChange',
  ])('a path that is encoded twice is refused: %s', async (path) => {
    for (const address of apis.addresses) {
      const { status, body } = await call(`${address}/trpc/${path}`, { key: ADMIN_KEY })
      expect(status).toBe(400)
      expect(body.error.data.fleet.code).toBe('INVALID_INPUT')
    }
  })

  it('count a path that is encoded once as what it calls: calls of a batch and streams', async () => {
    const batch = await call(`${here()}/trpc/key.whoAmI%2ckey.whoAmI?batch=1&input=%7B%7D`, { key: BOT_KEY })
    expect(batch.body).toHaveLength(2)
    const { secret } = await make('viewer')
    const opened: AbortController[] = []
    const open = async () => {
      const abort = new AbortController()
      opened.push(abort)
      const { signal } = abort
      const headers = { 'x-api-key': secret }
      return (await fetch(`${here()}/trpc/instance%2EonChange`, { headers, signal })).status
    }
    expect([await open(), await open(), await open(), await open()]).toEqual([200, 200, 200, 429])
    for (const abort of opened) abort.abort()
  })

  it('leave a "%" in a field of a /v1 path as part of the field', async () => {
    const { status, body } = await call(`${here()}/v1/contacts/100%2525`, { key: BOT_KEY })
    expect(status).toBe(200)
    expect(body.id).toBe('100%25')
  })

  it('refuse a batch of more than 64 reads with a sentence', async () => {
    const list = (count: number) =>
      call(`${here()}/trpc/${Array(count).fill('instance.list').join()}?batch=1&input=%7B%7D`, {
        key: BOT_KEY,
      })
    const { status, body } = await list(356)
    expect(status).toBe(400)
    expect(body.error.message).toBe(
      'Expected at most 64 calls in a batch of reads, got 356. Send them in several batches.',
    )
    expect((await list(64)).status).toBe(200)
  })

  it('let one key run few reads at once in each process, share equal ones, and do not delay reserves', async () => {
    const viewer = await make('viewer')
    const { secret } = viewer
    // A process reads its keys at most ten times a second, so the calls below could pass each other at the check of a new key.
    await known(viewer)
    await apis.sql.query('update whatsapp_instances set status = $1', ['connected'])
    const reserve = (address: string, n: number) =>
      call(`${address}/v1/reservations`, { key: BOT_KEY, body: { contactId: `reads-${n}` } })
    for (const address of apis.addresses) expect(await reserve(address, 0)).toMatchObject({ status: 200 })
    const blocker = new pg.Client({ connectionString: apis.database.url })
    await blocker.connect()
    await blocker.query('begin')
    // Reads of the events' table wait; claims do not touch it.
    await blocker.query('lock table zapfleet.events in access exclusive mode')
    const waiting = async () =>
      (
        await apis.sql.query(
          // The event feed of each process may wait for the table as well.
          `select count(*)::int n from pg_locks l join pg_stat_activity a using (pid)
           where l.relation = 'zapfleet.events'::regclass and a.datname = current_database() and not l.granted and a.query like '%from_status%e.instance_name = $1%'`,
        )
      ).rows[0].n
    const refusedReads = async (address: string): Promise<number> => {
      const answer = await fetch(`${address}/metrics`, { headers: { 'x-api-key': ADMIN_KEY } })
      return Number(
        /^zapfleet_rate_limited_total\{limit="reads"[^}]*\} (\d+)$/m.exec(await answer.text())?.[1],
      )
    }
    const history = (address: string, limits: number[]) => {
      const inputs = Object.fromEntries(limits.map((limit, i) => [i, { name: 'one', limit }]))
      const path = limits.map(() => 'instance.history').join()
      return call(`${address}/trpc/${path}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`, {
        key: secret,
      })
    }
    try {
      const equal = Array.from({ length: 6 }, () => history(here(), Array(30).fill(7)))
      await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 60_000 })
      const different = Array.from({ length: 6 }, (_, n) =>
        history(
          there(),
          [0, 1, 2, 3, 4].map((i) => 1 + n * 5 + i),
        ),
      )
      await vi.waitFor(async () => expect(await waiting()).toBe(4), { timeout: 60_000 })
      // Together, because the reads above give up after some seconds.
      const reserves = Array.from({ length: 20 }, (_, n) => reserve(apis.addresses[n % 2] as string, n))
      expect((await Promise.all(reserves)).filter(({ status }) => status !== 200)).toEqual([])
      expect(await waiting()).toBe(4)
      const answers = Array.from({ length: 4 }, () => history(there(), Array(60).fill(99)))
      await vi.waitFor(async () => expect(await refusedReads(there())).toBeGreaterThan(0), {
        timeout: 60_000,
      })
      await blocker.query('rollback')
      const read = await Promise.all([...equal, ...different])
      expect(read.filter(({ status }) => status !== 200)).toEqual([])
      const refused = (await Promise.all(answers)).flatMap(({ body }) => body).filter((one) => one.error)
      expect(refused.length).toBeGreaterThan(0)
      for (const { error } of refused) expect(error.data.fleet.code).toBe('RATE_LIMITED')
    } finally {
      await blocker.end()
    }
  })
})
