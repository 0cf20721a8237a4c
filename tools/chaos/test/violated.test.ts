import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Fault, Scene } from '../src/faults/fault.ts'
import { type Watch, watchSite } from '../src/laws/watch-site.ts'
import type { Told } from '../src/load/call-api.ts'
import { createLedger } from '../src/load/ledger.ts'
import { startLoad } from '../src/load/start-load.ts'
import { runFault } from '../src/run-fault.ts'
import { seededRandom } from '../src/seeded-random.ts'
import { openSite } from '../src/site/open-site.ts'
import { verdictTable } from '../src/table.ts'
import { compiledPrograms } from './compiled-programs.ts'

/** One site on which a hand breaks the laws, one after the other: chaos has to see each. */
let scene: Scene
let watch: Watch

beforeAll(async () => {
  const site = await openSite({ apis: 1, schedulers: 1, compiled: await compiledPrograms() })
  const ledger = createLedger()
  const random = seededRandom(1)
  const load = startLoad(site.address, ledger, random, { callers: 3 })
  scene = { site, ledger, random, load, holdMs: 100, short: true, soakMinutes: null }
  watch = watchSite(site)
})
afterAll(async () => {
  await Promise.all([scene?.load.stop(), watch?.stop()])
  await scene?.site.close()
})

const harmless: Fault = {
  name: 'harmless',
  words: 'nothing at all',
  tells: [],
  feltBy: [],
  recoversWithinMs: 5_000,
  strike: async () => undefined,
}

/** What chaos says of a hand that does this. */
async function verdictOf(strike: Fault['strike'], more: Partial<Fault> = {}) {
  const verdict = await runFault({ ...harmless, ...more, strike }, scene, watch)
  return { verdict, words: verdict.broken.join('\n') }
}

const grant = (id: string): Told => ({
  kind: 'answer',
  data: { id, instanceName: 'haven', contactId: 'nobody', state: 'reserved' },
})

it('holds when nothing is broken', async () => {
  const { verdict } = await verdictOf(async () => undefined)
  expect(verdict).toMatchObject({ outcome: 'held', broken: [] })
})

it('sees a send that was granted and does not stand', async () => {
  const { ledger } = scene
  const send = ledger.open('bogus', 'nobody')
  const { verdict, words } = await verdictOf(async () => {
    ledger.tell(send, 'reserve', grant('00000000-0000-7000-8000-000000000000'))
    return undefined
  })
  send.granted = null
  expect(words).toContain('lost: 00000000-0000-7000-8000-000000000000')
  expect(verdictTable([verdict])).toMatch(/nothing at all +VIOLATED/)
})

it('sees a send that is counted and was never told, and a counter that says otherwise', async () => {
  const { database } = scene.site
  const { words } = await verdictOf(async () => {
    await database.ask(
      `insert into zapfleet.reservations (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at)
       values (gen_random_uuid(), 'haven', 'stranger', 'sticky', 'none', now(), now(), now())`,
    )
    return undefined
  })
  await database.ask(`delete from zapfleet.reservations where contact_id = 'stranger'`)
  expect(words).toContain('counted beyond what callers were told')
  expect(words).toContain('haven counts -1 beyond its reservations')
})

it('sees a counter above its limit', async () => {
  const { database } = scene.site
  const { words } = await verdictOf(async () => {
    await database.ask(
      `update public.whatsapp_instances set msgs_enviadas_dia = capacidade_dia + 1000 where nome = 'tight-day'`,
    )
    return undefined
  })
  await database.ask(
    `update public.whatsapp_instances i set msgs_enviadas_dia =
       (select count(*) from zapfleet.reservations r where r.instance_name = i.nome and r.state <> 'released')
     where nome = 'tight-day'`,
  )
  expect(words).toMatch(/tight-day counts \d+ beyond its reservations/)
  expect(words).toContain('the limit of tight-day was exceeded')
})

it('sees errors without a type, broken connections, a false refusal, and what the fault does not explain', async () => {
  const { words } = await verdictOf(
    async ({ ledger }) => {
      const at = { verb: 'reserve', fromMs: Date.now(), toMs: Date.now(), mightUseHaven: true } as const
      ledger.fail({ ...at, told: { kind: 'nonsense', what: 'HTTP 500: <html>' } })
      ledger.fail({ ...at, told: { kind: 'silence', why: 'ECONNRESET' } })
      ledger.fail({ ...at, told: { kind: 'refused', code: 'NO_CAPACITY', reasons: { UNKNOWN: 6 } } })
      ledger.fail({ ...at, told: { kind: 'refused', code: 'UNEXPECTED', reasons: {} } })
      return undefined
    },
    { tells: ['DATABASE_UNAVAILABLE'] },
  )
  expect(words).toContain('an error without a type')
  expect(words).toContain('a connection broke while the API was there')
  expect(words).toContain('a false NO_CAPACITY')
  expect(words).toContain('an error that this fault does not explain')
})

it('sees that nobody felt the fault', async () => {
  const { verdict } = await verdictOf(async () => undefined, { feltBy: ['callers', 'API', 'scheduler'] })
  expect(verdict.broken).toEqual([
    'the fault was felt by no caller: it proves nothing',
    'API went on saying that it is ready',
    'scheduler went on saying that it is ready',
  ])
})

it('sees a recovery that takes longer than promised', async () => {
  const { schedulerDatabase } = scene.site.wires
  let mended: Promise<void> = Promise.resolve()
  const { words } = await verdictOf(
    async () => {
      await schedulerDatabase.set({ kind: 'cut' })
      // After the strike: to chaos it is a system that comes back late.
      mended = new Promise((resolve) =>
        setTimeout(() => resolve(schedulerDatabase.set({ kind: 'open' })), 3_000),
      )
      return undefined
    },
    { recoversWithinMs: 50 },
  )
  await mended
  expect(words).toMatch(/the recovery took \d+ ms/)
})
