import type { Fault } from './faults/fault.ts'
import { FAULTS } from './faults/index.ts'
import { type Monitor, monitorSite } from './invariants/monitor-site.ts'
import { createLedger, type Ledger } from './load/ledger.ts'
import { type Load, startLoad } from './load/start-load.ts'
import { runFault } from './run-fault.ts'
import { type Random, seededRandom } from './seeded-random.ts'
import { openSite, type Site, type SitePlan } from './site/open-site.ts'
import type { Verdict } from './verdict.ts'
import { brokenLines } from './verdict.ts'

export type ChaosPlan = {
  seed: number
  /** The short form: the most informative faults, each for a shorter time. */
  short: boolean
  /** Names of faults; null: all faults of the form. */
  only: readonly string[] | null
  /** See SitePlan. */
  compiled?: SitePlan['compiled']
  /** See Scene. */
  soakMinutes?: number | null
  report: (line: string) => void
  signal: AbortSignal
}

/** The shortened form needs calls in flight at each moment, not many calls. */
const SHORT_PAUSE_MS = 100

const USUAL: SitePlan = { apis: 1, schedulers: 2 }

/** A site under load, with a monitor. */
type Running = { site: Site; load: Load; ledger: Ledger; monitor: Monitor; end(): Promise<void> }

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
 * One run: every fault strikes in turn. Most of them strike the same site, which continues from one to the next; after a
 * violation the next fault gets a new site. Everything that was started is stopped before this returns or throws.
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
        usual ??= await open({ ...USUAL, compiled: plan.compiled }, plan, random)
        verdict = await strike(fault, usual, plan, random)
        if (verdict.outcome === 'VIOLATED') {
          await usual.end()
          usual = null
        }
      }
      plan.report([`${verdict.outcome.padEnd(8)}  ${fault.title}`, ...brokenLines(verdict)].join('\n'))
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
      plan,
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

async function open(sitePlan: SitePlan, plan: ChaosPlan, random: Random): Promise<Running> {
  const site = await openSite(sitePlan)
  const ledger = createLedger()
  const load = startLoad(site.address, ledger, random, plan.short ? { pauseMs: SHORT_PAUSE_MS } : {})
  const monitor = monitorSite(site)
  return {
    site,
    load,
    ledger,
    monitor,
    async end() {
      await Promise.all([load.stop(), monitor.stop()])
      await site.close()
    },
  }
}

/** An error in chaos itself is a violation too: a fault that was not observed to its end does not count as held. */
async function strike(fault: Fault, running: Running, plan: ChaosPlan, random: Random): Promise<Verdict> {
  const { site, load, ledger, monitor } = running
  const holdMs = plan.short ? 1_500 : 4_000
  try {
    const { short, soakMinutes = null } = plan
    return await runFault(fault, { site, load, ledger, random, holdMs, short, soakMinutes }, monitor)
  } catch (error) {
    load.resume()
    return {
      fault: fault.name,
      title: fault.title,
      outcome: 'VIOLATED',
      recoveredInMs: null,
      broken: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      note: '',
      extendedBy: 1,
    }
  }
}

function skipped(fault: Fault, why: string): Verdict {
  return {
    fault: fault.name,
    title: fault.title,
    outcome: 'skipped',
    recoveredInMs: null,
    broken: [why],
    note: why,
    extendedBy: 1,
  }
}

function inOrder(verdicts: readonly Verdict[]): Verdict[] {
  const place = (verdict: Verdict): number => FAULTS.findIndex((fault) => fault.name === verdict.fault)
  return [...verdicts].sort((a, b) => place(a) - place(b))
}
