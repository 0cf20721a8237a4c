import { writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { type BenchArguments, readArguments, USAGE } from './arguments.ts'
import { figureTable } from './figures.ts'
import { errorLines, goalTable, json } from './report.ts'
import { runBench } from './run-bench.ts'
import { writeResult } from './write-result.ts'

const report = (line: string): void => console.error(line)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(130)
    report('stopping what was started; once more to leave at once')
    stopping.abort(new Error(`stopped by ${signal}`))
  })
}

function readOptions(): BenchArguments {
  try {
    return readArguments(process.argv.slice(2), process.env.REDIS_URL)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(1)
  }
}

const options = readOptions()
if (options.help) {
  console.log(USAGE)
  process.exit(0)
}

try {
  const result = await runBench(options, new Date(), { signal: stopping.signal, report })
  console.log(goalTable(result.verdicts, result.rounds))
  console.log(`\n${figureTable(result.rounds)}`)
  for (const line of errorLines(result.rounds)) console.log(line)
  const folder = await writeResult(result, {
    whole: !options.short && options.only === null && options.rounds === null,
  })
  console.log(`\nchart and numbers: ${relative(process.cwd(), folder) || '.'}`)
  if (options.jsonFile !== null) await writeFile(options.jsonFile, json(result))
  // A missed goal does not change the exit code.
  process.exit(0)
} catch (error) {
  const stopped = stopping.signal.aborted
  console.error(stopped ? (error as Error).message : error)
  process.exit(stopped ? 130 : 1)
}
