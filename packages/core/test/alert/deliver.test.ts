import { randomUUID } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { NewRoute } from '../../src/alert/alert-route.ts'
import { claimNotice } from '../../src/alert/store-notices.ts'
import { createSealer } from '../../src/ground/seal.ts'
import {
  callOf,
  createRoute,
  type Fleet,
  getRoute,
  newRouteInput,
  openAlertSender,
  updateRoute,
  watchRoutes,
} from '../../src/index.ts'
import { type Received, type Receiver, startReceiver } from '../endpoint/receiver.ts'
import { emptyTables, testFleet } from '../support/fleet.ts'

const noticed: [route: string, outcome: string, notices: number][] = []
const SECRET = 'test-secret-0123456789-abcdefghijkl'
const sender = () =>
  openAlertSender(
    { smtpUrl: null, smtpFrom: null, telegramApiUrl: 'http://127.0.0.1:9', alertsAllowPrivate: true },
    { timeoutMs: 5_000 },
  )
const { fleet, sql, clock, another } = await testFleet({
  sealer: createSealer(SECRET),
  pageUrl: 'https://fleet.example.com',
  metrics: { noticed: (...figures) => void noticed.push(figures) },
  alertSender: sender(),
})

beforeEach(async () => {
  noticed.length = 0
  clock.at = null
  await emptyTables(sql, 'zapfleet.alert_routes, zapfleet.alert_notices, zapfleet.alerts')
})

const soon = { timeout: 60_000, interval: 20 }
const QUICK = { firstMs: 10, longestMs: 40, giveUpMs: 86_400_000, claimMs: 60_000 }

/** What the leading scheduler does, until the end of the test or `stop`. */
function lead(leading: Fleet = fleet, plan = QUICK): { stop(): Promise<void> } {
  const ending = new AbortController()
  const ended = watchRoutes(callOf(leading), ending.signal, { pollEveryMs: 20, plan })
  const stop = async (): Promise<void> => {
    ending.abort()
    await ended
  }
  onTestFinished(stop)
  return { stop }
}

const route = (name: string, receiver: Pick<Receiver, 'url'>, more: object = {}) =>
  createRoute(fleet, newRouteInput.parse({ name, kind: 'webhook', url: receiver.url, ...more }) as NewRoute)

async function openAlert(subject: string, severity = 'warning', rule = 'number_down'): Promise<string> {
  const id = uuidv7()
  await sql(
    `insert into zapfleet.alerts (id, rule, severity, subject, facts, opened_at) values ($1, $2, $3, $4, '{}', clock_timestamp())`,
    [id, rule, severity, subject],
  )
  return id
}
async function notify(name: string, kind: string, alertIds: string[], at = 'now'): Promise<string> {
  const id = uuidv7()
  await sql(
    `insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before) values ($1, $2, $3, $4, $5::timestamptz, $5::timestamptz)`,
    [id, name, kind, alertIds, at],
  )
  return id
}
const close = (id: string) =>
  sql('update zapfleet.alerts set closed_at = clock_timestamp() where id = $1', [id])
const pendingOf = async (name: string) =>
  (
    await sql(
      `select kind from zapfleet.alert_notices where route = $1 and sent_at is null and gave_up_at is null order by id`,
      [name],
    )
  ).map(({ kind }) => String(kind))
const isDone = async (name: string) => expect(await pendingOf(name)).toEqual([])
/** What a receiver got, in the order of arrival: the kind and the subjects. */
const reported = ({ received }: { received: Received[] }) =>
  received.map(({ body }) => [
    body.type,
    ...body.data.alerts.map((one: { subject: string }) => one.subject).sort(),
  ])

