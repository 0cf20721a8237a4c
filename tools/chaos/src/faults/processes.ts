import { setTimeout as rest } from 'node:timers/promises'
import type { Program } from '../site/run-program.ts'
import { DATABASE_TELLS, type Fault, type Stage } from './fault.ts'

export const apiKilled: Fault = {
  name: 'api-killed',
  words: 'API killed (-9) under load and started again',
  short: true,
  tells: [],
  feltBy: ['callers', 'API'],
  recoversWithinMs: 3_000,
  async strike({ site, hold }) {
    const api = site.apis[0] as Program
    await api.end('SIGKILL')
    await hold(0)
    await api.start()
    return undefined
  },
}

export const schedulerKilled: Fault = {
  name: 'scheduler-killed',
  words: 'leading scheduler killed (-9): another leads',
  tells: [],
  feltBy: ['scheduler'],
  // The lease of a dead leader lasts 20 s.
  recoversWithinMs: 25_000,
  async strike({ site }) {
    const leader = await leaderOf(site.schedulers)
    await leader.end('SIGKILL')
    const startedMs = Date.now()
    const other = site.schedulers.find((program) => program !== leader) as Program
    while (!(await leads(other))) {
      if (Date.now() - startedMs > 40_000) return { broken: ['no other scheduler leads after 40 s'] }
      await rest(100)
    }
    const tookMs = Date.now() - startedMs
    await leader.start()
    return { note: `another led after ${(tookMs / 1_000).toFixed(1)} s` }
  },
}

export const powerCut: Fault = {
  name: 'power-cut',
  words: 'everything killed (-9) at once and started at once',
  tells: DATABASE_TELLS,
  feltBy: ['callers', 'API', 'scheduler'],
  // A dead leader's lease lasts 20 s, also where nobody is left who knew it.
  recoversWithinMs: 25_000,
  async strike({ site, hold }) {
    await Promise.all([
      site.database.stop('kill -9'),
      ...site.programs().map((program) => program.end('SIGKILL')),
    ])
    await hold(0)
    // Nobody waits for anybody: who starts before the database ends again, and is started again.
    await Promise.all([
      ...site.programs().map((program) => program.startUntilReady()),
      rest(500).then(() => site.database.start()),
    ])
    return undefined
  },
}

export const rollingRestart: Fault = {
  name: 'rolling-restart',
  words: 'rolling restart of two APIs behind a balancer',
  tells: [],
  feltBy: ['API'],
  recoversWithinMs: 3_000,
  site: { apis: 2, schedulers: 1 },
  mayBreakConnections: false,
  strike: (stage) => restartInTurn(stage),
}

/**
 * Ends each API process by SIGTERM, starts it again and waits until it is back in rotation, then the next. Nothing may fail
 * meanwhile, for anybody: callers here never call twice.
 */
async function restartInTurn({ site, ledger }: Stage): Promise<{ broken: string[]; note: string }> {
  const failedBefore = ledger.failures.filter((one) => one.told.kind !== 'refused').length
  const answeredBefore = ledger.answered
  const broken: string[] = []
  for (const api of site.apis) {
    const code = await api.end('SIGTERM')
    if (code !== 0) broken.push(`${api.name} ended with ${code} on SIGTERM`)
    await api.start()
    while (!site.balancer?.inRotation().includes(api.name)) await rest(50)
  }
  const failed = ledger.failures.filter((one) => one.told.kind !== 'refused').length - failedBefore
  const turnedAway = site.balancer?.turnedAway() ?? 0
  if (failed > 0)
    broken.push(`${failed} calls failed in a rolling restart; for ${turnedAway} the balancer had no process`)
  return { broken, note: `${ledger.answered - answeredBefore} calls during the restart` }
}

async function leads(program: Program): Promise<boolean> {
  const answer = await fetch(`${program.address()}/health/ready`).catch(() => null)
  const told = (await answer?.json().catch(() => null)) as { leader?: boolean } | null
  return told?.leader === true
}

async function leaderOf(schedulers: readonly Program[]): Promise<Program> {
  for (;;) {
    for (const program of schedulers) if (await leads(program)) return program
    await rest(50)
  }
}
