import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { examine } from './examine.ts'
import { readStart } from './read-start.ts'
import { isSound, tell, tellAsJson } from './report.ts'
import { showGlobalWebhook } from './show-global-webhook.ts'

const HELP = `zapfleet doctor [--json] [--no-color]
zapfleet doctor --global-webhook [SERVER]

Examines environment, database and migrations, clocks, Evolution and its key,
webhooks, polling and the API, and prints what is wrong and what to do. Changes
nothing. Reads the same environment and .env as npm start.

  --json      for programs: { ok, checks: [{ check, verdict, found, advice }] }
              with verdict ok, warn, fail or skip
  --no-color  accepted as by every command; the output has no colours
  --global-webhook  prints the address for WEBHOOK_GLOBAL_URL of Evolution (of
              its server SERVER), and nothing else; it holds a secret

Exit code 0: nothing is broken (there may be warnings); 1: something is;
2: the command line was not understood.`

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  console.log(HELP)
  process.exit(0)
}
const server = args.find((word, at) => args[at - 1] === '--global-webhook' && !word.startsWith('-'))
const known = ['--json', '--no-color', '--global-webhook', ...(server === undefined ? [] : [server])]
const strange = args.filter((word) => !known.includes(word))
if (strange.length > 0) {
  console.error(`The doctor does not know ${strange.join(' ')}.\n\n${HELP}`)
  process.exit(2)
}

const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[\\/]$/, '')
try {
  process.loadEnvFile(join(root, '.env'))
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const { env, ...start } = readStart(process.env, root)
if (args.includes('--global-webhook')) {
  const { isAddress, words } = await showGlobalWebhook(env, {
    ...start,
    ...(server !== undefined && { server }),
  })
  if (isAddress) console.log(words)
  else console.error(words)
  process.exit(isAddress ? 0 : 1)
}
const findings = await examine(env, { ...start, version })
console.log(args.includes('--json') ? tellAsJson(findings) : tell(findings))
process.exitCode = isSound(findings) ? 0 : 1
