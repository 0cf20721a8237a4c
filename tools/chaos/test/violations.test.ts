import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Fault, Scene } from '../src/faults/fault.ts'
import { type Monitor, monitorSite } from '../src/invariants/monitor-site.ts'
import type { Reply } from '../src/load/call-api.ts'
import { createLedger } from '../src/load/ledger.ts'
import { startLoad } from '../src/load/start-load.ts'
import { runFault } from '../src/run-fault.ts'
import { seededRandom } from '../src/seeded-random.ts'
import { openSite } from '../src/site/open-site.ts'
import { verdictTable } from '../src/verdict.ts'
import { compiledPrograms } from './compiled-programs.ts'

/** One site on which a program breaks the invariants, one after the other: chaos must find each. */
let scene: Scene
let monitor: Monitor

beforeAll(async () => {
  const site = await openSite({ apis: 1, schedulers: 1, compiled: await compiledPrograms() })
  const ledger = createLedger()
  const random = seededRandom(1)
  const load = startLoad(site.address, ledger, random, { callers: 3 })
  scene = { site, ledger, random, load, holdMs: 100, short: true, soakMinutes: null }
  monitor = monitorSite(site)
})
afterAll(async () => {
  await Promise.all([scene?.load.stop(), monitor?.stop()])
  await scene?.site.close()
})

const harmless: Fault = {
  name: 'harmless',
  title: 'nothing at all',
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 5_000,
  strike: async () => undefined,
}

/** The verdict of chaos on this violation. */
async function verdictOf(strike: Fault['strike'], more: Partial<Fault> = {}) {
  const verdict = await runFault({ ...harmless, ...more, strike }, scene, monitor)
  return { verdict, violations: verdict.broken.join('\n') }
}

const grant = (id: string): Reply => ({
  kind: 'answer',
  data: { id, instanceName: 'spare', contactId: 'unknown', state: 'reserved' },
})

it('holds when nothing is broken', async () => {
  const { verdict } = await verdictOf(async () => undefined)
  expect(verdict).toMatchObject({ outcome: 'held', broken: [] })
})

it('finds a send that was granted and has no row', async () => {
  const { ledger } = scene
  const send = ledger.open('bogus', 'unknown')
  const { verdict, violations } = await verdictOf(async () => {
    ledger.add(send, 'reserve', grant('00000000-0000-7000-8000-000000000000'))
    return undefined
  })
  send.granted = null
  expect(violations).toContain('lost: 00000000-0000-7000-8000-000000000000')
  expect(verdictTable([verdict])).toMatch(/nothing at all +VIOLATED/)
})

it('finds a counted send without an answer, and a counter that does not match', async () => {
  const { database } = scene.site
  const { violations } = await verdictOf(async () => {
    await database.query(
      `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at)
       values (gen_random_uuid(), 'spare', 'contact', 'sticky', 'none', now(), now(), now())`,
    )
    return undefined
  })
  await database.query(`delete from zapfleet.reservations where contact_id = 'contact'`)
  expect(violations).toContain('counted beyond what callers got')
  expect(violations).toContain('spare counts -1 beyond its reservations')
})

it('finds a counter above its limit', async () => {
  const { database } = scene.site
  const { violations } = await verdictOf(async () => {
    await database.query(
      `update public.whatsapp_instances set msgs_enviadas_dia = capacidade_dia + 1000 where nome = 'tight-day'`,
    )
    return undefined
  })
  await database.query(
    `update public.whatsapp_instances i set msgs_enviadas_dia =
       (select count(*) from zapfleet.reservations r where r.instance_name = i.nome and r.state <> 'released')
     where nome = 'tight-day'`,
  )
  expect(violations).toMatch(/tight-day counts \d+ beyond its reservations/)
  expect(violations).toContain('the limit of tight-day was exceeded')
})

it('finds errors without a type, broken connections, a false refusal, and errors that the fault does not explain', async () => {
  const { violations } = await verdictOf(
    async ({ ledger }) => {
      const at = { verb: 'reserve', fromMs: Date.now(), toMs: Date.now(), mightUseSpare: true } as const
      ledger.fail({ ...at, reply: { kind: 'invalid', what: 'HTTP 500: <html>' } })
      ledger.fail({ ...at, reply: { kind: 'no reply', why: 'ECONNRESET' } })
      ledger.fail({ ...at, reply: { kind: 'refused', code: 'NO_CAPACITY', reasons: { UNKNOWN: 6 } } })
      ledger.fail({ ...at, reply: { kind: 'refused', code: 'UNEXPECTED', reasons: {} } })
      return undefined
    },
    { allowedErrors: ['DATABASE_UNAVAILABLE'] },
  )
  expect(violations).toContain('an error without a type')
  expect(violations).toContain('a connection broke while the API was up')
  expect(violations).toContain('a false NO_CAPACITY')
  expect(violations).toContain('an error that this fault does not explain')
})

it('finds that no caller and no program noticed the fault', async () => {
  const { verdict } = await verdictOf(async () => undefined, { noticedBy: ['callers', 'API', 'scheduler'] })
  expect(verdict.broken).toEqual([
    'no caller noticed the fault: it proves nothing',
    'API kept reporting ready',
    'scheduler kept reporting ready',
  ])
})

it('finds a recovery that takes longer than promised', async () => {
  const { schedulerDatabase } = scene.site.wires
  let mended: Promise<void> = Promise.resolve()
  const { violations } = await verdictOf(
    async () => {
      await schedulerDatabase.set({ kind: 'cut' })
      // After the fault: chaos observes a system that recovers late.
      mended = new Promise((resolve) =>
        setTimeout(() => resolve(schedulerDatabase.set({ kind: 'open' })), 3_000),
      )
      return undefined
    },
    // Chaos extends what is promised by the load of the machine.
    { recoversWithinMs: 1 },
  )
  await mended
  expect(violations).toMatch(/the recovery took \d+ ms/)
})
