import { z } from 'zod'
import { tag } from '../instance/tags.ts'
import type { KeyRole } from './api-key.ts'

const POOLS_MAX = 20

const NONE =
  'expected 1 to 20 pools, got none: leave pools out, or give null, for a key that uses the whole fleet'

/** The pools that a key is bound to, without repetitions, in order. */
export const keyPools = z
  .array(tag)
  .max(POOLS_MAX)
  .refine((given) => given.length > 0, { error: NONE })
  .meta({ minItems: 1 })
  .transform((given) => [...new Set(given)].sort())

/** Why a key of this role may not be bound to these pools; null: it may. */
export function poolsProblem(role: KeyRole, pools: readonly string[] | null): string | null {
  if (pools === null) return null
  if (pools.length === 0) return `pools: ${NONE}.`
  if (role !== 'admin') return null
  return 'pools: expected none for a key of role admin, which uses the whole fleet. Leave pools out, or make a key of role bot or viewer.'
}
