import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { serverOf } from '../server/server-names.ts'
import { eventOf } from './register-instance.ts'

const beginStatement = statement(
  'begin_removal',
  `with w as (
  update public.whatsapp_instances i set removida_em = coalesce($1::timestamptz, clock_timestamp())
  where i.nome = $2::text and i.removida_em is null
  returning i.nome, i.removida_em at, zapfleet.instance_facts(i) facts),
r as (insert into zapfleet.removals (instance_name, asked_at) select nome, at from w on conflict (instance_name) do nothing)${eventOf('deleted', 'deleted')}`,
)

/** The instance returns with all its values: its session was not touched. */
const undoStatement = statement(
  'undo_removal',
  `with r as (delete from zapfleet.removals where instance_name = $2::text returning instance_name),
w as (
  update public.whatsapp_instances i set removida_em = null
  from r where i.nome = r.instance_name and i.removida_em is not null
  returning i.nome, i.status, i.status_motivo, zapfleet.instance_facts(i) facts)${eventOf('created', 'kept')}`,
)

/** Marks the instance as removed and stores that it must be removed from Evolution; one statement, with its event. */
export async function beginRemoval(fleet: Ground, name: string): Promise<void> {
  await fleet.sql.run(beginStatement, [fleet.clock(), name])
}

/** Ends a removal that Evolution refused while it still has the instance: the instance is managed again. */
export async function undoRemoval(fleet: Ground, name: string): Promise<void> {
  await fleet.sql.run(undoStatement, [fleet.clock(), name])
}

/** Ends a removal whose instance Evolution does not have any more. */
export async function endRemoval(fleet: Ground, name: string): Promise<void> {
  await fleet.sql.prisma.removal.deleteMany({ where: { instanceName: name } })
}

/** Whether the instance is deleted here and perhaps not yet on Evolution. */
export async function isBeingRemoved(fleet: Ground, name: string): Promise<boolean> {
  return (await fleet.sql.prisma.removal.findUnique({ where: { instanceName: name } })) !== null
}

const olderStatement = statement(
  'removals_older_than',
  `with ${INSTANT}
select r.instance_name name, i.servidor server from moment, zapfleet.removals r left join public.whatsapp_instances i on i.nome = r.instance_name
where r.asked_at < moment.at - make_interval(secs => $2::float8 / 1000) order by r.asked_at`,
)

/** The instances whose removal began more than `ms` ago, the oldest first, and their servers. */
export async function removalsOlderThan(
  { sql, clock }: Ground,
  ms: number,
): Promise<{ name: string; server: string }[]> {
  const rows = await sql.run<{ name: string; server: string | null }>(olderStatement, [clock(), ms])
  return rows.map(({ name, server }) => ({ name, server: serverOf(server) }))
}
