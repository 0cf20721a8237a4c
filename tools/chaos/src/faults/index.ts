import * as clocks from './clocks.ts'
import * as crowds from './crowds.ts'
import { diskFull } from './disk-full.ts'
import * as drops from './drops.ts'
import * as evolution from './evolution.ts'
import type { Fault } from './fault.ts'
import { memoryFlat } from './memory.ts'
import * as network from './network.ts'
import * as postgres from './postgres.ts'
import * as processes from './processes.ts'

/** Every fault, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  postgres.postgresStopped,
  postgres.postgresKilled,
  postgres.postgresBackendsKilled,
  postgres.outOfConnections,
  network.postgresSlow,
  postgres.postgresReadOnly,
  diskFull,
  network.apiDatabaseCut,
  network.apiDatabaseFlaky,
  network.apiDatabaseHangs,
  network.apiDatabaseForgotten,
  network.schedulerDatabaseCut,
  network.schedulerDatabaseForgotten,
  network.apiEvolutionCut,
  network.schedulerEvolutionCut,
  network.schedulerEvolutionHangs,
  evolution.evolutionHangs,
  evolution.evolutionFails,
  evolution.evolutionRambles,
  evolution.evolutionBreaks,
  processes.apiKilled,
  processes.schedulerKilled,
  processes.powerCut,
  processes.rollingRestart,
  drops.dropWithoutDatabase,
  drops.dropWithoutEvolution,
  drops.dropWithoutLeader,
  clocks.apiClockJumps,
  clocks.schedulerClockJumps,
  crowds.subscriptions,
  crowds.slowLoris,
  crowds.slowReaders,
  crowds.manyContacts,
  memoryFlat,
]