describe('notices', () => {
  it('are sent once by each route, with a text in its language and a link', async () => {
    const [one, other] = [await startReceiver(), await startReceiver()]
    await route('one', one)
    await route('other', other, { language: 'pt-BR' })
    const id = await openAlert('loja', 'critical', 'number_banned')
    const noticeId = await notify('one', 'opened', [id])
    await notify('other', 'opened', [id])
    lead()
    await vi.waitFor(() => isDone('one'), soon)
    await vi.waitFor(() => isDone('other'), soon)
    await close(id)
    await notify('one', 'closed', [id])
    await vi.waitFor(() => isDone('one'), soon)
    expect(reported(one)).toEqual([
      ['alert.opened', 'loja'],
      ['alert.closed', 'loja'],
    ])
    expect(reported(other)).toEqual([['alert.opened', 'loja']])
    expect(one.received[0]?.id).toBe(noticeId)
    const [english, portuguese] = [one, other].map(({ received }) => received[0]?.body.data)
    expect(english.severity).toBe('critical')
    expect(english.text).toContain('https://fleet.example.com/#/numbers/loja')
    expect(portuguese.title).not.toBe(english.title)
    expect((await getRoute(fleet, { name: 'one' })).lastDelivery).toMatchObject({ ok: true, error: null })
    expect(noticed.filter(([name]) => name === 'one')).toEqual([
      ['one', 'accepted', 1],
      ['one', 'accepted', 1],
    ])
  })

  it('are not delayed by a route that is slow, broken, or whose secret does not open', async () => {
    const slow = await startReceiver(() => {})
    const broken = await startReceiver((_event, response) => void response.writeHead(500).end())
    const fast = await startReceiver()
    await route('a-slow', slow)
    await route('b-broken', broken)
    await route('c-closed', fast)
    await route('d-fast', fast)
    await sql(`update zapfleet.alert_routes set sealed = $1 where name = 'c-closed'`, [
      createSealer('other-secret-0123456789-abcdefghijk').seal('{}', 'alert_route:c-closed'),
    ])
    lead()
    for (let n = 0; n < 3; n++) {
      const id = await openAlert(`n-${n}`)
      for (const name of ['a-slow', 'b-broken', 'c-closed', 'd-fast']) await notify(name, 'opened', [id])
      await vi.waitFor(() => isDone('d-fast'), soon)
    }
    expect(reported(fast)).toEqual([
      ['alert.opened', 'n-0'],
      ['alert.opened', 'n-1'],
      ['alert.opened', 'n-2'],
    ])
    // The first attempt is still under way, or failed by its timeout.
    expect(new Set(slow.ids()).size).toBe(1)
    const lastOf = async (name: string) => (await getRoute(fleet, { name })).lastDelivery
    await vi.waitFor(async () => {
      expect(await lastOf('b-broken')).toMatchObject({ ok: false, error: 'HTTP 500' })
      expect(await lastOf('c-closed')).toMatchObject({
        ok: false,
        error: expect.stringContaining('ZAPFLEET_SECRET'),
      })
    }, soon)
  })

  it('of an outage report each open alert once afterwards, and what closed meanwhile in one digest', async () => {
    let isDown = false
    const receiver = await startReceiver(
      (_event, response) => void response.writeHead(isDown ? 503 : 204).end(),
    )
    await route('team', receiver)
    lead()
    const before = await openAlert('before')
    await notify('team', 'opened', [before])
    await vi.waitFor(() => isDone('team'), soon)
    isDown = true
    const [stays, ends, both] = [await openAlert('stays'), await openAlert('ends'), await openAlert('both')]
    await notify('team', 'opened', [stays])
    await notify('team', 'opened', [ends, both])
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(8), soon)
    for (const id of [before, ends]) {
      await close(id)
      await notify('team', 'closed', [id])
    }
    const attempts = receiver.received.length
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(attempts + 3), soon)
    isDown = false
    const tries = receiver.received.length
    await vi.waitFor(() => isDone('team'), soon)
    const accepted = reported({ received: receiver.received.slice(tries) })
    expect(accepted.filter(([type]) => type !== 'alert.digest').sort()).toEqual([
      ['alert.closed', 'before'],
      ['alert.opened', 'both'],
      ['alert.opened', 'stays'],
    ])
    expect(accepted.filter(([type]) => type === 'alert.digest')).toEqual([['alert.digest', 'ends']])
    // A repetition has the id of the first attempt.
    const ids = new Map(receiver.received.map(({ id, body }) => [id, body.type]))
    expect(ids.size).toBe(5)
    expect((await getRoute(fleet, { name: 'team' })).lastDelivery).toMatchObject({ ok: true })
  })

  it('that are refused for themselves do not hold up the others', async () => {
    const receiver = await startReceiver((event, response) => {
      response.writeHead(event.body.data.alerts[0].subject === 'odd' ? 400 : 204).end()
    })
    await route('team', receiver)
    await notify('team', 'opened', [await openAlert('odd')])
    await notify('team', 'opened', [await openAlert('even')])
    lead(fleet, { ...QUICK, firstMs: 60_000, longestMs: 60_000 })
    await vi.waitFor(() => expect(reported(receiver)).toContainEqual(['alert.opened', 'even']), soon)
    await vi.waitFor(async () => expect(await pendingOf('team')).toEqual(['opened']), soon)
  })

  it('are given up after a day, and the route reports it until it works', async () => {
    let isDown = true
    const receiver = await startReceiver(
      (_event, response) => void response.writeHead(isDown ? 500 : 204).end(),
    )
    await route('team', receiver)
    await notify('team', 'opened', [await openAlert('old')], '2000-01-01T00:00:00Z')
    lead()
    await vi.waitFor(async () => {
      const { lastDelivery } = await getRoute(fleet, { name: 'team' })
      expect(lastDelivery?.error).toBe('HTTP 500; 1 message was given up after 24 hours')
    }, soon)
    expect(noticed).toEqual([
      ['team', 'failed', 1],
      ['team', 'given_up', 1],
    ])
    isDown = false
    await notify('team', 'opened', [await openAlert('new')])
    await vi.waitFor(async () => {
      expect((await getRoute(fleet, { name: 'team' })).lastDelivery).toMatchObject({ ok: true, error: null })
    }, soon)
    expect(reported(receiver).at(-1)).toEqual(['alert.opened', 'new'])
  })

  it('are due at once when the route is changed', async () => {
    const [wrong, right] = [
      await startReceiver((_event, response) => void response.writeHead(404).end()),
      await startReceiver(),
    ]
    await route('team', wrong)
    await notify('team', 'opened', [await openAlert('loja')])
    lead(fleet, { ...QUICK, firstMs: 3_600_000, longestMs: 3_600_000 })
    await vi.waitFor(
      async () => expect((await getRoute(fleet, { name: 'team' })).lastDelivery?.ok).toBe(false),
      soon,
    )
    await updateRoute(fleet, { name: 'team', url: right.url })
    await vi.waitFor(() => expect(reported(right)).toEqual([['alert.opened', 'loja']]), soon)
  })
})

