import { type Evolution, EvolutionError } from '@zapfleet/evolution'
import { beforeEach, expect, it } from 'vitest'
import {
  callOf,
  countOpenAlerts,
  evaluateAlerts,
  type Fleet,
  listAlerts,
  watchAlerts,
} from '../../src/index.ts'
import { registerInstance } from '../../src/provisioning/register-instance.ts'
import { addInstances, clearFleet, emptyTables, testFleet } from '../support/fleet.ts'

/** What `connectionState` does of Evolution: with `findWebhook` it is all that an evaluation calls. */
let answer: () => Promise<unknown> = async () => null
const evolution = {
  connectionState: () => answer(),
  findWebhook: async () => null,
  forRequest: () => evolution,
} as unknown as Evolution
const { fleet, sql, clock, another } = await testFleet({ evolution })

beforeEach(async () => {
  answer = async () => ({ state: 'open' })
  await clearFleet(sql)
  await emptyTables(
    sql,
    'zapfleet.alerts, zapfleet.alert_notices, zapfleet.alert_routes, zapfleet.event_coverage, zapfleet.job_runs, zapfleet.webhook_endpoints, zapfleet.message_lanes, zapfleet.events',
  )
  await sql(`update zapfleet.alert_evaluation set at = null, pending = '[]'`)
  clock.set('2026-05-05T12:00:00Z')
})

const MINUTE = 60_000
const evaluate = (by: Fleet = fleet) => evaluateAlerts(callOf(by))

/** Moves the clock on. */
function pass(ms: number): void {
  clock.at = new Date((clock.at as Date).getTime() + ms)
}

/** Evaluations each minute. */
async function passMinutes(minutes: number): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    pass(MINUTE)
    await evaluate()
  }
}

/** Numbers get this status now. */
async function turn(names: string[], status: string, reason: string | null): Promise<void> {
  await sql(
    `update whatsapp_instances set status = $2, status_motivo = $3, status_desde = $4, verificada_em = $4, ultima_msg_at = $4 where nome = any($1)`,
    [names, status, reason, clock.at],
  )
}

async function addRoute(name: string, minSeverity = 'warning'): Promise<void> {
  await sql(
    `insert into zapfleet.alert_routes (name, kind, address, min_severity, created_at) values ($1, 'slack', '{}', $2, now())`,
    [name, minSeverity],
  )
}

/** Notices as route, kind and how many alerts, in the order of their making. */
async function notices(): Promise<string[]> {
  const rows = await sql(
    `select route || ' ' || kind || ' ' || cardinality(alert_ids) as text from zapfleet.alert_notices order by created_at, route, kind desc`,
  )
  return rows.map(({ text }) => text as unknown as string)
}

const open = async (by: Fleet = fleet): Promise<string[]> =>
  (await listAlerts(by, { open: true, limit: 200 })).map(({ rule, subject }) => `${rule} ${subject}`).sort()

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `n${String(n).padStart(5, '0')}`)

async function evolutionAway(): Promise<never> {
  throw new EvolutionError({
    code: 'EVOLUTION_UNREACHABLE',
    message: 'away',
    call: 'connectionState',
    maybeActed: false,
  })
}

it('a banned number opens an alert with a notice for each route that is notified of it, and its end another', async () => {
  await addInstances(sql, ['loja', 'vendas'])
  await addRoute('all', 'info')
  await addRoute('urgent', 'critical')
  await turn(['loja'], 'banned', 'BANNED')
  expect(await evaluate()).toMatchObject({ opened: 1, closed: 0, notices: 2 })
  pass(5_000)
  expect(await evaluate()).toMatchObject({ opened: 0, notices: 0 })
  await addRoute('later')
  await turn(['loja'], 'connected', null)
  await passMinutes(6)
  expect(await notices()).toEqual(['all opened 1', 'urgent opened 1', 'all closed 1', 'urgent closed 1'])
  expect(await listAlerts(fleet, { limit: 10 })).toMatchObject([
    {
      rule: 'number_banned',
      severity: 'critical',
      subject: 'loja',
      openedAt: '2026-05-05T12:00:00.000Z',
      cause: null,
      notified: [],
      text: {
        en: expect.stringContaining('no longer banned'),
        'pt-BR': expect.stringContaining('desbloqueado'),
      },
    },
  ])
})

