/**
 * What happens to a share of all sends, whatever their kind. The shares are parts of 1 and add up to 1 at most; the draws follow
 * `seed` in the order in which the sends arrive.
 */
export type SendMishaps = {
  seed: number
  /** Never answered, and nothing is written to WhatsApp. */
  hangBefore?: number
  /** Written to WhatsApp, and never answered. */
  hangAfter?: number
  /** Surely not sent: 500 `Internal Server Error`, as of a socket that was lost in the send. */
  refused?: number
}

/** One draw. */
export type Mishap = 'none' | 'hangBefore' | 'hangAfter' | 'refused'

/** How many sends met each draw. */
export type MishapCounts = Record<Mishap, number>

/** Draws of mishaps, and their counts. */
export type MishapDraws = { draw(): Mishap; counts: MishapCounts }

/** Starts the draws of these shares. */
export function startMishaps({ seed, hangBefore = 0, hangAfter = 0, refused = 0 }: SendMishaps): MishapDraws {
  const counts: MishapCounts = { none: 0, hangBefore: 0, hangAfter: 0, refused: 0 }
  const chance = chances(seed)
  return {
    counts,
    draw() {
      const at = chance()
      let mishap: Mishap = 'none'
      if (at < hangBefore) mishap = 'hangBefore'
      else if (at < hangBefore + hangAfter) mishap = 'hangAfter'
      else if (at < hangBefore + hangAfter + refused) mishap = 'refused'
      counts[mishap]++
      return mishap
    },
  }
}

/** Numbers from 0 to 1, the same ones for a seed (mulberry32). */
function chances(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
