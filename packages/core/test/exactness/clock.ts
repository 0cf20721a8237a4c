/** The zone of every fleet of these tests. */
export const TIME_ZONE = 'America/Sao_Paulo'

/**
 * A clock that every process of a run shares although it runs much faster than theirs: simulated milliseconds since the
 * epoch are `simulatedFromMs + (real - realFromMs) * speed + skewMs`. Speed 0 stands still.
 */
export type FastClock = { realFromMs: number; simulatedFromMs: number; speed: number; skewMs: number }

/** What the clock shows at a real instant. */
export function readClock(clock: FastClock, realMs: number): Date {
  return new Date(
    Math.floor(clock.simulatedFromMs + (realMs - clock.realFromMs) * clock.speed + clock.skewMs),
  )
}

/** A clock that stands still. */
export function stoppedClock(iso: string): FastClock {
  return { realFromMs: 0, simulatedFromMs: Date.parse(iso), speed: 0, skewMs: 0 }
}

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
