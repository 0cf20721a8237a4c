import { setTimeout as sleep } from 'node:timers/promises'
import { lookAtProcess } from '@zapfleet/holder'

/** A child as the next start will know it: a pid alone may belong to another program by then. */
type ChildTrace = { pid: number; startedAt: string }

/**
 * What a running start tells the next one, and the doctor, in the folder it holds. `evolutionUrl`: EVOLUTION_API_URL of its
 * environment, null for the simulator.
 */
export type StartNote = {
  url: string | null
  database: 'embedded' | 'yours'
  evolutionUrl: string | null
  children: ChildTrace[]
}

/** Ends the children that a killed start may have left: asked first, killed after 3 s. `note` is whatever was found. */
export async function endLeftoverChildren(note: unknown): Promise<void> {
  const children = (note as Partial<StartNote> | null)?.children ?? []
  const alive = () => children.filter(({ pid, startedAt }) => lookAtProcess(pid)?.startedAt === startedAt)
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const { pid } of alive()) signalGroup(pid, signal)
    const deadline = Date.now() + 3000
    while (alive().length > 0 && Date.now() < deadline) await sleep(30)
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // Gone meanwhile.
  }
}
