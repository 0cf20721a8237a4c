import { setTimeout as rest } from 'node:timers/promises'
import { callApi } from '../load/call-api.ts'
import type { Ledger } from '../load/ledger.ts'
import { startLoad } from '../load/start-load.ts'
import { RECORDED } from '../site/numbers.ts'
import { BOT_KEY } from '../site/open-site.ts'
import type { Program } from '../site/run-program.ts'
import type { Fault } from './fault.ts'

/** A scaled hour: about as many calls as a bot with some messages a second makes in it, without its pauses. */
const SCALED = { soakMs: 60_000, warmUpMs: 10_000, weighEveryMs: 1_500, pauseMs: 1 }
/** For the requested time, with pauses: 16 callers then make about 150 sends a second. */
const UNSCALED = { warmUpMs: 60_000, weighEveryMs: 10_000, pauseMs: 100 }
/** More contacts than an API process caches (100,000). An hour reaches this number, a minute does not. */
const MET = 150_000
const GROWTH_SHARE = 0.1
/** A smaller difference is within the noise of a garbage collection. */
const GROWTH_BYTES = 3 * 2 ** 20

export const memoryFlat: Fault = {
  name: 'memory',
  title: 'memory under a long load (an hour, scaled)',
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 2_000,
  async strike({ site, ledger, random, short, soakMinutes }) {
    const scale = short ? 0.25 : 1
    const { soakMs, warmUpMs, weighEveryMs, pauseMs } =
      soakMinutes === null ? SCALED : { ...UNSCALED, soakMs: soakMinutes * 60_000 }
    if (soakMinutes !== null) await fillMemory(site.address(), ledger)
    const answeredBefore = ledger.answered
    const more = startLoad(site.address, ledger, random, { callers: 16, pauseMs, names: 'soak' })
    const programs = [site.apis[0] as Program, ...site.schedulers]
    const weights = new Map<Program, number[]>(programs.map((program) => [program, []]))
    await rest(warmUpMs * scale)
    const untilMs = Date.now() + soakMs * scale
    while (Date.now() < untilMs) {
      await rest(weighEveryMs * scale)
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
      const text = `${name} ${mb(first)} to ${mb(last)} MB`
      notes.push(text)
      if (last - first > Math.max(GROWTH_BYTES, first * GROWTH_SHARE))
        broken.push(`memory grew between the first and the last third: ${text}`)
    }
    return { broken, note: `${ledger.answered - answeredBefore} answers; ${notes.join(', ')}` }
  },
}

/** Caches with a limit are full before the first measurement. */
async function fillMemory(address: string, ledger: Ledger): Promise<void> {
  let met = 0
  const caller = async (): Promise<void> => {
    while (met < MET) {
      const contactId = `met-${met++}`
      const reply = await callApi(address, BOT_KEY, 'reservation.reserve', { contactId, exclude: [RECORDED] })
      ledger.add(ledger.open(null, contactId), 'reserve', reply)
    }
  }
  await Promise.all(Array.from({ length: 32 }, caller))
}

const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