it('a less urgent alert is reported to no route that wants critical ones, also at its end', async () => {
  await addInstances(sql, ['loja', 'vendas'])
  await addRoute('urgent', 'critical')
  await turn(['loja'], 'disconnected', 'LOGGED_OUT_BY_PHONE')
  await passMinutes(3)
  expect(await open()).toEqual(['number_down loja'])
  const counts = await countOpenAlerts(fleet)
  expect(counts).toContainEqual({ rule: 'number_down', severity: 'warning', open: 1 })
  expect(counts).toContainEqual({ rule: 'number_banned', severity: 'critical', open: 0 })
  await turn(['loja'], 'connected', null)
  await passMinutes(7)
  expect(await open()).toEqual([])
  expect(await notices()).toEqual([])
})

it('a server with 50 numbers falls: one notice within a minute, and one when it is back', async () => {
  await addInstances(sql, names(50))
  await addRoute('ops')
  answer = evolutionAway
  for (let n = 0; n < 6; n++) {
    await evaluate()
    pass(5_000)
  }
  expect(await notices()).toEqual(['ops opened 1'])
  await turn(names(50), 'unknown', 'EVOLUTION_UNREACHABLE')
  await passMinutes(10)
  expect(await open()).toHaveLength(52)
  answer = async () => ({ state: 'open' })
  await turn(names(50), 'connected', null)
  await passMinutes(8)
  expect(await notices()).toEqual(['ops opened 1', 'ops closed 1'])
  expect(await open()).toEqual([])
})

it('of two leaders that evaluate at a time each change is stored once', async () => {
  await addInstances(sql, names(20))
  await addRoute('ops')
  await turn(names(20), 'banned', 'BANNED')
  const second = await another()
  const evaluations = await Promise.all(
    Array.from({ length: 8 }, (_, n) => evaluate(n % 2 === 0 ? fleet : second)),
  )
  expect(evaluations.reduce((sum, { opened }) => sum + opened, 0)).toBe(21)
  expect(await open()).toHaveLength(21)
  expect(await notices()).toEqual(['ops wave 1', 'ops opened 20'])
})

it('an evaluation that read before another stored changes nothing', async () => {
  await addInstances(sql, ['loja', 'vendas'])
  await addRoute('ops')
  await turn(['loja'], 'banned', 'BANNED')
  // The first one has read the version, and waits for Evolution of the next: here it is stopped between reading and storing.
  const late = new Proxy(fleet, {
    get(target, name, receiver) {
      if (name !== 'sql') return Reflect.get(target, name, receiver)
      return new Proxy(target.sql, {
        get(real, call) {
          if (call !== 'run') return Reflect.get(real, call)
          return async (statement: { name: string }, values: unknown[]) => {
            if (statement.name.startsWith('zapfleet_store_alerts')) {
              await turn(['loja'], 'connected', null)
              await evaluate()
            }
            return real.run(statement as never, values)
          }
        },
      })
    },
  })
  expect(await evaluateAlerts(callOf(late))).toEqual({ version: null, opened: 0, closed: 0, notices: 0 })
  expect(await open()).toEqual([])
  expect(await notices()).toEqual([])
})

it('another process continues where the leader was killed', async () => {
  await addInstances(sql, ['loja', 'vendas'])
  await addRoute('ops')
  await turn(['loja'], 'disconnected', 'LOGGED_OUT_BY_PHONE')
  await evaluate()
  const second = await another()
  pass(2 * MINUTE)
  await evaluate(second)
  await evaluate()
  await turn(['loja'], 'connected', null)
  for (let n = 0; n < 7; n++) {
    pass(MINUTE)
    await evaluate(n % 2 === 0 ? fleet : second)
  }
  expect(await notices()).toEqual(['ops opened 1', 'ops closed 1'])
})

