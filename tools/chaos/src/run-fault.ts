import { setTimeout as rest } from 'node:timers/promises'
import type { Fault, Scene } from './faults/fault.ts'
import { auditCounts } from './laws/audit-counts.ts'
import { auditWords, type Closure } from './laws/audit-words.ts'
import { isStarved, stretch } from './laws/stretch.ts'
import type { Watch } from './laws/watch-site.ts'
import type { Failure } from './load/ledger.ts'
import { HAVEN } from './site/numbers.ts'
import type { Site } from './site/open-site.ts'
import type { Verdict } from './verdict.ts'

/** Nothing may go wrong for so long before a site counts as recovered. */
const QUIET_MS = 800
/** A fault that lasts goes on so long for those who must feel it, on a machine that has time. */
const FELT_WITHIN_MS = 10_000
/** How much longer than promised a recovery is waited for, to tell late from never. */
const PATIENCE_MS = 20_000
/** What was left behind in the database by calls that nobody waits for any more has ended after this. */
const SETTLE_WITHIN_MS = 20_000

/** Lets one fault strike a site under load, waits for the recovery, and checks every law. */
export async function runFault(fault: Fault, scene: Scene, watch: Watch): Promise<Verdict> {
  const { site, load, ledger } = scene
  const broken: string[] = []
  const failuresBefore = ledger.failures.length
  const answeredBefore = ledger.answered
  await steady(scene, 15)
  const stretchBefore = stretch()
  const fromMs = Date.now()
  const unfelt = (): string[] => whoFeltNothing(fault, scene, watch, { fromMs, failuresBefore })
  const strike = await fault.strike({
    ...scene,
    async hold(times = 1) {
      await rest(scene.holdMs * times)
      const untilMs = Date.now() + FELT_WITHIN_MS * stretch()
      while (unfelt().length > 0 && Date.now() < untilMs) await rest(20)
    },
  })
  const endedMs = Date.now()
  broken.push(...(strike?.broken ?? []))

  const stretched = Math.max(stretchBefore, stretch())
  const bound = Math.round(fault.recoversWithinMs * stretched)
  const recoveredMs = await recovery(scene, watch, endedMs, bound + PATIENCE_MS)
  const recoveredInMs = recoveredMs === null ? null : Math.max(0, recoveredMs - endedMs)
  if (recoveredInMs === null)
    broken.push(
      `no recovery within ${(bound + PATIENCE_MS) / 1_000} s: ${watch.wrong().join('; ') || 'calls went on failing'}`,
    )
  else if (recoveredInMs > bound)
    broken.push(`the recovery took ${recoveredInMs} ms; ${bound} ms are promised`)

  await load.pause()
  await quiescence(site)
  const failures = ledger.failures.slice(failuresBefore)
  const closures = await closuresOfHaven(site)
  const licence = {
    fromMs,
    toMs: recoveredMs ?? Number.POSITIVE_INFINITY,
    tells: fault.tells,
    absences: fault.mayBreakConnections === false ? [] : site.apis.flatMap((api) => api.absences),
    closures,
    starved: isStarved(stretched),
  }
  broken.push(...auditWords(failures, licence))
  broken.push(...(await auditTwice(scene)))
  broken.push(...ledger.lies, ...watch.sins.splice(0))
  for (const program of site.programs()) broken.push(...program.sins.splice(0))
  broken.push(...unfelt())
  const troubles = failures.filter((failure) => isTrouble(failure, fault))
  load.resume()
  const calls = `${ledger.answered - answeredBefore} calls, ${troubles.length} failed`
  return {
    fault: fault.name,
    words: fault.words,
    outcome: broken.length > 0 ? 'VIOLATED' : 'held',
    recoveredInMs,
    broken,
    stretched,
    note: strike?.note ? `${calls}; ${strike.note}` : calls,
  }
}

/** A fault that nobody notices proves nothing: who should have, and did not. */
function whoFeltNothing(
  fault: Fault,
  { ledger }: Scene,
  watch: Watch,
  since: { fromMs: number; failuresBefore: number },
): string[] {
  const missing: string[] = []
  const callers = ledger.failures.slice(since.failuresBefore).some((failure) => isTrouble(failure, fault))
  if (fault.feltBy.includes('callers') && !callers)
    missing.push('the fault was felt by no caller: it proves nothing')
  for (const name of ['API', 'scheduler'] as const)
    if (fault.feltBy.includes(name) && !watch.wasUnready(name, since.fromMs))
      missing.push(`${name} went on saying that it is ready`)
  return missing
}

function isTrouble({ told }: Failure, fault: Fault): boolean {
  return told.kind === 'silence' || (told.kind === 'refused' && fault.tells.includes(told.code))
}

/** Waits until so many more calls were answered: nobody strikes a site that is not at work. */
async function steady({ ledger }: Scene, calls: number): Promise<void> {
  const upTo = ledger.answered + calls
  const untilMs = Date.now() + 30_000
  while (ledger.answered < upTo) {
    if (Date.now() > untilMs) throw new Error('the site does not serve, before any fault')
    await rest(20)
  }
}

/** The moment from which on every call is served and every status is right; null when it does not come in time. */
async function recovery(
  { load, ledger }: Scene,
  watch: Watch,
  endedMs: number,
  withinMs: number,
): Promise<number | null> {
  let stuckUntilMs = endedMs
  for (;;) {
    const now = Date.now()
    // A call that was asked before the end and still waits is part of the trouble.
    if (load.oldestCallMs() > Math.max(now - endedMs, QUIET_MS)) stuckUntilMs = now
    const rightSinceMs = watch.rightSinceMs()
    const recoveredMs = Math.max(endedMs, stuckUntilMs, ledger.lastTroubleMs(), rightSinceMs ?? 0)
    if (rightSinceMs !== null && now - recoveredMs >= QUIET_MS && ledger.lastGoodMs() > recoveredMs)
      return recoveredMs === stuckUntilMs && stuckUntilMs === endedMs ? endedMs : recoveredMs
    if (now - endedMs > withinMs) return null
    await rest(25)
  }
}

/** Waits until the database does nothing for the fleet's callers any more. */
async function quiescence(site: Site): Promise<void> {
  const untilMs = Date.now() + SETTLE_WITHIN_MS
  for (;;) {
    const [row] = await site.database.ask<{ busy: number }>(
      `select count(*)::int as busy from pg_stat_activity
       where application_name = 'zapfleet' and state <> 'idle' and query ~ 'reservations|incrementar_contador'`,
    )
    if (row?.busy === 0 || Date.now() > untilMs) return
    await rest(50)
  }
}

/** Seats of callers that had gone are given back a moment later: only what stays wrong is wrong. */
async function auditTwice({ site, ledger }: Scene): Promise<string[]> {
  if ((await auditCounts(site.database, ledger)).length === 0) return []
  await rest(1_500)
  return auditCounts(site.database, ledger)
}

/** When the number that always has room was not connected, as the fleet's own history tells it. */
async function closuresOfHaven(site: Site): Promise<Closure[]> {
  const changes = await site.database.ask<{ at: Date; to_status: string }>(
    `select at, to_status from zapfleet.events where instance_name = $1 and type = 'status' order by id`,
    [HAVEN],
  )
  return changes.flatMap((change, index) =>
    change.to_status === 'connected'
      ? []
      : [{ fromMs: change.at.getTime(), toMs: changes[index + 1]?.at.getTime() ?? Number.POSITIVE_INFINITY }],
  )
}
