/**
 * A daily check for admins: reads every number now, prints what to do, and raises the daily limit of new numbers step by step.
 * For cron: exit code 1 if a person must act.
 *
 *     export FLEET_URL=http://127.0.0.1:3333 FLEET_KEY=…         # an admin's key
 *     npx tsx admin.ts                                           # reads, and shows what it would change
 *     npx tsx admin.ts --apply                                   # changes it
 */
import { createFleetClient, type Instance, isFleetError } from '@zapfleet/client'

/** Messages a day by the age of the number in days: WhatsApp bans new numbers that send much. */
const WARM_UP = [
  { fromDay: 0, dailyCapacity: 20 },
  { fromDay: 3, dailyCapacity: 50 },
  { fromDay: 7, dailyCapacity: 100 },
  { fromDay: 14, dailyCapacity: 250 },
]
const DAY_MS = 86_400_000

const { FLEET_URL = 'http://127.0.0.1:3333', FLEET_KEY = '' } = process.env
const apply = process.argv.includes('--apply')

try {
  process.exitCode = (await checkFleet()) ? 0 : 1
} catch (error) {
  console.error(isFleetError(error) ? `${error.code}: ${error.message}` : error)
  process.exitCode = 2
}

/** Returns whether no number needs a person. */
async function checkFleet(): Promise<boolean> {
  const fleet = createFleetClient({ url: FLEET_URL, apiKey: FLEET_KEY })
  await fleet.health.checkAll.mutate({})
  const [instances, stats, conditions] = await Promise.all([
    fleet.instance.list.query({}),
    fleet.fleet.stats.query({}),
    fleet.fleet.conditions.query({}),
  ])

  for (const one of instances) {
    console.log(`${one.name.padEnd(20)} ${one.status.padEnd(12)} ${one.sentToday}/${one.dailyCapacity} today`)
    if (one.action !== null) console.log(`  → ${one.action}`)
    const dailyCapacity = raisedCapacity(one, Date.now())
    if (dailyCapacity === null) continue
    console.log(`  → ${apply ? 'now' : 'would now be'} ${dailyCapacity} a day`)
    if (apply) await fleet.instance.update.mutate({ name: one.name, dailyCapacity })
  }
  const online = stats.byStatus.connected
  console.log(`${online} of ${stats.total} online, room for ${stats.day.remaining} more today`)
  if (!conditions.polling.alive) console.log('The numbers are not polled: start the scheduler.')
  return online > 0 && instances.every((one) => one.action === null)
}

/** The daily capacity for the age of a connected number, if it is more than the present one; else null. */
function raisedCapacity(one: Instance, nowMs: number): number | null {
  if (one.createdAt === null || one.status !== 'connected' || one.dailyCapacity === 0) return null
  const ageDays = (nowMs - Date.parse(one.createdAt)) / DAY_MS
  const due = WARM_UP.findLast((step) => ageDays >= step.fromDay)
  return due !== undefined && due.dailyCapacity > one.dailyCapacity ? due.dailyCapacity : null
}
