import { setTimeout as rest } from 'node:timers/promises'
import { startLoad } from '../load/start-load.ts'
import type { Program } from '../site/run-program.ts'
import type { Fault } from './fault.ts'

/** An hour, scaled: about as many calls as a bot makes in it that sends some messages a second, without its pauses. */
const SOAK_MS = 60_000
const WARM_UP_MS = 10_000
const WEIGH_EVERY_MS = 1_500
const GROWTH_SHARE = 0.1
/** Below this a difference is what a collection leaves by chance. */
const GROWTH_BYTES = 3 * 2 ** 20

export const memoryFlat: Fault = {
  name: 'memory',
  words: 'memory under a long load (an hour, scaled)',
  tells: [],
  feltBy: [],
  recoversWithinMs: 2_000,
  async strike({ site, ledger, random, short }) {
    const scale = short ? 0.25 : 1
    const answeredBefore = ledger.answered
    const more = startLoad(site.address, ledger, random, { callers: 16, pauseMs: 1, names: 'soak' })
    const programs = [site.apis[0] as Program, ...site.schedulers]
    const weights = new Map<Program, number[]>(programs.map((program) => [program, []]))
    await rest(WARM_UP_MS * scale)
    const untilMs = Date.now() + SOAK_MS * scale
    while (Date.now() < untilMs) {
      await rest(WEIGH_EVERY_MS * scale)
      for (const [program, list] of weights) {
        const { heapUsed, external } = await program.weigh()
        list.push(heapUsed + external)
      }
    }
    await more.stop()
    const broken: string[] = []
    const notes: string[] = []
    for (const [{ name }, list] of weights) {
      const third = Math.floor(list.length / 3)
      const first = median(list.slice(0, third))
      const last = median(list.slice(-third))
      const words = `${name} ${mb(first)} to ${mb(last)} MB`
      notes.push(words)
      if (last - first > Math.max(GROWTH_BYTES, first * GROWTH_SHARE))
        broken.push(`memory grew between the first and the last third: ${words}`)
    }
    return { broken, note: `${ledger.answered - answeredBefore} answers; ${notes.join(', ')}` }
  },
}

const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
