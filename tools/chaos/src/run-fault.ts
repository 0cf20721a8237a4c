import { setTimeout as rest } from 'node:timers/promises'
import type { Fault, Scene } from './faults/fault.ts'
import { auditCounts } from './invariants/audit-counts.ts'
import { auditReplies, type Closure } from './invariants/audit-replies.ts'
import { isOverloaded, loadFactor } from './invariants/load-factor.ts'
import type { Monitor } from './invariants/monitor-site.ts'
import type { Failure } from './load/ledger.ts'
import { SPARE } from './site/numbers.ts'
import type { Site } from './site/open-site.ts'
import type { Verdict } from './verdict.ts'

/** A site counts as recovered after this time without an error. */
const QUIET_MS = 800
/** On an idle machine, a lasting fault lasts at most this long until all expected effects are observed. */
const NOTICED_WITHIN_MS = 10_000
/** A recovery is awaited this much longer than promised, to distinguish late from never. */
const GRACE_MS = 20_000
/** After this time, the statements of abandoned calls have ended in the database. */
const IDLE_WITHIN_MS = 20_000

/** Applies one fault to a site under load, waits for the recovery, and checks every invariant. */
export async function runFault(fault: Fault, scene: Scene, monitor: Monitor): Promise<Verdict> {
  const { site, load, ledger } = scene
  const broken: string[] = []
  const failuresBefore = ledger.failures.length
  const answeredBefore = ledger.answered
  await steady(scene, 15)
  const factorBefore = loadFactor()
  const fromMs = Date.now()
  const unnoticed = (): string[] => missingEffects(fault, scene, monitor, { fromMs, failuresBefore })
  const strike = await fault.strike({
    ...scene,
    async hold(times = 1) {
      await rest(scene.holdMs * times)
      const untilMs = Date.now() + NOTICED_WITHIN_MS * loadFactor()
      while (unnoticed().length > 0 && Date.now() < untilMs) await rest(20)
    },
  })
  const endedMs = Date.now()
  broken.push(...(strike?.broken ?? []))

  const extendedBy = Math.max(factorBefore, loadFactor())
  const bound = Math.round(fault.recoversWithinMs * extendedBy)
  const recoveredMs = await recovery(scene, monitor, endedMs, bound + GRACE_MS)
  const recoveredInMs = recoveredMs === null ? null : Math.max(0, recoveredMs - endedMs)
  if (recoveredInMs === null)
    broken.push(
      `no recovery within ${(bound + GRACE_MS) / 1_000} s: ${monitor.wrong().join('; ') || 'calls kept failing'}`,
    )
  else if (recoveredInMs > bound)
    broken.push(`the recovery took ${recoveredInMs} ms; ${bound} ms are promised`)

  await load.pause()
  await untilIdle(site)
  const failures = ledger.failures.slice(failuresBefore)
  const closures = await closuresOfSpare(site)
  const allowance = {
    fromMs,
    toMs: recoveredMs ?? Number.POSITIVE_INFINITY,
    allowedErrors: fault.allowedErrors,
    absences: fault.mayBreakConnections === false ? [] : site.apis.flatMap((api) => api.absences),
    closures,
    overloaded: isOverloaded(extendedBy),
  }
  broken.push(...auditReplies(failures, allowance))
  broken.push(...(await auditTwice(scene)))
  broken.push(...ledger.contradictions, ...monitor.violations.splice(0))
  for (const program of site.programs()) broken.push(...program.violations.splice(0))
  broken.push(...unnoticed())
  const troubles = failures.filter((failure) => isTrouble(failure, fault))
  load.resume()
  const calls = `${ledger.answered - answeredBefore} calls, ${troubles.length} failed`
  return {
    fault: fault.name,
    title: fault.title,
    outcome: broken.length > 0 ? 'VIOLATED' : 'held',
    recoveredInMs,
    broken,
    extendedBy,
    note: strike?.note ? `${calls}; ${strike.note}` : calls,
  }
}

/** A fault without an effect proves nothing: the expected effects that were not observed. */
function missingEffects(
  fault: Fault,
  { ledger }: Scene,
  monitor: Monitor,
  since: { fromMs: number; failuresBefore: number },
): string[] {
  const missing: string[] = []
  const callers = ledger.failures.slice(since.failuresBefore).some((failure) => isTrouble(failure, fault))
  if (fault.noticedBy.includes('callers') && !callers)
    missing.push('no caller noticed the fault: it proves nothing')
  for (const name of ['API', 'scheduler'] as const)
    if (fault.noticedBy.includes(name) && !monitor.wasUnready(name, since.fromMs))
      missing.push(`${name} kept reporting ready`)
  return missing
}

function isTrouble({ reply }: Failure, fault: Fault): boolean {
  return reply.kind === 'no reply' || (reply.kind === 'refused' && fault.allowedErrors.includes(reply.code))
}

/** Waits until this many more calls are answered, so that a fault strikes a site at work. */
async function steady({ ledger }: Scene, calls: number): Promise<void> {
  const upTo = ledger.answered + calls
  const untilMs = Date.now() + 30_000
  while (ledger.answered < upTo) {
    if (Date.now() > untilMs) throw new Error('the site does not serve, before any fault')
    await rest(20)
  }
}

/** The time from which on every call is served and every status is right; null when it does not come in time. */
async function recovery(
  { load, ledger }: Scene,
  monitor: Monitor,
  endedMs: number,
  withinMs: number,
): Promise<number | null> {
  let stuckUntilMs = endedMs
  for (;;) {
    const now = Date.now()
    // A call that began before the end of the fault and still waits belongs to the fault.
    if (load.oldestCallMs() > Math.max(now - endedMs, QUIET_MS)) stuckUntilMs = now
    const rightSinceMs = monitor.rightSinceMs()
    const recoveredMs = Math.max(endedMs, stuckUntilMs, ledger.lastTroubleMs(), rightSinceMs ?? 0)
    if (rightSinceMs !== null && now - recoveredMs >= QUIET_MS && ledger.lastGoodMs() > recoveredMs)
      return recoveredMs === stuckUntilMs && stuckUntilMs === endedMs ? endedMs : recoveredMs
    if (now - endedMs > withinMs) return null
    await rest(25)
  }
}

/** Waits until the database runs no statement for the fleet. */
async function untilIdle(site: Site): Promise<void> {
  const untilMs = Date.now() + IDLE_WITHIN_MS
  for (;;) {
    const [row] = await site.database.query<{ busy: number }>(
      `select count(*)::int as busy from pg_stat_activity
       where application_name in ('zapfleet', 'zapfleet claims') and state <> 'idle' and query ~ 'reservations|incrementar_contador'`,
    )
    if (row?.busy === 0 || Date.now() > untilMs) return
    await rest(50)
  }
}

/** Seats of abandoned calls are given back a moment later, so a violation counts only if it stays. */
async function auditTwice({ site, ledger }: Scene): Promise<string[]> {
  if ((await auditCounts(site.database, ledger)).length === 0) return []
  await rest(1_500)
  return auditCounts(site.database, ledger)
}

/** The times at which the number that always has room was not connected, by the fleet's own history. */
async function closuresOfSpare(site: Site): Promise<Closure[]> {
  const changes = await site.database.query<{ at: Date; to_status: string }>(
    `select at, to_status from zapfleet.events where instance_name = $1 and type = 'status' order by id`,
    [SPARE],
  )
  return changes.flatMap((change, index) =>
    change.to_status === 'connected'
      ? []
      : [{ fromMs: change.at.getTime(), toMs: changes[index + 1]?.at.getTime() ?? Number.POSITIVE_INFINITY }],
  )
}
