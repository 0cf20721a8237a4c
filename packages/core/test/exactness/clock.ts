/** The time zone of every fleet of these tests. */
export const TIME_ZONE = 'America/Sao_Paulo'

/**
 * A clock that every process of a run shares although it runs much faster than theirs: simulated milliseconds since
 * the epoch are `simulatedFromMs + (real - realFromMs) * speed + skewMs`. With speed 0 it is stopped.
 */
export type FastClock = { realFromMs: number; simulatedFromMs: number; speed: number; skewMs: number }

/** The simulated time at a real instant. */
export function readClock(clock: FastClock, realMs: number): Date {
  return new Date(
    Math.floor(clock.simulatedFromMs + (realMs - clock.realFromMs) * clock.speed + clock.skewMs),
  )
}

/** A stopped clock. */
export function stoppedClock(iso: string): FastClock {
  return { realFromMs: 0, simulatedFromMs: Date.parse(iso), speed: 0, skewMs: 0 }
}
