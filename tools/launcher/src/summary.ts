import { basename } from 'node:path'
import type { Ready } from './launch.ts'
import type { Plan } from './plan.ts'

/** The summary of a start that is ready; plain text. `tookMs` is the time since the launcher began. */
export function summarize(plan: Plan, ready: Ready, tookMs: number): string {
  const { url } = ready
  const folder = plan.dataDir
  const lines = [
    '',
    ready.evolutionProblem === null
      ? `zapfleet is ready (${(tookMs / 1000).toFixed(1)} s).`
      : `zapfleet runs (${(tookMs / 1000).toFixed(1)} s), but cannot use Evolution: ${describeProblem(ready.evolutionProblem)}`,
    '',
    `  Dashboard  ${url}  (in a browser; sign in with the admin key)`,
    `  API        ${url}/trpc`,
    plan.database === 'embedded'
      ? `  Database   embedded PostgreSQL; its address is in ${folder}/database-url`
      : '  Database   yours (DATABASE_URL)',
    plan.evolution === 'simulated'
      ? `  Evolution  simulated at ${ready.simulatorUrl}: a number connects a moment after its QR code is shown`
      : ready.evolutionProblem === null
        ? '  Evolution  yours (EVOLUTION_API_URL)'
        : '  Evolution  yours (EVOLUTION_API_URL): NOT USABLE; see npm run doctor',
  ]
  if (ready.demo === 'small') lines.push('  Demo       six example numbers with some traffic')
  if (ready.demo === 'large')
    lines.push('  Demo       forty example numbers in three pools, on two simulated Evolution servers')
  const made = [ready.admin, ready.bot].flatMap((key, index) =>
    key?.made ? [`    ${index === 0 ? 'admin' : 'bot  '}  ${key.value}`] : [],
  )
  // A start that made the keys and then failed has not shown them.
  const kept = [ready.admin, ready.bot].flatMap((key) => (key?.file && !key.made ? [basename(key.file)] : []))
  if (kept.length > 0) lines.push(`  Keys       in ${folder}: ${kept.join(' and ')}`)
  if (made.length > 0) lines.push('', `  New keys, shown only this time, stored in ${folder}:`, ...made)
  lines.push(
    '',
    '  Try next, in another terminal:',
    '',
    '    ./zapfleet watch',
    '',
    `    curl -s ${url}/health/instances`,
    '',
    `    curl -s ${url}/admin/instances -H "x-api-key: ${keyInShell(ready.admin, 'ADMIN_API_KEY')}" -H 'content-type: application/json' -d '{"nome":"minha-loja"}'`,
    '',
    `    curl -s ${url}/trpc/reservation.reserve -H "x-api-key: ${keyInShell(ready.bot, 'BOT_API_KEY')}" -H 'content-type: application/json' -d '{"contactId":"5511987654321"}'`,
    '',
    `  Logs: ${folder}/logs. Ctrl-C stops everything.`,
    '',
  )
  return lines.join('\n')
}

const PROBLEMS: Readonly<Record<string, string>> = {
  unreachable:
    'nothing answers at EVOLUTION_API_URL.\nStart Evolution, or correct the address; until then no number can be paired and no status is read.',
  unlicensed:
    'its licence is not activated.\nOpen its manager (/manager) in a browser and activate the licence; until then no number can be paired, and all read unknown. No restart is needed.',
  not_evolution:
    'the server at EVOLUTION_API_URL is no Evolution API.\nCorrect the address: it is that of the Evolution server itself.',
  key_refused:
    "it refuses EVOLUTION_API_KEY.\nSet it to the server's AUTHENTICATION_API_KEY and start again; until then no number can be paired and no status is read.",
  database_away:
    'its own database does not answer.\nGet the PostgreSQL of Evolution back, then restart Evolution: until then a number that was logged out may read as connected.',
  key_of_one_instance:
    "EVOLUTION_API_KEY is the token of one instance and opens that one only.\nSet it to the server's AUTHENTICATION_API_KEY and start again. Until then all other numbers look missing: do not delete them.",
}

const describeProblem = (problem: string): string => PROBLEMS[problem] ?? `${problem}.`

/** A key as shell code inside double quotes: read from its file or, if it came from the environment, from the variable. */
function keyInShell(key: Ready['admin'], variable: string): string {
  return key?.file ? `$(cat '${key.file.replaceAll("'", `'\\''`)}')` : `$${variable}`
}