it('a time without evaluations is an alert where the scheduler died, and none where it was stopped', async () => {
  await addInstances(sql, ['loja'])
  await evaluate()
  pass(10 * MINUTE)
  await evaluate()
  expect(await open()).toEqual(['no_polling fleet'])
  await passMinutes(6)
  expect(await open()).toEqual([])
  pass(20_000)
  const ending = new AbortController()
  const watching = watchAlerts(callOf(fleet), ending.signal, { everyMs: 1 })
  const version = async () =>
    (await sql('select version::text as version from zapfleet.alert_evaluation'))[0]?.version
  const before = await version()
  while ((await version()) === before) await new Promise((resolve) => setTimeout(resolve, 5))
  ending.abort()
  await watching
  pass(60 * MINUTE)
  await evaluate()
  expect(await open()).toEqual([])
})

it('an evaluation that changes nothing is stored each 15 s, each change at once, and each one while something is pending', async () => {
  await addInstances(sql, ['loja'])
  const stored = async () =>
    (await sql('select version::int as version from zapfleet.alert_evaluation'))[0]?.version
  const versions: number[] = []
  const next = async () => {
    await evaluate()
    versions.push(((await stored()) as unknown as number) - (versions[0] ?? 0))
    pass(5_000)
  }
  for (let n = 0; n < 8; n++) await next()
  expect(versions.slice(1)).toEqual([0, 0, 1, 1, 1, 2, 2])
  answer = evolutionAway
  await next()
  // The finding holds for 20 s until its alert opens. Meanwhile a stored moment that is old would shorten the time after which it is dropped.
  await next()
  answer = async () => ({ state: 'open' })
  await next()
  expect(versions.slice(8)).toEqual([3, 4, 5])
  expect(await open()).toEqual([])
})

it('a scheduler that changed nothing lately stops in order all the same', async () => {
  await addInstances(sql, ['loja'])
  await evaluate()
  pass(5_000)
  const ending = new AbortController()
  let evaluations = 0
  answer = async () => {
    evaluations++
    return { state: 'open' }
  }
  const watching = watchAlerts(callOf(fleet), ending.signal, { everyMs: 50 })
  await expect.poll(() => evaluations).toBeGreaterThan(1)
  ending.abort()
  await watching
  pass(60 * MINUTE)
  await evaluate()
  expect(await open()).toEqual([])
})

it('a long pause of the rounds hides no death of the scheduler after it', async () => {
  await addInstances(sql, ['loja'])
  const days = 24 * 60 * MINUTE
  for (const ago of [days + 30_000, days + 15_000, days, 10 * MINUTE])
    await sql(
      `insert into zapfleet.job_runs (job, holder, started_at) values ('health-poll', 'x', $1::timestamptz - $2 * interval '1 ms')`,
      [clock.at, ago],
    )
  await evaluate()
  pass(MINUTE)
  await evaluate()
  expect(await open()).toEqual(['no_polling fleet'])
})

it('what was found before a stop of the scheduler begins anew after it', async () => {
  await addInstances(sql, ['loja'])
  answer = evolutionAway
  await evaluate()
  await sql('update zapfleet.alert_evaluation set at = null')
  pass(60 * MINUTE)
  await evaluate()
  expect(await open()).toEqual([])
  pass(20_000)
  await evaluate()
  expect(await open()).toEqual(['evolution_unreachable evolution'])
})

async function addSends(name: string, results: string[]): Promise<void> {
  for (const [n, result] of results.entries()) {
    const at = new Date((clock.at as Date).getTime() - (results.length - n) * 1_000)
    await sql(
      `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, state, hour_window, day_window, reserved_at, settled_at, outcome, release_cause)
       values ((lpad(to_hex((extract(epoch from $2::timestamptz) * 1000)::bigint), 12, '0') || '70008' || substr(md5($1::text), 1, 15))::uuid, $1::text, 'c', 'sticky', 'none',
         case when $3::text = 'line_down' or $3 = 'not_on_whatsapp' then 'released' else 'confirmed' end, $2::timestamptz, $2::timestamptz, $2::timestamptz, $2::timestamptz,
         case when $3 = 'failed' then 'failed' end, case when $3 in ('line_down', 'not_on_whatsapp') then $3 end)`,
      [name, at, result],
    )
  }
}

