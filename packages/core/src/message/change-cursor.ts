/** A position in `zapfleet.message_changes`, whose rows are read in the order of (xid, seq). */
export type ChangePosition = { xid: bigint; seq: bigint }

const MAX = 2n ** 63n - 1n

/** The position as the id of an event: `<xid>-<seq>`. */
export function cursorOf({ xid, seq }: ChangePosition): string {
  return `${xid}-${seq}`
}

/** The position that a text names; null when it is none. */
export function parseCursor(text: string): ChangePosition | null {
  const [, first = '', second = ''] = /^(\d{1,19})-(\d{1,19})$/.exec(text) ?? []
  if (first === '') return null
  const [xid, seq] = [BigInt(first), BigInt(second)]
  return xid <= MAX && seq <= MAX ? { xid, seq } : null
}

/** The position as one number, in the same order. */
export function placeOf({ xid, seq }: ChangePosition): bigint {
  return (xid << 63n) | seq
}

/** The position of a number that `placeOf` returned. */
export function positionAt(place: bigint): ChangePosition {
  return { xid: place >> 63n, seq: place & MAX }
}
