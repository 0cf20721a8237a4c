import type { Simulator } from '@zapfleet/simulator'
import type { Sql } from '../support/fleet.ts'

/** Where an instance is: managed here, on Evolution, and whether a delete is still open. */
export type Sides = { here: boolean; there: boolean; leaving: boolean }

/** Reads both sides. */
export async function sidesOf(sql: Sql, simulator: Simulator, name: string): Promise<Sides> {
  const here = await sql('select 1 from whatsapp_instances where nome = $1 and removida_em is null', [name])
  const leaving = await sql('select 1 from zapfleet.removals where instance_name = $1', [name])
  const there = simulator.control.instances().some((one) => one.name === name)
  return { here: here.length > 0, there, leaving: leaving.length > 0 }
}

export const BOTH: Sides = { here: true, there: true, leaving: false }
export const NEITHER: Sides = { here: false, there: false, leaving: false }
