import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The API in a process of its own. `kill` ends it as a crash would, and waits for the end. */
export type ApiProcess = { child: ChildProcess; port: number; kill(): Promise<void> }

/**
 * Starts the API from its sources, with nothing in its environment but what is given (`PORT` 0: a free port), and
 * waits until it listens. Throws with its output when it ends before.
 */
export async function spawnApi(environment: Record<string, string>): Promise<ApiProcess> {
  const main = fileURLToPath(new URL('../../../apps/api/src/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@zapfleet/source', main], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const port = await new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk
      const found = /"address":"http:\/\/[^:]+:(\d+)"/.exec(output)
      if (found) resolve(Number(found[1]))
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', () => reject(new Error(`the API ended before it was ready:\n${output}`)))
  })
  return {
    child,
    port,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
