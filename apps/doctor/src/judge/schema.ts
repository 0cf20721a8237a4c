import {
  type DatabaseDiagnosis,
  openServerKey,
  type RegistryDiagnosis,
  type SchemaDiagnosis,
  type Sealer,
} from '@zapfleet/core'
import { count, type Finding, fail, ok, some, warn } from '../finding.ts'

/** The verdict on whether the database has what this release needs. */
export function judgeMigrations(sight: DatabaseDiagnosis): Finding {
  const check = 'migrations'
  const schema = sight.migrating ?? sight.served
  if (schema === null) return fail(check, `they could not be read (${sight.unreadable})`, RIGHTS)
  if (schema.migrations === null)
    return fail(
      check,
      'this role may not read public._prisma_migrations, so the API calls itself not ready',
      RIGHTS,
    )
  const { failed, edited, missing, unknown } = schema.migrations
  if (schema.notAdoptable !== null)
    return fail(
      check,
      `this database cannot be adopted: ${schema.notAdoptable}`,
      'Repair what is named, or use another database; docs/adopting.md has the requirements of an adopted table. Nothing was changed.',
    )
  if (failed.length > 0)
    return fail(
      check,
      `${some(failed)} failed half-way in an earlier run`,
      'Mend the database, then mark it with "prisma migrate resolve"; or restore the backup from before.',
    )
  if (edited.length > 0)
    return fail(
      check,
      `${some(edited)} was edited after it was applied here`,
      'Run the release that applied it, unchanged: git status and git diff on prisma/migrations show what differs.',
    )
  if (schema.cannotMigrate.length > 0)
    return fail(
      check,
      `${count(missing.length, 'migration')} to apply, and this role lacks ${some(schema.cannotMigrate)}`,
      'Let DIRECT_URL name the owner of the tables (on Supabase: postgres), or give this role what it lacks.',
    )
  if (missing.length > 0)
    return warn(
      check,
      schema.migrated
        ? `${count(missing.length, 'migration')} to apply: ${some(missing)}`
        : beforeTheFirst(schema),
      'Start the API: it applies them, in one transaction, before it listens.',
    )
  if (unknown.length > 0)
    return warn(
      check,
      `applied by a newer release than this one: ${some(unknown)}`,
      'Upgrade this installation. Migrations only add, so an older release still works meanwhile.',
    )
  return ok(check, 'all are applied, and none was edited')
}

function beforeTheFirst({ tables }: SchemaDiagnosis): string {
  const there = [...(tables.instances ? ['whatsapp_instances'] : []), ...(tables.clients ? ['clientes'] : [])]
  return there.length > 0
    ? `none is applied yet; ${there.join(' and ')} can be adopted as they are`
    : 'none is applied yet; the database holds neither of the two tables, so both will be made'
}

const POLICY =
  'Serve as the owner of the tables or as a role with BYPASSRLS, or give this role a policy that admits every row: create policy zapfleet on <table> to <role> using (true) with check (true).'
const RIGHTS = 'Give the role of DATABASE_URL the rights that docs/adopting.md names.'

/** The verdict on whether the serving role has the rights that serving needs, and reads every row. */
export function judgeRights(schema: SchemaDiagnosis): Finding {
  const check = 'rights'
  if (schema.hidden.length > 0)
    return fail(check, `row level security hides rows of ${some(schema.hidden)} from this role`, POLICY)
  if (schema.cannotServe.length > 0) return fail(check, `this role lacks ${some(schema.cannotServe)}`, RIGHTS)
  if (schema.perhapsHidden.length > 0)
    return warn(
      check,
      `row level security shows this role rows of ${some(schema.perhapsHidden)} only where conditions of policies are met`,
      `If some are not met, numbers or contacts are missing here. ${POLICY}`,
    )
  return ok(check, 'this role may do all that serving takes')
}

/** The verdict on what Supabase's REST API allows without a key of ours; null where it allows nothing. */
export function judgeExposure(schema: SchemaDiagnosis): Finding | null {
  if (schema.exposed.length === 0) return null
  return warn(
    'exposure',
    `row level security is off, so every holder of the project's public key may: ${some(schema.exposed, 3)}`,
    'Enable row level security on these tables, or revoke the rights from anon and authenticated; docs/adopting.md has the statements.',
  )
}

/** The verdict on stored secrets that ZAPFLEET_SECRET does not open; null where there are none. */
export function judgeSecrets(
  { sealedSecrets, servers }: RegistryDiagnosis,
  sealer: Sealer | null,
): Finding | null {
  const closed = sealedSecrets.filter((sealed) => sealer === null || !sealer.hasKeyOf(sealed)).length
  const locked = servers.added.filter((server) => openServerKey(sealer, server) === null)
  if (closed + locked.length === 0) return null
  const what = [
    ...(closed > 0 ? [count(closed, 'stored secret')] : []),
    ...(locked.length > 0
      ? [`the keys of the Evolution servers ${some(locked.map(({ name }) => name))}`]
      : []),
  ].join(' and ')
  const anew = [
    ...(closed > 0
      ? ['create the webhook endpoints again, and set the addresses of alert routes with alert-routes change']
      : []),
    ...(locked.length > 0 ? ['give the keys of the servers to server.update'] : []),
  ].join('; ')
  return fail(
    'secrets',
    sealer === null
      ? `ZAPFLEET_SECRET is not set, so ${what} cannot be opened`
      : `${what} cannot be opened: sealed with another ZAPFLEET_SECRET`,
    `Set the ZAPFLEET_SECRET of that time, or set it as ZAPFLEET_SECRET_PREVIOUS beside the present one; or store the secrets anew: ${anew}.`,
  )
}

/** The verdict on whether this process would count its days in the time zone of the fleet. */
export function judgeTimeZone(registry: RegistryDiagnosis, configured: string): Finding {
  const check = 'time zone'
  const { timeZone, hasTimeZone } = registry
  if (!hasTimeZone)
    return fail(
      check,
      `FLEET_TIMEZONE is ${configured}, which this PostgreSQL does not have`,
      'Use an IANA name that both have, such as America/Sao_Paulo.',
    )
  if (timeZone !== null && timeZone !== configured)
    return fail(
      check,
      `FLEET_TIMEZONE is ${configured}, but this database's fleet counts its days in ${timeZone}`,
      `Set FLEET_TIMEZONE=${timeZone}; no process with another one starts.`,
    )
  return ok(check, `the fleet's midnight is in ${configured}`)
}
