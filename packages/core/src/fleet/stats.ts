import { listInstances } from '../instance/list-instances.ts'
import { STATUSES, type Status } from '../instance/status.ts'
import type { Fleet } from './fleet.ts'

/** Capacity and use of one window, in messages, over the connected instances. */
export type WindowStats = { capacity: number; sent: number; remaining: number }

export type FleetStats = {
  total: number
  byStatus: Record<Status, number>
  hour: WindowStats
  day: WindowStats
  /** Of the day's capacity of the connected ones, one decimal; 0 without any. */
  usedPercent: number
}

/** What the fleet can carry and has carried. */
export async function fleetStats(fleet: Fleet): Promise<FleetStats> {
  const instances = await listInstances(fleet)
  const connected = instances.filter((instance) => instance.status === 'connected')
  const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
  const day: WindowStats = {
    capacity: sum(connected.map((one) => one.dailyCapacity)),
    sent: sum(connected.map((one) => one.sentToday)),
    remaining: sum(connected.map((one) => Math.max(0, one.dailyCapacity - one.sentToday))),
  }
  return {
    total: instances.length,
    byStatus: Object.fromEntries(
      STATUSES.map((status) => [status, instances.filter((one) => one.status === status).length]),
    ) as Record<Status, number>,
    hour: {
      capacity: sum(connected.map((one) => one.hourlyCapacity)),
      sent: sum(connected.map((one) => one.sentThisHour)),
      remaining: sum(connected.map((one) => Math.max(0, one.hourlyCapacity - one.sentThisHour))),
    },
    day,
    usedPercent: day.capacity === 0 ? 0 : Math.round((day.sent / day.capacity) * 1000) / 10,
  }
}
