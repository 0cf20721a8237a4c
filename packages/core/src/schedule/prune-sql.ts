import { type Statement, statement } from '../ground/statement.ts'

/** A table whose rows are removed by age, with a primary key of one column whose values grow with time. */
export type Aging = {
  table: 'reservations' | 'messages' | 'events' | 'audit' | 'job_runs'
  key: 'uuid' | 'bigint'
  /** SQL over the row `r`: it may be removed. $3 is the moment before which it is old; what else it needs begins at $4. */
  isOld: string
}

/** A version 7 id begins with its milliseconds since 1970. No id of a reservation is older than this one, of 2020-01-01. */
const FIRST_V7 = '016f5e66-e800-7000-8000-000000000000'
const FIRST = { uuid: '00000000-0000-0000-0000-000000000000', bigint: '-9223372036854775808' }

/** The smallest version 7 id of a row that is young: the bytes of $3, and zeros. */
const YOUNG_V7 = `(lpad(to_hex(floor(extract(epoch from $3::timestamptz) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`

/**
 * One step along a primary key: reads the next $2 rows after the cursor $1, removes the old ones and stores the cursor.
 * Two kinds of walk share this form:
 *
 * - `front` follows the oldest keys: it continues after the last old row that it read and never turns back. Of a uuid key it
 *   reads only keys below the first version 7 id that is young. Removed rows lie behind it, so it does not read them again
 *   before vacuum clears them.
 * - `sweep` reads every key and begins again at the end. It finds what the front leaves behind: version 4 ids, rows written
 *   while a clock was wrong, rows that were locked, rows whose windows still counted.
 *
 * The key's index alone leads to the rows, so a step reads at most $2 rows, at any age and size of the table. Old rows are
 * then found by `ctid`: no join for which the planner could choose to read the whole table. Rows that another transaction
 * has locked are skipped, so a step waits for nothing. The row of the cursor is locked: of two processes one takes a step.
 *
 * Returns one row: `held` 0 when another process has the cursor; how many rows were `read`, `old` and `gone`.
 */
export function stepStatement({ table, key, isOld }: Aging, walk: 'front' | 'sweep'): Statement {
  const first = walk === 'front' && key === 'uuid' ? FIRST_V7 : FIRST[key]
  const below = walk === 'front' && key === 'uuid' ? `and r.id < ${YOUNG_V7}` : ''
  const after =
    walk === 'front'
      ? 'coalesce((select page.id::text from page where page.is_old order by page.id desc limit 1), p.after)'
      : 'case when (select count(*) from page) = $2 then (select page.id::text from page order by page.id desc limit 1) end'
  return statement(
    `prune_${table}_${walk}`,
    `with c as materialized (select p.after from zapfleet.prune_cursors p where p.name = $1 for update skip locked),
page as materialized (
  select r.ctid tid, r.id, ${isOld} is_old from zapfleet.${table} r
  where exists (select from c) and r.id > coalesce((select c.after from c), '${first}')::${key} ${below}
  order by r.id limit $2),
mine as materialized (
  select r.ctid tid from zapfleet.${table} r where r.ctid = any(array(select page.tid from page where page.is_old))
  order by r.id for update of r skip locked),
gone as (delete from zapfleet.${table} r where r.ctid = any(array(select mine.tid from mine)) returning 1),
moved as (update zapfleet.prune_cursors p set after = ${after} where p.name = $1 and exists (select from c))
select (select count(*)::int from c) held, (select count(*)::int from page) "read",
  (select count(*)::int from page where page.is_old) old, (select count(*)::int from gone) gone`,
  )
}

/**
 * One step over hours of instances, whose key begins with the instance: the next $2 instances after the
 * cursor $1, and of each at most $4 hours before $3. A recursive search goes from name to name by the index, so hours that
 * are kept are not read. No program writes an hour of long ago, so no lock is waited for.
 *
 * Returns one row as above; `read` counts instances.
 */
export const hoursStep = (table: 'hourly_sends' | 'hourly_outcomes'): Statement =>
  statement(
    `prune_${table}`,
    `with recursive c as materialized (select p.after from zapfleet.prune_cursors p where p.name = $1 for update skip locked),
n as (
  (select h.instance_name nome, 1 nth from zapfleet.${table} h
   where exists (select from c) and h.instance_name > coalesce((select c.after from c), '')::varchar order by h.instance_name limit 1)
  union all
  select (select h.instance_name from zapfleet.${table} h where h.instance_name > n.nome order by h.instance_name limit 1), n.nth + 1
  from n where n.nome is not null and n.nth < $2),
old as materialized (
  select o.tid from n cross join lateral (
    select h.ctid tid from zapfleet.${table} h where h.instance_name = n.nome and h.hour < $3 order by h.hour limit $4) o),
gone as (delete from zapfleet.${table} h where h.ctid = any(array(select old.tid from old)) returning 1),
moved as (
  update zapfleet.prune_cursors p
  set after = case when (select count(n.nome) from n) = $2 then (select n.nome from n order by n.nth desc limit 1) end
  where p.name = $1 and exists (select from c))
select (select count(*)::int from c) held, (select count(n.nome)::int from n) "read",
  (select count(*)::int from old) old, (select count(*)::int from gone) gone`,
  )

/**
 * One step over the changes of messages: the oldest $1 rows in the order of their transactions, of which those before $2 are removed.
 * There is no cursor, since a database that is restored into another cluster begins with lower numbers.
 *
 * Returns one row as above.
 */
export const changesStep = statement(
  'prune_message_changes',
  `with page as materialized (
  select c.ctid tid, c.at < $2::timestamptz is_old from zapfleet.message_changes c order by c.xid, c.seq limit $1),
gone as (delete from zapfleet.message_changes c where c.ctid = any(array(select page.tid from page where page.is_old)) returning 1)
select 1 held, (select count(*)::int from page) "read", (select count(*)::int from page where page.is_old) old, (select count(*)::int from gone) gone`,
)

/**
 * One step over the idempotency keys: removes those before $3 that are in the blocks from $1 on, below $2 (`(block,0)`). A run reads
 * all blocks of the table in their order, since it holds a day. Along the index, whose keys are random, almost each row would be in another block.
 *
 * Returns one row: how many rows are `gone`, and how many `blocks` the table has.
 */
export const idempotencyKeysStep = statement(
  'prune_idempotency_keys',
  `with mine as materialized (
  select k.ctid tid from zapfleet.idempotency_keys k where k.ctid >= $1::tid and k.ctid < $2::tid and k.reserved_at < $3 for update of k skip locked),
gone as (delete from zapfleet.idempotency_keys k where k.ctid = any(array(select mine.tid from mine)) returning 1)
select (select count(*)::int from gone) gone, (pg_relation_size('zapfleet.idempotency_keys') / current_setting('block_size')::int)::int blocks`,
)
