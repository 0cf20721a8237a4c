import type { Ground } from '../ground/ground.ts'
import type { KnownSessions } from './open-known-sessions.ts'

/** What sessions need of a fleet. */
export type SessionFleet = Ground & {
  /** The sign-ins of browsers that are in use in this process. */
  readonly sessions: KnownSessions
}
