import type { Ground } from '../ground/ground.ts'
import type { KeyCache } from './open-key-cache.ts'

/** What creating, rotating and revoking keys needs of a fleet. */
export type KeyFleet = Ground & {
  /** The keys of the database that are valid, beside those of the environment. */
  readonly keys: KeyCache
}