it('six sends in a row that failed are an alert; a success among them, or five, are none', async () => {
  await addInstances(sql, ['loja', 'vendas', 'suporte'])
  await addSends('loja', [
    'sent',
    'failed',
    'line_down',
    'not_on_whatsapp',
    'failed',
    'line_down',
    'failed',
    'failed',
  ])
  await addSends('vendas', ['failed', 'failed', 'failed', 'sent', 'failed', 'failed', 'failed', 'failed'])
  await addSends('suporte', ['failed', 'failed', 'failed', 'failed', 'failed'])
  await evaluate()
  expect(await open()).toEqual(['sends_failing loja'])
  await sql(
    `insert into zapfleet.alert_routes (name, kind, address, created_at) values ('x', 'slack', '{}', now())`,
  )
  expect((await listAlerts(fleet, { limit: 1 }))[0]?.text.en).toContain('The last 6 sends of "loja" failed')
})

it('numbers that send without events, and had events before, are one alert', async () => {
  await addInstances(sql, ['loja', 'vendas', 'novo'])
  const cover = (name: string, at: string) =>
    sql(
      `insert into zapfleet.event_coverage (instance_name, source, first_at, last_at) values ($1, 'instance_webhook', $2, $2)`,
      [name, at],
    )
  await cover('loja', '2026-05-05T11:00:00Z')
  await cover('vendas', '2026-05-05T11:59:59Z')
  for (const name of ['loja', 'vendas', 'novo']) await addSends(name, ['sent', 'sent', 'sent'])
  pass(10 * MINUTE)
  await evaluate()
  expect(await open()).toEqual([])
  pass(MINUTE)
  for (let n = 0; n < 6; n++) {
    await evaluate()
    pass(MINUTE)
  }
  expect(await open()).toEqual(['no_events evolution'])
  expect((await listAlerts(fleet, { limit: 1 }))[0]?.text.en).toContain('\nloja\n')
})

async function remove(name: string): Promise<void> {
  await sql(`update whatsapp_instances set removida_em = $2 where nome = $1`, [name, clock.at])
}

it('a number that is deleted has no alert of its failed sends or missing events, and its return begins anew', async () => {
  await addInstances(sql, ['loja', 'vendas', 'suporte'])
  await addRoute('ops')
  await sql(
    `insert into zapfleet.event_coverage (instance_name, source, first_at, last_at) values ('vendas', 'instance_webhook', $1, $1)`,
    ['2026-05-05T11:00:00Z'],
  )
  await addSends('loja', Array(6).fill('failed'))
  await addSends('vendas', ['sent', 'sent', 'sent'])
  await passMinutes(17)
  expect(await open()).toEqual(['no_events evolution', 'sends_failing loja'])
  await remove('loja')
  await remove('vendas')
  await passMinutes(7)
  expect(await open()).toEqual([])
  await registerInstance(fleet, { name: 'loja' })
  await registerInstance(fleet, { name: 'vendas' })
  await evaluate()
  expect(await open()).toEqual([])
  expect(await notices()).toEqual(['ops opened 1', 'ops opened 1', 'ops closed 1', 'ops closed 1'])
  pass(MINUTE)
  await addSends('loja', Array(6).fill('failed'))
  await evaluate()
  expect(await open()).toEqual(['sends_failing loja'])
})

/** The first lines of the texts of all closed alerts. */
const ends = async (): Promise<string[]> =>
  (await listAlerts(fleet, { open: false, limit: 200 }))
    .map(({ text }) => text.en.split('\n')[0] as string)
    .sort()

it('an alert of a number that is banned meanwhile ends by the ban', async () => {
  await addInstances(sql, ['loja', 'vendas', 'suporte'])
  await turn(['loja'], 'disconnected', 'RECONNECTING')
  await turn(['vendas'], 'connected', 'WRONG_PHONE')
  await passMinutes(3)
  expect(await open()).toEqual(['number_down loja', 'wrong_phone vendas'])
  await turn(['loja', 'vendas'], 'banned', 'BANNED')
  await passMinutes(7)
  expect(await ends()).toEqual([
    '"loja" was banned, which ends its alert',
    '"vendas" was banned, which ends its alert',
  ])
  await sql(`update whatsapp_instances set pausada = true`)
  await turn(['loja', 'vendas'], 'connected', null)
  await passMinutes(7)
  expect(await ends()).toContain('"loja" is no longer banned')
})

it('where no number is in service any more, none is connected again', async () => {
  await addInstances(sql, ['loja'])
  await turn(['loja'], 'disconnected', 'RECONNECTING')
  await passMinutes(2)
  await sql(`update whatsapp_instances set pausada = true`)
  await passMinutes(7)
  expect(await ends()).toEqual([
    '"loja" was paused, which ends its alert',
    'No number is in service any more, which ends the alert',
  ])
})

