/** From this share on a window counts as nearly full. */
const HIGH = 0.8

/** The level of a window: `idle` when the number cannot send. */
export type Level = 'normal' | 'high' | 'full' | 'idle'

/** The share of a capacity, 0 to 1; a capacity of 0 is full. */
export function shareOf(sent: number, capacity: number): number {
  return capacity > 0 ? Math.min(1, sent / capacity) : 1
}

/** The level of a window. */
export function levelOf(sent: number, capacity: number, active = true): Level {
  if (!active) return 'idle'
  const share = shareOf(sent, capacity)
  return share >= 1 ? 'full' : share >= HIGH ? 'high' : 'normal'
}

/** A bar; screen readers read the figures beside it. */
export function Meter({
  sent,
  capacity,
  active = true,
}: {
  sent: number
  capacity: number
  active?: boolean
}) {
  const level = levelOf(sent, capacity, active)
  return (
    <span className="meter" data-level={level} aria-hidden="true">
      <span className="meter-fill" style={{ width: `${shareOf(sent, capacity) * 100}%` }} />
    </span>
  )
}
