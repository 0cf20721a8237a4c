import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { lookAtProcess } from '@zapfleet/holder'
import { bundleProgram } from '@zapfleet/testing'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** Runs SQL on a database and answers the rows. */
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

/** Kills a process with -9 and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

/** The pids of the shells that watch over a server. */
export function watchersOf(serverPid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => lookAtProcess(pid)?.command.includes(` sh ${serverPid}`))
}

/** Waits until a process is gone; false when it still is there after `withinMs`. */
export async function isGoneWithin(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (lookAtProcess(pid)) {
    if (Date.now() > deadline) return false
    await sleep(20)
  }
  return true
}
