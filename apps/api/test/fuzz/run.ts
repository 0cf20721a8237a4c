import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { anyCase, type Case } from './cases.ts'
import { routesOf } from './routes.ts'
import { breach, isRefusal } from './verdict.ts'
import { sendOnWire, type WireAnswer, type WireRequest } from './wire.ts'
import { openWorld, type World } from './world.ts'

/** After so many cases a new fleet starts: the rows of the old one would slow down every digest. */
const WORLD_CASES = 1_000

/**
 * The result of a run. `breaches` are sentences; `byStatus` counts the answers, `targets` the calls of each target.
 */
export type Report = {
  cases: number
  seed: number
  breaches: string[]
  byStatus: Map<number, number>
  targets: Map<string, number>
  /** The total time of the calls of each target, in milliseconds. */
  spentMs: Map<string, number>
  refusals: number
  slowestMs: number
  slowest: string
  tookMs: number
}

/** Sends `cases` calls, each at its own place in the sequence of `seed`, and checks every answer. */
export async function runFuzz(cases: number, seed: number): Promise<Report> {
  const report: Report = {
    cases: 0,
    seed,
    breaches: [],
    byStatus: new Map(),
    targets: new Map(),
    spentMs: new Map(),
    refusals: 0,
    slowestMs: 0,
    slowest: '',
    tookMs: 0,
  }
  const startedAt = performance.now()
  for (let first = 0; first < cases; first += WORLD_CASES) {
    const world = await openWorld()
    try {
      const numRuns = Math.min(WORLD_CASES, cases - first)
      const drawn = fc.sample(anyCase(await routesOf(world.api.server)), { numRuns, seed: seed + first })
      await runInWorld(world, drawn, first, report)
      const live = await sendOnWire(world.api.address, LIVE)
      if (live.status !== 200) report.breaches.push(`after case ${first + numRuns} the server is not alive`)
    } finally {
      await world.close()
    }
  }
  report.tookMs = performance.now() - startedAt
  return report
}

const LIVE: WireRequest = { method: 'GET', target: '/health/live', headers: [['host', 'h']], body: null }

async function runInWorld(
  world: World,
  drawn: readonly Case[],
  first: number,
  report: Report,
): Promise<void> {
  let before = await world.digest()
  let writes = await world.writes()
  for (const [index, one] of drawn.entries()) {
    const sent = { ...one, request: filled(world, one.request) }
    const answer = await sendOnWire(world.api.address, sent.request)
    const written = await world.writes()
    const after = written === writes ? before : await world.digest()
    const changed = isRefusal(answer) && after !== before && (await changesAgain(world, sent))
    before = changed ? await world.digest() : after
    writes = written
    const wrong = breach(sent, answer) ?? (changed ? 'was refused, and changed a row' : null)
    count(report, sent, answer)
    world.learn(answer.body)
    if (wrong !== null) report.breaches.push(inWords(first + index, sent, answer, wrong))
  }
}

/** Work of an earlier call may end between two readings; so a change counts when the same call makes it again. */
async function changesAgain(world: World, { request }: Case): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    let before = await world.digest()
    for (let still = 0; still < 3; still++) {
      await pause(100)
      const now = await world.digest()
      if (now !== before) still = 0
      before = now
    }
    const answer = await sendOnWire(world.api.address, request)
    if (!isRefusal(answer) || (await world.digest()) === before) return false
  }
  return true
}

function filled(world: World, request: WireRequest): WireRequest {
  const body = request.body?.toString('latin1')
  // Placeholders are ASCII between two marks that are two bytes each in UTF-8; latin1 keeps every other byte as it
  // is.
  const places = (text: string) => world.fill(text.replaceAll('Â«', '«').replaceAll('Â»', '»'))
  return {
    ...request,
    target: world.fill(
      request.target
        .replaceAll('%C2%AB', '«')
        .replaceAll('%C2%BB', '»')
        .replaceAll(/«(\w+)%20(\d)»/g, '«$1 $2»'),
    ),
    headers: request.headers.map(([name, value]) => [name, world.fill(value)] as const),
    body: body?.includes('Â«') ? Buffer.from(places(body), 'latin1') : request.body,
  }
}

function count(report: Report, { about, request }: Case, { status, tookMs }: WireAnswer): void {
  report.cases += 1
  if (status >= 400) report.refusals += 1
  report.byStatus.set(status, (report.byStatus.get(status) ?? 0) + 1)
  report.targets.set(about, (report.targets.get(about) ?? 0) + 1)
  report.spentMs.set(about, (report.spentMs.get(about) ?? 0) + tookMs)
  if (tookMs <= report.slowestMs) return
  report.slowestMs = tookMs
  report.slowest = `${about} (${request.method} ${request.target.slice(0, 60)})`
}

function inWords(index: number, { about, request }: Case, answer: WireAnswer, wrong: string): string {
  const headers = request.headers.map(([name, value]) => `${name}: ${value.slice(0, 80)}`).join('; ')
  const body = request.body === null ? '' : ` ${JSON.stringify(request.body.toString('utf8').slice(0, 300))}`
  return `case ${index}, ${about}: ${wrong}\n  ${request.method} ${request.target.slice(0, 300)} [${headers}]${body}\n  ${answer.status} ${answer.body.slice(0, 400)}`
}
