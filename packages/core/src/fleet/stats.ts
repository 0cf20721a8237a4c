import { listInstances } from '../instance/list-instances.ts'
import { STATUSES, type Status } from '../instance/status.ts'
import type { Fleet } from './fleet.ts'
import { type WindowStats, windowStats } from './window-stats.ts'

export type FleetStats = {
  total: number
  byStatus: Record<Status, number>
  hour: WindowStats
  day: WindowStats
  /** That of the day. */
  usedPercent: number
}

/** What the connected instances may send and have sent. */
export async function fleetStats(fleet: Fleet): Promise<FleetStats> {
  const instances = await listInstances(fleet)
  const connected = instances.filter((instance) => instance.status === 'connected')
  const day = windowStats(connected.map((one) => ({ capacity: one.dailyCapacity, sent: one.sentToday })))
  return {
    total: instances.length,
    byStatus: Object.fromEntries(
      STATUSES.map((status) => [status, instances.filter((one) => one.status === status).length]),
    ) as Record<Status, number>,
    hour: windowStats(connected.map((one) => ({ capacity: one.hourlyCapacity, sent: one.sentThisHour }))),
    day,
    usedPercent: day.usedPercent,
  }
}
