import type pg from 'pg'
import { RECORDED_MIGRATIONS, readMigrations } from '../ground/migrate.ts'
import { compareMigrations, type MigrationState, type RecordedMigration } from '../ground/migration.ts'
import { HIDING, SERVING_TABLES } from '../ground/read-hidden-tables.ts'
import { queryReadOnly } from './diagnose-connection.ts'

/** What a database holds of ours, and what the connected role may do with it. */
export type SchemaDiagnosis = {
  /** Null where this role may not read which are applied. */
  migrations: MigrationState | null
  /** Whether any migration was ever applied. */
  migrated: boolean
  /** Whether the tables of a fleet are there, ours or adopted. */
  tables: { instances: boolean; clients: boolean }
  /** Before the first migration: why these tables cannot be adopted, all reasons in one text; null when they can. */
  notAdoptable: string | null
  /** What this role lacks for the migrations that are missing; empty when none are. */
  cannotMigrate: string[]
  /** What this role lacks to serve, "UPDATE on public.clientes"; empty before the migrations. */
  cannotServe: string[]
  /** Tables whose rows row level security hides from this role: all rows or, by the conditions of policies, some. */
  hidden: string[]
  perhapsHidden: string[]
  /** What Supabase's REST API permits with its public key: "anon: SELECT on public.clientes". */
  exposed: string[]
}

/** Reads which tables exist and which rights the roles have; changes nothing. */
export async function diagnoseSchema(client: pg.Client): Promise<SchemaDiagnosis> {
  const relations = await queryReadOnly<Relation>(client, RELATIONS)
  const named = (name: string): Relation | undefined => relations.find((one) => one.name === name)
  const ours = await readMigrations()
  const record = named('public._prisma_migrations')
  const migrations =
    record && !record.may_select
      ? null
      : compareMigrations(
          ours,
          record ? await queryReadOnly<RecordedMigration>(client, RECORDED_MIGRATIONS) : [],
        )
  const migrated = named('zapfleet.settings') !== undefined
  return {
    migrations,
    migrated,
    tables: {
      instances: named('public.whatsapp_instances') !== undefined,
      clients: named('public.clientes') !== undefined,
    },
    notAdoptable: migrated ? null : await whyNotAdoptable(client, ours[0]?.sql ?? ''),
    cannotMigrate:
      !migrations || migrations.missing.length === 0 ? [] : await migratingLacks(client, relations),
    cannotServe: migrated ? servingLacks(relations) : [],
    hidden: relations.filter(({ hiding }) => hiding === 'hidden').map(({ name }) => name),
    perhapsHidden: relations.filter(({ hiding }) => hiding === 'conditional').map(({ name }) => name),
    exposed: relations.flatMap(({ name, anon_may, authenticated_may }) => [
      ...(anon_may ? [`anon: ${anon_may} on ${name}`] : []),
      ...(authenticated_may ? [`authenticated: ${authenticated_may} on ${name}`] : []),
    ]),
  }
}

type Relation = {
  name: string
  may_select: boolean
  may_insert: boolean
  may_update: boolean
  may_delete: boolean
  may_prefer: boolean
  owned: boolean
  hiding: 'hidden' | 'conditional' | null
  anon_may: string | null
  authenticated_may: string | null
}

/**
 * What a role of Supabase's REST API may do with a table that has no row level security; null for nothing. Every role may
 * read the settings: they hold no secret, and the counting function reads them as its caller.
 */
const openTo = (role: string): string => `case when not c.relrowsecurity then (
    select nullif(concat_ws(', ',
      case when has_table_privilege(r.oid, c.oid, 'SELECT') and (n.nspname, c.relname) <> ('zapfleet', 'settings') then 'SELECT' end, case when has_table_privilege(r.oid, c.oid, 'INSERT') then 'INSERT' end,
      case when has_table_privilege(r.oid, c.oid, 'UPDATE') then 'UPDATE' end, case when has_table_privilege(r.oid, c.oid, 'DELETE') then 'DELETE' end), '')
    from pg_roles r where r.rolname = '${role}' and has_schema_privilege(r.oid, n.oid, 'USAGE')) end`

