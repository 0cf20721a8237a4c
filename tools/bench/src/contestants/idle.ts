import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSimulator } from '@zapfleet/simulator'
import { type Arena, databaseOf, TIME_ZONE } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import type { IdleUsage } from '../measured.ts'
import { processesOf } from '../read-usage.ts'
import { endOfLog, readStatements } from '../statement-log.ts'
import type { Absent, Contestant } from './contestant.ts'
import { arePrograms, type Program, startProgram } from './program.ts'

/** Of the warm-up and the measured time of other contestants: in a full run a minute, after half a one; in a short run half of both. */
const LONGER = 30
const SETTLES = 30
/** In a short run no less. */
const LEAST_MS = 30_000

/**
 * The API and the scheduler as in production, on a fleet of connected numbers without calls and messages. The Evolution API is the simulator,
 * in this process.
 */
export async function openIdle(
  arena: Arena,
  name: ContestantName,
  { numbers }: { numbers: number },
  report: (line: string) => void,
): Promise<Contestant | Absent> {
  if (!arePrograms(['api', 'scheduler']))
    return { name, absent: 'the programs are not built (npm run build)' }
  const url = await arena.fleetDatabase({ numbers, pools: 0 })
  await arena.logStatements(url)
  const simulator = await startSimulator()
  arena.onClose(() => simulator.close())
  for (let number = 1; number <= numbers; number++)
    simulator.control.addInstance({ name: `number-${number}` })
  const environment = {
    DATABASE_URL: url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ADMIN_API_KEY: randomBytes(24).toString('hex'),
    BOT_API_KEY: randomBytes(24).toString('hex'),
    FLEET_TIMEZONE: TIME_ZONE,
    PORT: '0',
    SCHEDULER_PORT: '0',
  }
  return {
    name,
    once: true,
    driven: `the compiled API and scheduler, ${numbers} connected numbers on the simulator, no calls`,
    async run({ warmUpMs, measuredMs }, signal) {
      const programs: Program[] = []
      try {
        for (const app of ['api', 'scheduler'] as const)
          programs.push(await startProgram(app, environment, signal))
        await sleep(warmUpMs * SETTLES, undefined, { signal })
        const from = await endOfLog(arena.logFile)
        const before = await Promise.all(programs.map(readUse))
        const startedAt = performance.now()
        await sleep(Math.max(LEAST_MS, measuredMs * LONGER), undefined, { signal })
        const tookMs = performance.now() - startedAt
        const after = await Promise.all(programs.map(readUse))
        const statements = await readStatements(arena.logFile, { database: databaseOf(url), from })
        const calls = [...statements.values()].reduce((sum, count) => sum + count, 0)
        const perMinute = (count: number): number => (count * 60_000) / tookMs
        report(
          `"${name}", statements a minute: ${[...statements].map(([source, count]) => `${source} ${perMinute(count).toFixed(0)}`).join(', ')}`,
        )
        const percent = (at: number): number => ((after[at]?.us ?? 0) - (before[at]?.us ?? 0)) / tookMs / 10
        const idle: IdleUsage = {
          statementsPerMinute: perMinute(calls),
          apiMegabytes: after[0]?.megabytes ?? 0,
          schedulerMegabytes: after[1]?.megabytes ?? 0,
          apiPercent: percent(0),
          schedulerPercent: percent(1),
        }
        return { calls, errors: 0, firstError: null, perSecond: (calls * 1_000) / tookMs, p50Ms: null, idle }
      } finally {
        await Promise.all(programs.map((program) => program.stop()))
      }
    },
  }
}

/** Processor time since its start, and resident memory; 0 on a system without /proc, which is not measured. */
async function readUse({ pid }: Program): Promise<{ us: number; megabytes: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
  return { us: (await processesOf([pid])()) ?? 0, megabytes: kilobytes / 1_024 }
}
