import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Arena, onConnection } from '../arena.ts'
import { CALLERS, type Contestant } from '../contestants/contestant.ts'
import type { ContestantName } from '../goals.ts'
import { costOf } from '../load/drive.ts'
import type { Measured } from '../measured.ts'
import { childOf, type Usage } from '../read-usage.ts'
import { makeBenchRows } from './driver-update.ts'

const run = promisify(execFile)
const THREADS = 2
/** The extra time of a run when the one before it had no result. */
const MORE_SECONDS = [0, 4, 15]
/** A shorter time gives no result. */
const LEAST_SECONDS = 0.5

/** The version of the pgbench on the PATH; null when there is none. */
export async function findPgbench(): Promise<string | null> {
  const found = await run('pgbench', ['--version']).catch(() => null)
  return found && (/\d+(\.\d+)*/.exec(found.stdout)?.[0] ?? 'unknown')
}

/** pgbench at its best: prepared statements, one UPDATE by primary key per transaction, random rows. */
export async function openPgbench(
  arena: Arena,
  name: ContestantName,
  { numbers }: { numbers: number },
): Promise<Contestant> {
  const url = await arena.emptyDatabase()
  await onConnection(url, (client) => makeBenchRows(client, numbers))
  const folder = await mkdtemp(join(tmpdir(), 'zapfleet-bench-'))
  arena.onClose(() => rm(folder, { recursive: true, force: true }))
  const script = join(folder, 'update.sql')
  await writeFile(
    script,
    `\\set id random(1, ${numbers})\nupdate bench_rows set sent = sent + 1 where id = :id;\n`,
  )
  return {
    name,
    driven: `pgbench -M prepared -c ${CALLERS} -j ${THREADS}: one UPDATE by primary key a transaction, rows drawn at random from ${numbers}; its first second is the warm-up`,
    async run(times, signal) {
      const seconds = 1 + Math.max(1, Math.ceil(times.measuredMs / 1000))
      // On a busy machine, opening the connections can take all of its time.
      for (const more of MORE_SECONDS) {
        const measured = await runOnce(arena, seconds + more, [script, url], signal)
        if (measured !== null) return measured
      }
      throw new Error(`pgbench made no transaction in ${seconds + Math.max(...MORE_SECONDS)} s.`)
    },
  }
}

async function runOnce(
  arena: Arena,
  seconds: number,
  [script, url]: [string, string],
  signal: AbortSignal,
): Promise<Measured | null> {
  const options = ['-n', '-M', 'prepared', '-c', `${CALLERS}`, '-j', `${THREADS}`, '-T', `${seconds}`]
  const running = run('pgbench', [...options, '-P', '1', '-f', script, url], {
    signal,
    timeout: (seconds + 60) * 1000,
  })
  const readUsage = arena.usageOf(childOf(running.child.pid ?? 0))
  // It reports each second, and the first one does not count.
  let before: Promise<Usage> | undefined
  running.child.stderr?.on('data', () => {
    before ??= readUsage()
  })
  const { stdout, stderr } = await running
  const after = await readUsage()
  const measured = readPgbench(stdout, stderr)
  return measured && { ...measured, cost: before && costOf(await before, after, measured.calls) }
}

/**
 * Parses the output of pgbench without its first second. Its `tps` excludes the time in which the connections were opened; its
 * duration and its progress lines do not. Null when too little is left after the first second.
 * @throws Error with pgbench's output when it is not that of a run
 */
export function readPgbench(stdout: string, stderr: string): Measured | null {
  const read = (pattern: RegExp, text: string): number => Number(pattern.exec(text)?.[1])
  if (!stdout.includes('transactions actually processed'))
    throw new Error(`pgbench gave no figures. Its output:\n${stdout}${stderr}`)
  const all = read(/transactions actually processed: (\d+)/, stdout)
  const tps = read(/tps = ([\d.]+)/, stdout)
  const connectingMs = read(/initial connection time = ([\d.]+) ms/, stdout)
  const firstSeconds = read(/progress: ([\d.]+) s/, stderr)
  const firstTps = read(/progress: [\d.]+ s, ([\d.]+) tps/, stderr)
  const calls = Math.round(all - firstSeconds * firstTps)
  const seconds = all / tps + connectingMs / 1000 - firstSeconds
  if (!(calls > 0 && seconds >= LEAST_SECONDS)) return null
  const failed = read(/failed transactions: (\d+)/, stdout) || 0
  return {
    calls,
    errors: failed,
    firstError: failed > 0 ? 'pgbench does not report it' : null,
    perSecond: calls / seconds,
    p50Ms: null,
  }
}
