import { rowFromFacts, toInstance } from '@zapfleet/core'
import type { Instance } from '../src/api/open-client.ts'

const at = new Date('2026-11-25T12:00:00.000Z')

/** A connected number that needs nothing, with the fields that a test sets. */
export function anInstance(more: Partial<Instance> = {}): Instance {
  const row = rowFromFacts({
    nome: 'vendas-01',
    status: 'connected',
    status_desde: '2026-11-25T12:00:00.000Z',
    created_at: '2026-11-20T12:00:00.000Z',
  })
  return {
    ...toInstance(row, { at, hourStart: at, dayStart: at, timeZone: 'America/Sao_Paulo', rounds: new Map() }),
    ...more,
  }
}
