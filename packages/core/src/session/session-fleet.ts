import type { Ground } from '../ground/ground.ts'
import type { SessionCache } from './open-session-cache.ts'

/** What sessions need of a fleet. */
export type SessionFleet = Ground & {
  /** The sign-ins of browsers that are in use in this process. */
  readonly sessions: SessionCache
}
