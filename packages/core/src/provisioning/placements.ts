import pLimit, { type LimitFunction } from 'p-limit'
import { type SharedFor, shareFor } from '../ground/share-for.ts'

/** Which servers answer, and which refuse every call because their licence is not activated; by their names. */
export type Answering = { answering: ReadonlySet<string>; unlicensed: readonly string[] }

/** How long a server that answered is taken to answer. */
const ANSWERS_FOR_MS = 10_000

/** What a process keeps for choosing the servers of new instances. */
export type Placements = {
  /** Choices of one process run one after another; a lease orders those of several. */
  readonly limit: LimitFunction
  readonly answering: SharedFor<Answering>
}

export function createPlacements(): Placements {
  return { limit: pLimit(1), answering: shareFor(ANSWERS_FOR_MS) }
}
