import type { Site } from '../site/open-site.ts'
import type { WireMode } from '../site/open-wire.ts'
import { DATABASE_ERRORS, type Fault } from './fault.ts'

type WireName = keyof Site['wires']

/** Sets the mode of one wire for the duration of faults, or `times` as long. */
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
  title: 'PostgreSQL slow (200 ms each way)',
  allowedErrors: DATABASE_ERRORS,
  noticedBy: [],
  recoversWithinMs: 3_000,
  strike: onWire('apiDatabase', { kind: 'slow', delayMs: 200 }, 1.5),
}

export const apiDatabaseCut: Fault = {
  name: 'api-database-cut',
  title: 'network API - PostgreSQL cut',
  short: true,
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers', 'API'],
  recoversWithinMs: 4_000,
  strike: onWire('apiDatabase', { kind: 'cut' }),
}

export const apiDatabaseFlaky: Fault = {
  name: 'api-database-resets',
  title: 'network API - PostgreSQL resets all the time',
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers'],
  recoversWithinMs: 4_000,
  strike: onWire('apiDatabase', { kind: 'flaky', lifeMs: 300 }),
}

export const apiDatabaseHangs: Fault = {
  name: 'api-database-hangs',
  title: 'network API - PostgreSQL hangs, then continues',
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers', 'API'],
  recoversWithinMs: 8_000,
  strike: onWire('apiDatabase', { kind: 'hang' }, 2),
}

export const apiDatabaseForgotten: Fault = {
  name: 'api-database-forgotten',
  title: 'network API - PostgreSQL: connections die silently',
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers', 'API'],
  // Neither end is notified: only the timeout of a statement (12 s) shows that its connection is dead, and it may be found late.
  recoversWithinMs: 30_000,
  async strike({ site, hold }) {
    site.wires.apiDatabase.forget()
    await hold(0)
    return undefined
  },
}

export const schedulerDatabaseCut: Fault = {
  name: 'scheduler-database-cut',
  title: 'network scheduler - PostgreSQL cut',
  allowedErrors: [],
  noticedBy: ['scheduler'],
  recoversWithinMs: 10_000,
  strike: onWire('schedulerDatabase', { kind: 'cut' }),
}

export const schedulerDatabaseForgotten: Fault = {
  name: 'scheduler-database-forgotten',
  title: 'network scheduler - PostgreSQL: connections die silently',
  allowedErrors: [],
  noticedBy: ['scheduler'],
  recoversWithinMs: 30_000,
  async strike({ site, hold }) {
    site.wires.schedulerDatabase.forget()
    await hold(0)
    return undefined
  },
}

export const apiEvolutionCut: Fault = {
  name: 'api-evolution-cut',
  title: 'network API - Evolution cut',
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 3_000,
  strike: onWire('apiEvolution', { kind: 'cut' }),
}

export const schedulerEvolutionCut: Fault = {
  name: 'scheduler-evolution-cut',
  title: 'network scheduler - Evolution cut',
  short: true,
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 8_000,
  strike: onWire('schedulerEvolution', { kind: 'cut' }, 2),
}

export const schedulerEvolutionHangs: Fault = {
  name: 'scheduler-evolution-hangs',
  title: 'network scheduler - Evolution hangs',
  allowedErrors: [],
  noticedBy: [],
  recoversWithinMs: 12_000,
  strike: onWire('schedulerEvolution', { kind: 'hang' }, 3),
}
