import { type ChaosArguments, readArguments, USAGE } from './arguments.ts'
import { runChaos } from './run-chaos.ts'
import type { Verdict } from './verdict.ts'
import { verdictTable } from './verdict.ts'

const report = (line: string): void => console.error(line)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(130)
    report('stopping after this fault; once more to leave at once')
    stopping.abort(new Error(`stopped by ${signal}`))
  })
}

function readOptions(): ChaosArguments {
  try {
    return readArguments(process.argv.slice(2), 1 + Math.floor(Math.random() * 99_999))
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(1)
  }
}

const { help, rounds, seed, ...plan } = readOptions()
if (help) {
  console.log(USAGE)
  process.exit(0)
}

try {
  const all: Verdict[] = []
  for (let round = 0; round < rounds; round++) {
    const startedAtMs = performance.now()
    report(`run ${round + 1} of ${rounds}, seed ${seed + round}`)
    const verdicts = await runChaos({ ...plan, seed: seed + round, report, signal: stopping.signal })
    all.push(...verdicts)
    console.log(`\n${verdictTable(verdicts)}\n`)
    report(`${((performance.now() - startedAtMs) / 1_000).toFixed(0)} s`)
  }
  const violated = all.filter((verdict) => verdict.outcome === 'VIOLATED').length
  const skipped = all.filter((verdict) => verdict.outcome === 'skipped').length
  console.log(
    `${all.length - violated - skipped} held, ${violated} violated, ${skipped} skipped, in ${rounds} runs`,
  )
  process.exit(violated > 0 ? 1 : 0)
} catch (error) {
  const stopped = stopping.signal.aborted
  console.error(stopped ? (error as Error).message : error)
  process.exit(stopped ? 130 : 1)
}
