import { answerProblem, type EvolutionProblem, keyProblem } from '../health/check-evolution.ts'
import { failsToReadDatabase, findConnected } from '../health/fails-to-read-database.ts'
import type { ServerCall } from '../server/on-server.ts'
import type { EvolutionReading } from './evolution-conditions.ts'
import type { Fleet } from './fleet.ts'

const ANSWER_WITHIN_MS = 4_000
/** A key that was accepted is not tried again for this long: the try counts Evolution's tables. */
const KEY_ACCEPTED_FOR_MS = 300_000

/** Problems that the readings of a moment exclude, whether the key could be tried or not. */
const PASSING: ReadonlySet<EvolutionProblem> = new Set(['unreachable', 'unlicensed', 'database_away'])

/** Reads the server of the call; at most once per 10 s, unless `now`. @throws FleetError DATABASE_UNAVAILABLE */
export function readEvolution(
  call: ServerCall<Fleet>,
  { now = false }: { now?: boolean } = {},
): Promise<EvolutionReading> {
  const conditions = call.fleet.conditions(call.server)
  return conditions[now ? 'again' : 'run']((before) => read(call, before))
}

async function read(call: ServerCall<Fleet>, before: EvolutionReading | null): Promise<EvolutionReading> {
  const { evolution } = call
  const within = { timeoutMs: ANSWER_WITHIN_MS }
  const acceptedAtMs = before?.acceptedAtMs ?? null
  const isAccepted = acceptedAtMs !== null && performance.now() - acceptedAtMs < KEY_ACCEPTED_FOR_MS
  const [unanswered, isDatabaseAway, problem, about] = await Promise.all([
    answerProblem(evolution, within),
    findConnected(call).then((name) => failsToReadDatabase(call, name, within)),
    isAccepted ? null : keyProblem(evolution, within).catch(() => 'unknown' as const),
    before?.about ?? evolution.version(within).catch(() => null),
  ])
  if (unanswered !== null) return { problem: unanswered, about, acceptedAtMs }
  if (isDatabaseAway) return { problem: 'database_away', about, acceptedAtMs }
  if (problem === 'unknown') {
    const last = before?.problem ?? null
    const isOver = last !== null && PASSING.has(last)
    return { problem: isOver ? null : last, about, acceptedAtMs }
  }
  if (problem !== null) return { problem, about, acceptedAtMs: null }
  return { problem: null, about, acceptedAtMs: isAccepted ? acceptedAtMs : performance.now() }
}
