import { type Statement, statement } from './statement.ts'

/** The name of the connections for claims. */
export const CLAIMS_NAME = 'zapfleet claims'

/** A process that claims looks for others this often at most, and after so many claims at least. */
const LOOK_EVERY_MS = 1_000
const LOOK_AFTER_CLAIMS = 20
/** How long others count that were seen: a look between two of their claims finds none. */
const SEEN_FOR_MS = 5_000

/**
 * Whether another process claims at this moment, and commits wait for the disk; $1 the pid of this process's connection for claims. It
 * commits early itself, so it fails where the server or the role does not allow that.
 */
const lookStatement = statement(
  'look_for_claimers',
  `select current_setting('synchronous_commit') <> 'off' and current_setting('fsync') = 'on' and exists (
    select from pg_stat_activity a where a.application_name = '${CLAIMS_NAME}' and a.state = 'active'
      and a.datname = current_database() and a.pid is distinct from $1::int) others,
  set_config('synchronous_commit', 'off', true), pg_logical_emit_message(true, 'zapfleet', '')`,
)

/** Watches whether other processes claim. */
export type ClaimersWatch = {
  /** Call it for each claim: it looks now and then. */
  onClaim(): void
  /** Whether another process claims too, and may wait for the locks of claims that wait for the disk. */
  othersClaim(): boolean
}

/**
 * @param run runs a statement on another connection
 * @param pid of the connection for claims
 */
export function watchClaimers(
  run: (statement: Statement, values: unknown[]) => Promise<{ others: boolean }[]>,
  pid: () => number | null,
): ClaimersWatch {
  let claims = 0
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let seenAtMs = Number.NEGATIVE_INFINITY

  const look = async (): Promise<void> => {
    const [row] = await run(lookStatement, [pid()])
    if (row?.others) seenAtMs = performance.now()
  }
  return {
    onClaim() {
      const nowMs = performance.now()
      if (++claims < LOOK_AFTER_CLAIMS || nowMs - lookedAtMs < LOOK_EVERY_MS) return
      claims = 0
      lookedAtMs = nowMs
      look().catch(() => {
        seenAtMs = Number.NEGATIVE_INFINITY
      })
    },
    othersClaim: () => performance.now() - seenAtMs < SEEN_FOR_MS,
  }
}

/** Others claim at any time, for tests. */
export const claimersAlways: ClaimersWatch = { onClaim() {}, othersClaim: () => true }
