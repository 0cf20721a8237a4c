import { setTimeout as rest } from 'node:timers/promises'
import { loadFactor } from '../invariants/load-factor.ts'
import type { Database } from '../site/database.ts'
import type { Program } from '../site/run-program.ts'
import type { Fault, Stage } from './fault.ts'

const HOUR_MS = 3_600_000
/** Health rounds come each second. */
const POLLED_WITHIN_MS = 4_000

/** An hour and a day, forward and back: across the ends of hours and days, and past the life of an idempotency key. */
const JUMPS_MS = [HOUR_MS, -HOUR_MS, 25 * HOUR_MS, -25 * HOUR_MS, 0]

export const apiClockJumps: Fault = {
  name: 'api-clock-jumps',
  title: "API's clock jumps by hours and days",
  short: true,
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 2_000,
  async strike(stage) {
    await jump(stage, [stage.site.apis[0] as Program])
    // A number's windows follow the clock of the database, whatever the clock of the process. The first one may begin within an
    // hour.
    const wrong = await stage.site.database.query(
      `select from zapfleet.reservations where reserved_at not between now() - interval '1 hour' and now()
       or date_trunc('hour', hour_window) <> date_trunc('hour', reserved_at)`,
    )
    return { broken: wrong.length > 0 ? [`${wrong.length} sends were counted by the wrong clock`] : [] }
  },
}

export const schedulerClockJumps: Fault = {
  name: 'scheduler-clock-jumps',
  title: "schedulers' clocks jump by hours and days",
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 3_000,
  async strike(stage) {
    const broken: string[] = []
    await jump(stage, stage.site.schedulers, async (offsetMs) => {
      if (!(await polledAnew(stage.site.database)))
        broken.push(`no health round came with the clocks off by ${offsetMs / HOUR_MS} hours`)
    })
    return { broken }
  },
}

async function jump(
  { holdMs }: Stage,
  programs: readonly Program[],
  then: (offsetMs: number) => Promise<void> = async () => {},
): Promise<void> {
  for (const offsetMs of JUMPS_MS) {
    for (const program of programs) await program.setClockBy(offsetMs)
    await rest(holdMs / 3)
    await then(offsetMs)
  }
}

/** Whether a health round begins after the call of this function. */
async function polledAnew(database: Database): Promise<boolean> {
  const [from] = await database.query<{ now: Date }>('select now()')
  const untilMs = Date.now() + POLLED_WITHIN_MS * loadFactor()
  while (Date.now() < untilMs) {
    const rows = await database.query('select from zapfleet.server_rounds where started_at > $1', [from?.now])
    if (rows.length > 0) return true
    await rest(100)
  }
  return false
}
