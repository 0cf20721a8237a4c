import type { Database } from './open-database.ts'
import { statement } from './statement.ts'

/**
 * What a role needs of a table: the commands of pg_policy. It reads `_prisma_migrations`, updates `clientes`, inserts
 * instances, and deletes only rows of the schema zapfleet.
 */
const COMMANDS = `case when n.nspname = 'zapfleet' then '{r,w,a,d}' when c.relname = 'clientes' then '{r,w}'
    when c.relname = '_prisma_migrations' then '{r}' else '{r,w,a}' end::"char"[]`

/** A policy `p` that applies to the current role for the command `k`. */
const APPLIES = `p.polrelid = c.oid and p.polcmd in (k, '*') and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'USAGE'))`

/** The condition of a policy: new rows are checked by WITH CHECK, or by USING where there is none. */
const CONDITION = `pg_get_expr(case when k = 'a' then coalesce(p.polwithcheck, p.polqual) else p.polqual end, p.polrelid)`

/**
 * SQL: what row level security does to the current role on a table `c` of schema `n`. `hidden`: no policy admits it, so every
 * row is hidden or refused; `conditional`: that depends on the conditions of policies; null: every row is visible.
 */
export const HIDING = `case when row_security_active(c.oid) then (
    select case when bool_or(not admitted) then 'hidden' when bool_or(not whole) then 'conditional' end
    from unnest(${COMMANDS}) k, lateral (select
      exists (select from pg_policy p where ${APPLIES} and p.polpermissive and ${CONDITION} <> 'false') admitted,
      exists (select from pg_policy p where ${APPLIES} and p.polpermissive and ${CONDITION} = 'true')
        and not exists (select from pg_policy p where ${APPLIES} and not p.polpermissive and ${CONDITION} <> 'true') whole) policies) end`

/** The tables that serving needs. */
export const SERVING_TABLES = `(n.nspname = 'zapfleet' or n.nspname = 'public' and c.relname in ('whatsapp_instances', 'clientes', '_prisma_migrations'))`

const hidingStatement = statement(
  'hidden_tables',
  `select n.nspname || '.' || c.relname as name, ${HIDING} as hiding, pg_stat_get_live_tuples(c.oid) > 0 as filled, current_user as role
   from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and c.relrowsecurity and ${SERVING_TABLES} order by 1`,
)

const anyInstanceStatement = statement('sees_instance', 'select from public.whatsapp_instances limit 1')

/**
 * Why the serving role cannot read the fleet, as a sentence; null when it can. A table whose policies have conditions
 * counts as hidden only where PostgreSQL has rows of `whatsapp_instances` and the role reads none.
 */
export async function hiddenTables(sql: Database): Promise<string | null> {
  const found = await sql.run<{ name: string; hiding: string | null; filled: boolean; role: string }>(
    hidingStatement,
    [],
  )
  const hidden = found.filter(({ hiding }) => hiding === 'hidden').map(({ name }) => name)
  const instances = found.find(({ name }) => name === 'public.whatsapp_instances')
  if (
    instances?.hiding === 'conditional' &&
    instances.filled &&
    (await sql.run(anyInstanceStatement, [])).length === 0
  )
    hidden.push(instances.name)
  if (hidden.length === 0) return null
  return `row level security (RLS) hides the rows of ${hidden.join(', ')} from the role ${found[0]?.role}. Serve as the owner of the tables or as a role with BYPASSRLS, or give the role a policy that admits every row`
}
