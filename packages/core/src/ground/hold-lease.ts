import type { Ground } from './ground.ts'
import { INSTANT } from './moment.ts'
import { statement } from './statement.ts'

/** Whether the lease is held by the caller, or else by whom (null: not known), and for how long. */
export type LeaseAnswer = { held: boolean; holder: string | null; expiresInMs: number }

/** A lease that ends this much later than a fresh one was taken before the clock was set back. */
const TOO_LATE = `interval '5 seconds'`

/**
 * Takes a free or expired lease, or renews the caller's; $1 moment, $2 name, $3 holder, $4 milliseconds. The moment is read
 * before the row is locked, so a wait for another upsert errs towards an earlier end and no take-over. After the clock was set back, the
 * lease of another ends as if it were taken now: a live holder renews it in that time, that of a dead one is free after it. Whether it
 * ends too late is decided by the clock while the row is locked, so that a statement that waited does not shorten a renewed lease.
 */
const holdStatement = statement(
  'hold_lease',
  `with ${INSTANT},
taken as (
  insert into zapfleet.leases (name, holder, expires_at)
  select $2, $3, moment.at + $4::int * interval '1 millisecond' from moment
  on conflict (name) do update set expires_at = excluded.expires_at,
    holder = case when leases.expires_at <= excluded.expires_at - $4::int * interval '1 millisecond' then excluded.holder else leases.holder end
  where leases.holder = excluded.holder or leases.expires_at <= excluded.expires_at - $4::int * interval '1 millisecond'
    or leases.expires_at > coalesce($1::timestamptz, clock_timestamp()) + $4::int * interval '1 millisecond' + ${TOO_LATE}
  returning holder, expires_at)
select taken.holder = $3 held, taken.holder, extract(epoch from taken.expires_at - moment.at)::float8 * 1000 expires_in_ms from taken, moment
union all
select false, l.holder, extract(epoch from l.expires_at - moment.at)::float8 * 1000 from zapfleet.leases l, moment
where l.name = $2 and not exists (select from taken)`,
)

/**
 * Takes the lease `name` for `forMs`, or renews it, by the database's clock. `holder` must be unique to one run of one
 * process. One autocommit statement: it works behind a transaction pooler. A caller that received `held` may count on
 * `forMs` from before this call was made, and on no more. All callers of one name pass the same `forMs`: a lease that ends later than
 * that is shortened to it.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function holdLease(
  fleet: Pick<Ground, 'sql' | 'clock'>,
  lease: { name: string; holder: string; forMs: number },
): Promise<LeaseAnswer> {
  const [row] = await fleet.sql.run<{ held: boolean; holder: string; expires_in_ms: number }>(holdStatement, [
    fleet.clock(),
    lease.name,
    lease.holder,
    lease.forMs,
  ])
  // No row: another took it in the same instant, too late for this statement to see.
  if (!row) return { held: false, holder: null, expiresInMs: lease.forMs }
  return { held: row.held, holder: row.holder, expiresInMs: Math.max(0, row.expires_in_ms) }
}

/** Gives the lease up, so that another may take it at once; another's stays as it is. @throws FleetError DATABASE_UNAVAILABLE */
export async function releaseLease(
  fleet: Pick<Ground, 'sql'>,
  lease: { name: string; holder: string },
): Promise<void> {
  await fleet.sql.prisma.lease.deleteMany({ where: { name: lease.name, holder: lease.holder } })
}
