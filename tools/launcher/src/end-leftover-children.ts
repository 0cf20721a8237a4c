import { setTimeout as sleep } from 'node:timers/promises'
import { readProcess } from '@zapfleet/holder'

/** A child as the next start finds it. The start time distinguishes it from another program that got its pid. */
type ChildTrace = { pid: number; startedAt: string }

/**
 * The note of a running start in its data folder, for the next start and the doctor. `evolutionUrl`: EVOLUTION_API_URL of its
 * environment, null for the simulator.
 */
export type StartNote = {
  url: string | null
  database: 'embedded' | 'yours'
  evolutionUrl: string | null
  children: ChildTrace[]
}

/** Ends the children that a killed start left: SIGTERM, then SIGKILL after 3 s. `note` is the note in the folder, unchecked. */
export async function endLeftoverChildren(note: unknown): Promise<void> {
  const children = (note as Partial<StartNote> | null)?.children ?? []
  const alive = () => children.filter(({ pid, startedAt }) => readProcess(pid)?.startedAt === startedAt)
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
    // It has ended meanwhile.
  }
}
