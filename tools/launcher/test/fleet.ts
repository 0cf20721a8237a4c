import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, newFolder } from '@zapfleet/testing'
import { onTestFinished } from 'vitest'
import { type Launch, launch } from '../src/launch.ts'
import { planStart } from '../src/plan.ts'

const program = fileURLToPath(new URL('./fake-program.mjs', import.meta.url))
const programs = {
  simulator: [program, 'simulator'],
  api: [program, 'api'],
  scheduler: [program, 'scheduler'],
  sender: [program, 'sender'],
}

/** A launch of fake programs in a new folder: its output, the events of its children, and their pids. */
export type Fleet = Launch & {
  url: string
  dataDir: string
  shown: string[]
  diary(): string[]
  pids(): number[]
}

/** Launches fake programs on a free port, with a given database unless `env` has another; stopped after the test. */
export async function launchFakes(
  env: Record<string, string> = {},
  options: { readyWithinMs?: number } = {},
): Promise<Fleet> {
  const dataDir = env.ZAPFLEET_DATA_DIR ?? newFolder()
  const port = env.PORT ?? String(await freePort())
  const diaryFile = join(dataDir, 'diary.txt')
  const all = {
    DATABASE_URL: 'postgres://yours',
    ...env,
    PORT: port,
    ZAPFLEET_DATA_DIR: dataDir,
    FAKE_DIARY: diaryFile,
  }
  const filled = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  const shown: string[] = []
  const running = launch({
    plan: planStart(filled, [], dataDir),
    env: filled,
    root: dataDir,
    programs,
    show: (line) => shown.push(line),
    ...options,
  })
  running.ready.catch(() => undefined)
  onTestFinished(() => running.stop())
  const diary = () => (existsSync(diaryFile) ? readFileSync(diaryFile, 'utf8').trim().split('\n') : [])
  const pids = () =>
    diary()
      .flatMap((line) => /started (\d+)/.exec(line)?.[1] ?? [])
      .map(Number)
  return { ...running, url: `http://127.0.0.1:${port}`, dataDir, shown, diary, pids }
}