it('an outage of a server whose numbers are deleted ends without a recovery', async () => {
  await addInstances(sql, ['loja'])
  answer = async () => {
    throw new Error('away')
  }
  await passMinutes(2)
  expect(await open()).toEqual(['evolution_unreachable evolution'])
  await remove('loja')
  await passMinutes(7)
  expect(await ends()).toEqual(['Evolution has no numbers any more, which ends its alert'])
})

it('failed sends that get too old are no success, and a later success is one', async () => {
  await addInstances(sql, ['loja', 'vendas'])
  await addSends('loja', Array(6).fill('failed'))
  await addSends('vendas', Array(6).fill('failed'))
  await evaluate()
  pass(MINUTE)
  await addSends('vendas', ['sent'])
  await passMinutes(7)
  expect(await ends()).toEqual(['"vendas" sends again'])
  pass(24 * 60 * MINUTE)
  await passMinutes(7)
  expect(await ends()).toContain('The alert about the failed sends of "loja" ends without a later success')
})

it('a route that fails and is deleted closes its alert at once', async () => {
  await addInstances(sql, ['loja'])
  await addRoute('broken')
  await sql(`update zapfleet.alert_routes set last_delivery_ok = false`)
  await sql(
    `insert into zapfleet.alert_notices (id, route, kind, alert_ids, created_at, not_before, tries)
     values (gen_random_uuid(), 'broken', 'opened', '{}', $1::timestamptz - interval '2 hours', $1, 3)`,
    [clock.at],
  )
  await evaluate()
  expect(await open()).toEqual(['route_failing broken'])
  await sql(`delete from zapfleet.alert_routes`)
  await evaluate()
  expect(await ends()).toEqual(['The alert route "broken" was deleted, which ends its alert'])
})

it('messages that wait without a sender, a failing endpoint and a day that is nearly full are alerts', async () => {
  await addInstances(sql, ['loja'], { day: 100 })
  await sql(`update whatsapp_instances set msgs_enviadas_dia = 90, janela_dia = '2026-05-05T03:00:00Z'`)
  await sql(
    `insert into zapfleet.webhook_endpoints (name, id, url, events, sealed_secret, created_at, event_id, change_xid, change_seq, failing_since)
     values ('shop', gen_random_uuid(), 'https://x.example', '{message}', '', now(), 0, 0, 0, '2026-05-05T10:00:00Z')`,
  )
  await evaluate()
  expect(await open()).toEqual(['day_nearly_full fleet', 'webhook_failing shop'])
  // The next local day begins at 03:00 UTC.
  clock.set('2026-05-06T02:59:00Z')
  await sql(`update zapfleet.alert_evaluation set at = $1`, [clock.at])
  await evaluate()
  expect(await open()).toContain('day_nearly_full fleet')
  pass(MINUTE)
  await evaluate()
  expect(await open()).toEqual(['webhook_failing shop'])
})

it('what a number sent above its limit takes nothing from the day of the others', async () => {
  await addInstances(sql, ['loja'], { day: 10 })
  await addInstances(sql, ['vendas'], { day: 100 })
  await sql(
    `update whatsapp_instances set msgs_enviadas_dia = 100, janela_dia = '2026-05-05T03:00:00Z' where nome = 'loja'`,
  )
  await evaluate()
  expect(await open()).toEqual([])
})

it('10,000 numbers of which 500 are down: one alert each in one evaluation, one grouped notice', async () => {
  await addInstances(sql, names(10_000))
  await addRoute('ops')
  await turn(names(500), 'disconnected', 'LOGGED_OUT_BY_PHONE')
  pass(3 * MINUTE)
  expect(await evaluate()).toMatchObject({ opened: 500, notices: 1 })
  expect(await notices()).toEqual(['ops opened 500'])
  pass(5_000)
  expect(await evaluate()).toMatchObject({ opened: 0, closed: 0, notices: 0 })
  await turn(names(500), 'connected', null)
  await passMinutes(6)
  expect(await notices()).toEqual(['ops opened 500', 'ops closed 500'])
})
