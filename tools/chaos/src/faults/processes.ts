import { setTimeout as rest } from 'node:timers/promises'
import type { Program } from '../site/run-program.ts'
import { DATABASE_ERRORS, type Fault, type Stage } from './fault.ts'

export const apiKilled: Fault = {
  name: 'api-killed',
  title: 'API killed (-9) under load and started again',
  short: true,
  allowedErrors: [],
  noticedBy: ['callers', 'API'],
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
  title: 'leading scheduler killed (-9): another leads',
  allowedErrors: [],
  noticedBy: ['scheduler'],
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
  title: 'everything killed (-9) at once and started at once',
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers', 'API', 'scheduler'],
  // The lease of a dead leader lasts 20 s, also when all programs are new.
  recoversWithinMs: 25_000,
  async strike({ site, hold }) {
    await Promise.all([
      site.database.stop('kill -9'),
      ...site.programs().map((program) => program.end('SIGKILL')),
    ])
    await hold(0)
    // The programs do not wait for each other: one that starts before the database ends, and is started again.
    await Promise.all([
      ...site.programs().map((program) => program.startUntilReady()),
      rest(500).then(() => site.database.start()),
    ])
    return undefined
  },
}

export const rollingRestart: Fault = {
  name: 'rolling-restart',
  title: 'rolling restart of two APIs behind a balancer',
  allowedErrors: [],
  noticedBy: ['API'],
  recoversWithinMs: 3_000,
  site: { apis: 2, schedulers: 1 },
  mayBreakConnections: false,
  strike: (stage) => restartInTurn(stage),
}

/**
 * Ends each API process by SIGTERM, starts it again and waits until it is back in rotation, then the next. No call may fail
 * meanwhile; the callers here never retry.
 */
async function restartInTurn({ site, ledger }: Stage): Promise<{ broken: string[]; note: string }> {
  const failedBefore = ledger.failures.filter((one) => one.reply.kind !== 'refused').length
  const answeredBefore = ledger.answered
  const broken: string[] = []
  for (const api of site.apis) {
    const code = await api.end('SIGTERM')
    if (code !== 0) broken.push(`${api.name} ended with ${code} on SIGTERM`)
    await api.start()
    while (!site.balancer?.inRotation().includes(api.name)) await rest(50)
  }
  const failed = ledger.failures.filter((one) => one.reply.kind !== 'refused').length - failedBefore
  const turnedAway = site.balancer?.turnedAway() ?? 0
  if (failed > 0)
    broken.push(`${failed} calls failed in a rolling restart; for ${turnedAway} the balancer had no process`)
  return { broken, note: `${ledger.answered - answeredBefore} calls during the restart` }
}

async function leads(program: Program): Promise<boolean> {
  const answer = await fetch(`${program.address()}/health/ready`).catch(() => null)
  const reply = (await answer?.json().catch(() => null)) as { leader?: boolean } | null
  return reply?.leader === true
}

async function leaderOf(schedulers: readonly Program[]): Promise<Program> {
  for (;;) {
    for (const program of schedulers) if (await leads(program)) return program
    await rest(50)
  }
}
