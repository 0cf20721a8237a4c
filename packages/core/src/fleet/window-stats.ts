/** Capacity and use of one window (an hour, a day) over several instances, in messages. */
export type WindowStats = {
  capacity: number
  sent: number
  /** What each instance has left; one that sent above its limit has 0 left, and reduces no other. */
  remaining: number
  /**
   * The share of the capacity that is not left, 0 to 100 with one decimal: `(capacity - remaining) / capacity`. 0 without a
   * capacity; 100 only when nothing is left, 0 only when nothing is used.
   */
  usedPercent: number
}

/** Sums up one window of several instances. */
export function windowStats(instances: readonly { capacity: number; sent: number }[]): WindowStats {
  const stats = { capacity: 0, sent: 0, remaining: 0 }
  for (const { capacity, sent } of instances) {
    stats.capacity += capacity
    stats.sent += sent
    stats.remaining += Math.max(0, capacity - sent)
  }
  return withUsedPercent(stats)
}

/** Adds the share to sums over several instances. */
export function withUsedPercent(sums: Omit<WindowStats, 'usedPercent'>): WindowStats {
  return { ...sums, usedPercent: usedPercent(sums) }
}

function usedPercent({ capacity, remaining }: { capacity: number; remaining: number }): number {
  const used = capacity - remaining
  if (used <= 0) return 0
  return Math.max(0.1, Math.floor((used / capacity) * 1000) / 10)
}
