import { fork } from 'node:child_process'
import { once } from 'node:events'
import { bundleProgram } from '@zapfleet/testing'
import { onTestFinished } from 'vitest'
import type { Orders, Outcomes } from './provisioner.ts'

export type Provisioner = {
  /** Resolves when all have ended; never, when it is killed before. */
  run(orders: Orders): Promise<Outcomes>
  kill(): Promise<void>
}

/** Starts a process of its own over the same database and Evolution, for one test. */
export async function startProvisioner(...argv: string[]): Promise<Provisioner> {
  const child = fork(await bundleProgram(new URL('./provisioner.ts', import.meta.url)), argv, {
    execArgv: [],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const gone = once(child, 'exit').then(([code]) => code as number | null)
  const first = await Promise.race([once(child, 'message'), gone])
  if (!Array.isArray(first)) throw new Error(`a provisioner ended with ${first} before it was ready`)
  return {
    async run(orders) {
      const answer = once(child, 'message')
      child.send(orders)
      return (await answer)[0] as Outcomes
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
