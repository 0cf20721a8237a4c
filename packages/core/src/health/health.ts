import type { Moment } from '../ground/moment.ts'
import { checkedAt } from '../instance/instance.ts'
import type { Row } from '../instance/row.ts'
import { readStatus, type Status } from '../instance/status.ts'

/** Evolution's state of an instance; `unknown`: an unknown word, or never read; `error`: no answer. */
export const EVOLUTION_STATES = ['open', 'connecting', 'close', 'unknown', 'error'] as const
export type EvolutionState = (typeof EVOLUTION_STATES)[number]

export type Health = {
  name: string
  state: EvolutionState
  status: Status
  /** Evolution's state is `open`. */
  online: boolean
  checkedAt: string | null
}

export type HealthSummary = {
  /** Healthy when at least one number is online. */
  status: 'healthy' | 'degraded'
  online: number
  total: number
  checkedAt: string | null
  instances: Health[]
}

/** Reads what was stored of an instance's health. */
export function toHealth(
  row: Pick<Row, 'name' | 'status' | 'evolutionState' | 'checkedAt' | 'silentRounds' | 'server'>,
  moment: Moment,
): Health {
  const word = row.evolutionState
  const state = (EVOLUTION_STATES as readonly (string | null)[]).includes(word)
    ? (word as EvolutionState)
    : 'unknown'
  return {
    name: row.name,
    state,
    status: readStatus(row.status),
    online: state === 'open',
    checkedAt: checkedAt(row, moment)?.toISOString() ?? null,
  }
}

/** Counts a fleet's health. */
export function summarize(instances: Health[], at: Date | null): HealthSummary {
  const online = instances.filter((health) => health.online).length
  return {
    status: online > 0 ? 'healthy' : 'degraded',
    online,
    total: instances.length,
    checkedAt: at?.toISOString() ?? null,
    instances,
  }
}
