import type { Site } from '../site/open-site.ts'
import type { WireMode } from '../site/open-wire.ts'
import { DATABASE_TELLS, type Fault } from './fault.ts'

type WireName = keyof Site['wires']

/** Plays a mode on one wire for as long as faults are to last, or `times` as long. */
function onWire(wire: WireName, mode: WireMode, times = 1): Fault['strike'] {
  return async ({ site, hold }) => {
    await site.wires[wire].set(mode)
    await hold(times)
    await site.wires[wire].set({ kind: 'open' })
    return undefined
  }
}

export const postgresSlow: Fault = {
  name: 'postgres-slow',
  words: 'PostgreSQL slow (200 ms each way)',
  tells: DATABASE_TELLS,
  feltBy: [],
  recoversWithinMs: 3_000,
  strike: onWire('apiDatabase', { kind: 'slow', delayMs: 200 }, 1.5),
}

export const apiDatabaseCut: Fault = {
  name: 'api-database-cut',
  words: 'network API - PostgreSQL cut',
  short: true,
  tells: DATABASE_TELLS,
  feltBy: ['callers', 'API'],
  recoversWithinMs: 4_000,
  strike: onWire('apiDatabase', { kind: 'cut' }),
}

export const apiDatabaseFlaky: Fault = {
  name: 'api-database-resets',
  words: 'network API - PostgreSQL resets all the time',
  tells: DATABASE_TELLS,
  feltBy: ['callers'],
  recoversWithinMs: 4_000,
  strike: onWire('apiDatabase', { kind: 'flaky', lifeMs: 300 }),
}

export const apiDatabaseHangs: Fault = {
  name: 'api-database-hangs',
  words: 'network API - PostgreSQL hangs, then goes on',
  tells: DATABASE_TELLS,
  feltBy: ['callers', 'API'],
  recoversWithinMs: 8_000,
  strike: onWire('apiDatabase', { kind: 'hang' }, 2),
}

export const apiDatabaseForgotten: Fault = {
  name: 'api-database-forgotten',
  words: 'network API - PostgreSQL: connections die silently',
  tells: DATABASE_TELLS,
  feltBy: ['callers', 'API'],
  // Nobody is told: only the time that a statement may take (12 s) shows that its connection is dead, and one may be met late.
  recoversWithinMs: 30_000,
  async strike({ site, hold }) {
    site.wires.apiDatabase.forget()
    await hold(0)
    return undefined
  },
}

export const schedulerDatabaseCut: Fault = {
  name: 'scheduler-database-cut',
  words: 'network scheduler - PostgreSQL cut',
  tells: [],
  feltBy: ['scheduler'],
  recoversWithinMs: 10_000,
  strike: onWire('schedulerDatabase', { kind: 'cut' }),
}

export const schedulerDatabaseForgotten: Fault = {
  name: 'scheduler-database-forgotten',
  words: 'network scheduler - PostgreSQL: connections die silently',
  tells: [],
  feltBy: ['scheduler'],
  recoversWithinMs: 30_000,
  async strike({ site, hold }) {
    site.wires.schedulerDatabase.forget()
    await hold(0)
    return undefined
  },
}

export const apiEvolutionCut: Fault = {
  name: 'api-evolution-cut',
  words: 'network API - Evolution cut',
  tells: [],
  feltBy: [],
  recoversWithinMs: 3_000,
  strike: onWire('apiEvolution', { kind: 'cut' }),
}

export const schedulerEvolutionCut: Fault = {
  name: 'scheduler-evolution-cut',
  words: 'network scheduler - Evolution cut',
  short: true,
  tells: [],
  feltBy: [],
  recoversWithinMs: 8_000,
  strike: onWire('schedulerEvolution', { kind: 'cut' }, 2),
}

export const schedulerEvolutionHangs: Fault = {
  name: 'scheduler-evolution-hangs',
  words: 'network scheduler - Evolution hangs',
  tells: [],
  feltBy: [],
  recoversWithinMs: 12_000,
  strike: onWire('schedulerEvolution', { kind: 'hang' }, 3),
}