describe('a leader that is killed between the message and its result', () => {
  it('costs one repetition, with the same id, by the next one', async () => {
    const receiver = await startReceiver()
    await route('team', receiver)
    const id = await notify('team', 'opened', [await openAlert('loja')])
    // The first leader sends and dies before it stores the result.
    const dying = await another({ alertSender: sender() })
    const stalled = new Promise<never>(() => {})
    const run = dying.sql.run.bind(dying.sql)
    Object.assign(dying.sql, {
      run: (one: { name: string }, values: unknown[]) =>
        one.name.includes('alert_notice_sent') ? stalled : run(one as never, values),
    })
    void watchRoutes(callOf(dying), new AbortController().signal, { pollEveryMs: 20, plan: QUICK })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), soon)
    // The next one waits until the attempt cannot be under way any more.
    lead()
    await new Promise((done) => setTimeout(done, 300))
    expect(receiver.received).toHaveLength(1)
    await sql(`update zapfleet.alert_notices set not_before = clock_timestamp() where id = $1`, [id])
    await vi.waitFor(() => isDone('team'), soon)
    expect(receiver.received.map((event) => event.id)).toEqual([id, id])
  })

  it('and two leaders at a time do not send the same notice twice', async () => {
    const receiver = await startReceiver()
    await route('team', receiver)
    const ids = []
    for (let n = 0; n < 30; n++) ids.push(await notify('team', 'opened', [await openAlert(`n-${n}`)]))
    lead()
    lead(await another({ alertSender: sender() }))
    await vi.waitFor(() => isDone('team'), soon)
    expect(receiver.received.map(({ id }) => id).sort()).toEqual([...ids].sort())
  })

  it('one of two takes an attempt', async () => {
    await route('team', { url: 'http://127.0.0.1:9/' })
    const id = await notify('team', 'opened', [await openAlert('loja')])
    const claims = await Promise.all([1, 2, 3].map(() => claimNotice(fleet, { id, tries: 0 }, 1_000)))
    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(await claimNotice(fleet, { id: randomUUID(), tries: 0 }, 1_000)).toBe(false)
  })
})

describe('quiet hours', () => {
  const night = { quietHours: { from: '22:00', to: '07:00' } }

  it('over midnight report critical alerts at once, and the others in one digest in the morning', async () => {
    clock.set('2026-11-30T02:00:00Z')
    const receiver = await startReceiver()
    await route('team', receiver, night)
    const ids = await Promise.all(['a', 'b'].map((name) => openAlert(name)))
    const banned = await openAlert('banned', 'critical', 'number_banned')
    await notify('team', 'opened', [...ids, banned], '2026-11-30T01:59:59Z')
    lead()
    await vi.waitFor(() => expect(reported(receiver)).toEqual([['alert.opened', 'banned']]), soon)
    clock.set('2026-11-30T05:00:00Z')
    await close(ids[0] as string)
    await notify('team', 'closed', [ids[0] as string], '2026-11-30T05:00:00Z')
    clock.set('2026-11-30T09:59:59Z')
    await new Promise((done) => setTimeout(done, 200))
    expect(receiver.received).toHaveLength(1)
    clock.set('2026-11-30T10:00:00Z')
    await vi.waitFor(() => isDone('team'), soon)
    expect(reported(receiver).slice(1)).toEqual([['alert.digest', 'a', 'b']])
  })
})
