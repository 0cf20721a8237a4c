import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readProcess } from '@zapfleet/holder'
import { bundleProgram } from '@zapfleet/testing'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** Runs SQL on a database and returns the rows. */
export async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** Another process that has started the PostgreSQL of `dataDir`. */
export async function startElsewhere(
  dataDir: string,
): Promise<{ process: ChildProcess; url: string; pid: number }> {
  const program = await bundleProgram(new URL('./start-and-wait.ts', import.meta.url))
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const line = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve(text)
    })
    child.once('exit', (code) => reject(new Error(`the other process ended with code ${code}`)))
  })
  return { process: child, ...(JSON.parse(line) as { url: string; pid: number }) }
}

/** Kills a process with -9 and waits until it has ended. */
export async function killHard(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

/** The pids of the guard processes of a server. */
export function guardsOf(serverPid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => readProcess(pid)?.command.includes(` sh ${serverPid}`))
}

/** Waits until a process has ended; false when it still runs after `withinMs`. */
export async function endsWithin(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (readProcess(pid)) {
    if (Date.now() > deadline) return false
    await sleep(20)
  }
  return true
}
