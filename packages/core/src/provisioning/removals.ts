import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import { eventOf } from './register-instance.ts'

const beginStatement = statement(
  'begin_removal',
  `with w as (
  update public.whatsapp_instances i set removida_em = coalesce($1::timestamptz, clock_timestamp())
  where i.nome = $2::text and i.removida_em is null
  returning i.nome, i.removida_em at, zapfleet.instance_facts(i) facts),
r as (insert into zapfleet.removals (instance_name, asked_at) select nome, at from w on conflict (instance_name) do nothing)${eventOf('deleted', 'deleted')}`,
)

/** It comes back as it was: nothing of its session was touched. */
const undoStatement = statement(
  'undo_removal',
  `with r as (delete from zapfleet.removals where instance_name = $2::text returning instance_name),
w as (
  update public.whatsapp_instances i set removida_em = null
  from r where i.nome = r.instance_name and i.removida_em is not null
  returning i.nome, i.status, i.status_motivo, zapfleet.instance_facts(i) facts)${eventOf('created', 'kept')}`,
)

const endStatement = statement(
  'end_removal',
  'delete from zapfleet.removals where instance_name = $1 returning instance_name',
)

const readStatement = statement(
  'read_removals',
  `select instance_name as name from zapfleet.removals
   where ($1::text is null or instance_name = $1::text)
     and ($2::int is null or asked_at < coalesce($3::timestamptz, clock_timestamp()) - $2::int * interval '1 millisecond')
   order by asked_at`,
)

/** Marks the instance as removed here and remembers that it must go from Evolution; one statement, with its event. */
export async function beginRemoval(fleet: Ground, name: string): Promise<void> {
  await fleet.sql.run(beginStatement, [fleet.clock(), name])
}

/** Evolution said no and still has it: it is managed again. */
export async function undoRemoval(fleet: Ground, name: string): Promise<void> {
  await fleet.sql.run(undoStatement, [fleet.clock(), name])
}

/** Evolution does not have it any more. */
export async function endRemoval(fleet: Ground, name: string): Promise<void> {
  await fleet.sql.run(endStatement, [name])
}

/** Whether the instance is deleted here and perhaps not yet on Evolution. */
export async function isBeingRemoved(fleet: Ground, name: string): Promise<boolean> {
  const rows = await fleet.sql.run(readStatement, [name, null, null])
  return rows.length > 0
}

/** Those asked for longer ago than `ms`, the oldest first. */
export async function removalsOlderThan(fleet: Ground, ms: number): Promise<string[]> {
  const rows = await fleet.sql.run<{ name: string }>(readStatement, [null, ms, fleet.clock()])
  return rows.map((row) => row.name)
}