const RELATIONS = `select n.nspname || '.' || c.relname as name,
  has_table_privilege(c.oid, 'SELECT') may_select, has_table_privilege(c.oid, 'INSERT') may_insert,
  has_table_privilege(c.oid, 'UPDATE') may_update, has_table_privilege(c.oid, 'DELETE') may_delete,
  exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'instancia_preferida' and has_column_privilege(c.oid, a.attnum, 'UPDATE')) may_prefer,
  pg_has_role(c.relowner, 'USAGE') owned, ${HIDING} hiding,
  ${openTo('anon')} anon_may, ${openTo('authenticated')} authenticated_may
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and ${SERVING_TABLES}
order by 1`

/** The first migration begins with a check that raises every reason at once. It is run here, where it can change nothing. */
async function whyNotAdoptable(client: pg.Client, sql: string): Promise<string | null> {
  const question = /DO \$adopt\$[\s\S]*?\$adopt\$;/.exec(sql)?.[0]
  if (question === undefined) throw new Error('the first migration has no question about adopting')
  const reasons = (await queryReadOnly<{ found: string }>(client, OTHER_FUNCTIONS)).map(
    ({ found }) => `${found}; expected (p_nome character varying) returns void`,
  )
  try {
    await queryReadOnly(client, question)
  } catch (error) {
    const { message } = error as Error
    const words = message.replace(/^zapfleet cannot adopt this database; nothing was changed: /, '')
    // The message has one reason for each column of a relation that is no table.
    reasons.unshift(...new Set(words.split(/; (?=public\.)/)))
  }
  return reasons.length > 0 ? reasons.join('; ') : null
}

/** Functions with the name of ours that could not be replaced, or would make calls of ours ambiguous. */
const OTHER_FUNCTIONS = `select format('the function public.%s(%s) returns %s', proname, pg_get_function_identity_arguments(oid), pg_get_function_result(oid)) found
from pg_proc where pronamespace = 'public'::regnamespace and proname = 'incrementar_contador_instancia'
  and (pg_get_function_identity_arguments(oid), pg_get_function_result(oid)) is distinct from ('p_nome character varying', 'void')
order by 1`

async function migratingLacks(client: pg.Client, relations: readonly Relation[]): Promise<string[]> {
  const [row] = await queryReadOnly<{ make_schema: boolean; make_table: boolean; foreign_function: boolean }>(
    client,
    `select exists (select from pg_namespace where nspname = 'zapfleet') or has_database_privilege(current_database(), 'CREATE') make_schema,
  has_schema_privilege('public', 'CREATE') make_table,
  exists (select from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = 'incrementar_contador_instancia'
    and not pg_has_role(p.proowner, 'USAGE')) foreign_function`,
  )
  return [
    ...(row?.make_schema ? [] : ['CREATE on the database']),
    ...(row?.make_table ? [] : ['CREATE on the schema public']),
    ...relations.filter((one) => !one.owned).map(({ name }) => `ownership of ${name}`),
    ...(row?.foreign_function ? ['ownership of the function incrementar_contador_instancia'] : []),
  ]
}

function servingLacks(relations: readonly Relation[]): string[] {
  return relations.flatMap((one) => {
    const { name } = one
    const lacks = (word: string, has: boolean): string[] => (has ? [] : [`${word} on ${name}`])
    if (name === 'public._prisma_migrations') return lacks('SELECT', one.may_select)
    if (name === 'public.clientes')
      return [
        ...lacks('SELECT', one.may_select),
        ...lacks('UPDATE (instancia_preferida)', one.may_update || one.may_prefer),
      ]
    const common = [
      ...lacks('SELECT', one.may_select),
      ...lacks('INSERT', one.may_insert),
      ...lacks('UPDATE', one.may_update),
    ]
    return name === 'public.whatsapp_instances' ? common : [...common, ...lacks('DELETE', one.may_delete)]
  })
}
