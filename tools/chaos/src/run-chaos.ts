import type { Fault } from './faults/fault.ts'
import { FAULTS } from './faults/index.ts'
import { type Watch, watchSite } from './laws/watch-site.ts'
import { createLedger, type Ledger } from './load/ledger.ts'
import { type Load, startLoad } from './load/start-load.ts'
import { runFault } from './run-fault.ts'
import { type Random, seededRandom } from './seeded-random.ts'
import { openSite, type Site, type SitePlan } from './site/open-site.ts'
import { brokenLines } from './table.ts'
import type { Verdict } from './verdict.ts'

export type ChaosPlan = {
  seed: number
  /** The shortened form: the faults that tell most, each for a shorter time. */
  short: boolean
  /** Names of faults; null: all that belong to the form. */
  only: readonly string[] | null
  /** See SitePlan. */
  compiled?: SitePlan['compiled']
  /** See Scene. */
  soakMinutes?: number | null
  report: (line: string) => void
  signal: AbortSignal
}

const USUAL: SitePlan = { apis: 1, schedulers: 2 }

/** A site under load, with somebody who looks. */
type Running = { site: Site; load: Load; ledger: Ledger; watch: Watch; end(): Promise<void> }

/** The faults of a plan, in an order that its seed decides. */
export function chosenFaults({ short, only, seed }: Pick<ChaosPlan, 'short' | 'only' | 'seed'>): Fault[] {
  const chosen = FAULTS.filter((fault) => (only ? only.includes(fault.name) : !short || fault.short))
  const random = seededRandom(seed)
  return chosen
    .map((fault) => ({ fault, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ fault }) => fault)
}

/**
 * One run: every fault strikes in turn, most of them the same site, which goes on from one to the next. After a violation
 * the next fault gets a new site. Whatever was started is stopped before this returns or throws.
 */
export async function runChaos(plan: ChaosPlan): Promise<Verdict[]> {
  const random = seededRandom(plan.seed)
  const verdicts: Verdict[] = []
  let usual: Running | null = null
  try {
    for (const fault of chosenFaults(plan)) {
      plan.signal.throwIfAborted()
      const why = (await fault.unavailable?.()) ?? null
      if (why !== null) {
        verdicts.push(skipped(fault, why))
        continue
      }
      let verdict: Verdict
      if (fault.site || fault.prepare) verdict = await onOwnSite(fault, plan, random)
      else {
        usual ??= await open({ ...USUAL, compiled: plan.compiled }, random)
        verdict = await strike(fault, usual, plan, random)
        if (verdict.outcome === 'VIOLATED') {
          await usual.end()
          usual = null
        }
      }
      plan.report([`${verdict.outcome.padEnd(8)}  ${fault.words}`, ...brokenLines(verdict)].join('\n'))
      verdicts.push(verdict)
    }
  } finally {
    await usual?.end()
  }
  return inOrder(verdicts)
}

async function onOwnSite(fault: Fault, plan: ChaosPlan, random: Random): Promise<Verdict> {
  const prepared = await fault.prepare?.()
  try {
    const running = await open(
      { ...USUAL, compiled: plan.compiled, ...fault.site, ...prepared?.plan },
      random,
    )
    try {
      return await strike(fault, running, plan, random)
    } finally {
      await running.end()
    }
  } finally {
    await prepared?.tidy()
  }
}

async function open(plan: SitePlan, random: Random): Promise<Running> {
  const site = await openSite(plan)
  const ledger = createLedger()
  const load = startLoad(site.address, ledger, random)
  const watch = watchSite(site)
  return {
    site,
    load,
    ledger,
    watch,
    async end() {
      await Promise.all([load.stop(), watch.stop()])
      await site.close()
    },
  }
}

/** What goes wrong in chaos itself is a violation too: nobody may take a fault for held that was not seen to the end. */
async function strike(fault: Fault, running: Running, plan: ChaosPlan, random: Random): Promise<Verdict> {
  const { site, load, ledger, watch } = running
  const holdMs = plan.short ? 1_500 : 4_000
  try {
    const { short, soakMinutes = null } = plan
    return await runFault(fault, { site, load, ledger, random, holdMs, short, soakMinutes }, watch)
  } catch (error) {
    load.resume()
    return {
      fault: fault.name,
      words: fault.words,
      outcome: 'VIOLATED',
      recoveredInMs: null,
      broken: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      note: '',
      stretched: 1,
    }
  }
}

function skipped(fault: Fault, why: string): Verdict {
  return {
    fault: fault.name,
    words: fault.words,
    outcome: 'skipped',
    recoveredInMs: null,
    broken: [why],
    note: why,
    stretched: 1,
  }
}

function inOrder(verdicts: readonly Verdict[]): Verdict[] {
  const place = (verdict: Verdict): number => FAULTS.findIndex((fault) => fault.name === verdict.fault)
  return [...verdicts].sort((a, b) => place(a) - place(b))
}
