import type { Instance } from '@zapfleet/client'

/** Messages that a number may send today: its ramp lowers its daily limit. An API of an earlier release returns no ramp. */
export function dailyLimit({
  dailyCapacity,
  ramp,
}: Pick<Instance, 'dailyCapacity'> & Partial<Pick<Instance, 'ramp'>>): number {
  return Math.min(dailyCapacity, ramp?.limitToday ?? dailyCapacity)
}
