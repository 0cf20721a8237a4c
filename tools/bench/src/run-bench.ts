import { openArena, serverSettings } from './arena.ts'
import type { BenchArguments } from './arguments.ts'
import { GOALS } from './goal-list.ts'
import { contestantsOf, isOnSlowDisk } from './goals.ts'
import { openLineup } from './lineup.ts'
import { CONTACTS } from './population.ts'
import { readMachine, readVersions } from './read-setting.ts'
import type { Result } from './report.ts'
import { FULL, runRounds, SHORT } from './rounds.ts'
import { judge } from './verdict.ts'

/**
 * Runs the benchmark: its PostgreSQL, all contestants of the goals, the rounds, the verdicts. Everything that was started is
 * stopped before this returns or throws.
 */
export async function runBench(
  options: BenchArguments,
  startedAt: Date,
  { signal, report }: { signal: AbortSignal; report: (line: string) => void },
): Promise<Result> {
  const { only, short, redisUrl, processes, flushMs, historyRows } = options
  const goals = GOALS.filter(
    (one) =>
      (only === null || only.includes(one.goal)) &&
      (flushMs === null || !isOnSlowDisk(one)) &&
      (one.goal !== 15 || historyRows > 0),
  )
  const usual = short ? SHORT : FULL
  const plan = { ...usual, rounds: options.rounds ?? usual.rounds }
  const machine = readMachine()
  if (machine.loadBefore > machine.cores / 4)
    report(
      `this machine is busy (load ${machine.loadBefore} on ${machine.cores} cores): expect wide spans, trust no single round`,
    )
  const arena = await openArena(report, flushMs ?? 0)
  try {
    const lineup = await openLineup(arena, contestantsOf(goals), { redisUrl, processes, historyRows, report })
    const { contestants, absent, pgbenchVersion } = lineup
    signal.throwIfAborted()
    report(
      `PostgreSQL ${arena.postgresVersion} runs; ${contestants.length} contestants, ${plan.rounds} rounds`,
    )
    const rounds = await runRounds(contestants, plan, { signal, report })
    return {
      startedAt: startedAt.toISOString(),
      short,
      plan,
      machine,
      versions: {
        PostgreSQL: arena.postgresVersion,
        pgbench: pgbenchVersion ?? 'none',
        ...readVersions(),
      },
      serverSettings: serverSettings(flushMs ?? 0),
      population: `${CONTACTS} contacts in the bot's table, drawn uniformly; nine in ten have a number when the run begins. Capacities too large to fill.`,
      driven: new Map(contestants.map(({ name, driven }) => [name, driven])),
      absent,
      rounds,
      verdicts: goals.map((goal) => judge(goal, rounds, absent)),
    }
  } finally {
    await arena.close()
  }
}
