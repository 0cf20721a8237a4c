import { announceAllContacts } from '../contact/announce-contacts.ts'
import { forgetAcquaintances } from '../contact/conversations.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import { INITIAL_HEALTH, nextStatus } from '../health/next-status.ts'
import { COLUMNS, CREATE_FIELDS, columnOf, FIELDS, type Field } from '../instance/columns.ts'
import type { CreateInstanceInput } from '../instance/instance.ts'
import { isSamePhone, storedPhone } from '../instance/phone-of.ts'
import { DEFAULT_SERVER, storedServer } from '../server/server-names.ts'

/** Writes the event of a row that CTE `w` wrote; `$1` is the moment handed in, or null. */
export const eventOf = (
  type: 'created' | 'deleted',
  act: 'created' | 'imported' | 'kept' | 'unregistered' | 'deleted',
): string => `
insert into zapfleet.events (id, type, instance_name, at, to_status, reason, evidence, facts)
select zapfleet.next_event_id(), '${type}', w.nome, coalesce($1::timestamptz, clock_timestamp()),
  ${type === 'created' ? 'w.status, w.status_motivo' : 'null, null'}, '{"source":"admin","act":"${act}"}', w.facts from w`

/**
 * Writes the row of a new instance and its event: disconnected, until a reading from Evolution changes it. A removed one of the
 * same name comes back with the counters of today, and nothing of its old session or settings. What was reported of its messages before
 * (`entrega_desde`) proves nothing any more: another phone may be paired. Unless it returns with its phone, its contacts are new to it.
 *
 * @param input its phone number in E.164; its server, the default one where it is absent
 * @param act stored as evidence in the event
 * @returns `created` when there was no such instance before, `returned` when a removed one came back, `existed` otherwise
 * @throws FleetError INVALID_STATE when the adopted table requires a value that zapfleet cannot make
 */
export async function registerInstance(
  fleet: Ground,
  input: CreateInstanceInput,
  act: 'created' | 'imported' = 'created',
): Promise<'created' | 'returned' | 'existed'> {
  const { status, reason } = nextStatus(INITIAL_HEALTH, { kind: 'act', act: 'created' }, new Date(0))
  const given = CREATE_FIELDS.filter((field) => input[field] !== undefined)
  const columns = [
    'nome',
    'status',
    'status_motivo',
    'servidor',
    ...given.map((field) => COLUMNS[field].column),
  ]
  const places = columns.map((_, index) => `$${index + 2}`)
  const server = storedServer(input.server ?? DEFAULT_SERVER)
  const values = [fleet.clock(), input.name, status, reason, server, ...given.map((field) => input[field])]
  const since = 'coalesce($1::timestamptz, clock_timestamp())'
  const foreign = await foreignValues(fleet, [...columns, 'status_desde'])
  const inserted = `with w as (
  insert into public.whatsapp_instances as i (${[...columns, 'status_desde', ...foreign.map(({ column }) => quoted(column))].join(', ')})
  values (${[...places, since, ...foreign.map(({ value }) => value)].join(', ')}) on conflict (nome) do nothing
  returning i.nome, i.status, i.status_motivo, zapfleet.instance_facts(i) facts)${eventOf('created', act)}`
  const returned = `with w as (
  update public.whatsapp_instances i
  set ${[...columns.map((column, index) => `${column} = ${places[index]}`), ...resetOnReturn(given)].join(', ')}, status_desde = ${since}, entrega_desde = ${since}
  where i.nome = $2 and i.removida_em is not null
  returning i.nome, i.status, i.status_motivo, zapfleet.instance_facts(i) facts)${eventOf('created', act)}`
  const writes = async (text: string): Promise<boolean> =>
    (await fleet.sql.run(statement('register_instance', `${text} returning id`), values)).length > 0
  if (await writes(inserted)) return 'created'
  await forgetOtherPhone(fleet, input)
  return (await writes(returned)) ? 'returned' : 'existed'
}

/** Before a removed instance returns: a phone that is not known to be its former one did not write to its contacts. */
async function forgetOtherPhone(fleet: Ground, { name, phoneNumber }: CreateInstanceInput): Promise<void> {
  const former = await fleet.sql.prisma.instance.findUnique({
    where: { name },
    select: { removedAt: true, phoneNumber: true, pairedPhone: true },
  })
  if (!former?.removedAt) return
  const phone = former.pairedPhone ?? storedPhone(former.phoneNumber, fleet.defaultCountry)
  if (phone !== null && phoneNumber !== undefined && isSamePhone(phone, phoneNumber)) return
  if ((await forgetAcquaintances(fleet, name)) > 0) await announceAllContacts(fleet)
}

/** The columns of a removed instance that do not keep their values when it comes back, without those that are given. */
function resetOnReturn(given: readonly Field[]): string[] {
  return FIELDS.filter((field) => !given.includes(field))
    .map(columnOf)
    .filter(({ onReturn }) => onReturn !== 'kept' && onReturn !== 'written')
    .map(({ column, onReturn }) => `${column} = ${onReturn}`)
}

const unregisterStatement = statement(
  'unregister_instance',
  `with w as (
  update public.whatsapp_instances i set removida_em = coalesce($1::timestamptz, clock_timestamp())
  where i.nome = $2::text and i.removida_em is null
  returning i.nome, zapfleet.instance_facts(i) facts)${eventOf('deleted', 'unregistered')}`,
)

/** Undoes a registration that Evolution refused. The row stays, marked as removed, because its counters still hold. */
export async function unregisterInstance(fleet: Ground, name: string): Promise<void> {
  await fleet.sql.run(unregisterStatement, [fleet.clock(), name])
}

/** Whether a column may be filled in: every foreign one, and our instants. */
function mayFill(column: string): boolean {
  const ours = FIELDS.map(columnOf).find((entry) => entry.column === column)
  return ours === undefined || ours.type === 'instant'
}

const quoted = (column: string): string => `"${column.replaceAll('"', '""')}"`

const requiredStatement = statement(
  'required_columns',
  `select a.attname::text as column, format_type(a.atttypid, null) as type from pg_attribute a
where a.attrelid = 'public.whatsapp_instances'::regclass and a.attnum > 0 and not a.attisdropped
  and a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = ''`,
)

/**
 * Values for columns of an adopted table that are NOT NULL without a default: ids and times. Of our own columns only instants
 * are filled in, such as `created_at`.
 *
 * @param written columns that the statement writes
 */
async function foreignValues(
  fleet: Ground,
  written: readonly string[],
): Promise<{ column: string; value: string }[]> {
  const rows = await fleet.sql.run<{ column: string; type: string }>(requiredStatement, [])
  return rows
    .filter(({ column }) => !written.includes(column) && mayFill(column))
    .map(({ column, type }) => {
      if (type === 'uuid') return { column, value: 'gen_random_uuid()' }
      if (/^timestamp|^date$/.test(type)) return { column, value: 'now()' }
      if (column === 'id' && ['text', 'character varying'].includes(type))
        return { column, value: 'gen_random_uuid()::text' }
      throw new FleetError(
        'INVALID_STATE',
        `whatsapp_instances.${column} is NOT NULL without a default, and zapfleet has no value for it. Give the column a default, then call again.`,
      )
    })
}
