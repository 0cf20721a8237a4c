import { FleetError } from '../ground/fleet-error.ts'
import { statement } from '../ground/statement.ts'
import { checkPhones } from '../health/check-phones.ts'
import { COLUMNS, UPDATE_FIELDS, type UpdateField } from '../instance/columns.ts'
import { getInstance, unknownInstance } from '../instance/get-instance.ts'
import type { Instance, UpdateInstanceInput } from '../instance/instance.ts'
import { givenPhone } from '../instance/phone-of.ts'
import type { ProvisioningCall } from './provisioning-fleet.ts'
import { withFreePhone } from './with-free-phone.ts'

const SQL_TYPES = { text: 'text', int: 'int', flag: 'bool' }
const PAUSED = COLUMNS.paused.column

/** What a field becomes: the value that is given, else its present one. A detail of a pause ends with the pause. */
function nextOf(field: UpdateField): string {
  const { column, type, detailOf } = { detailOf: undefined, ...COLUMNS[field] }
  const given = `'${field}' = any($3::text[])`
  const value = `$${UPDATE_FIELDS.indexOf(field) + 4}::${SQL_TYPES[type]}`
  return detailOf === undefined
    ? `case when ${given} then ${value} else i.${column} end`
    : `case when not ${nextOf(detailOf)} then null when ${given} then ${value} when i.${PAUSED} then i.${column} end`
}

/** The name of a field where it changes. A detail of a pause that begins or ends is no change of its own. */
function changeOf(field: UpdateField): string {
  const { column, detailOf } = { detailOf: undefined, ...COLUMNS[field] }
  const stays = detailOf === undefined ? '' : `i.${PAUSED} and ${nextOf(detailOf)} and `
  return `case when ${stays}i.${column} is distinct from ${nextOf(field)} then '${field}' end`
}

const columnsOfUpdate = UPDATE_FIELDS.map((field) => COLUMNS[field].column)

/**
 * Changes settings and writes the event where one of them changes. The instance is locked before events are numbered, as every
 * writer does. $1 the moment handed in, $2 name, $3 the fields that are given; from $4 on their values, in the order of
 * UPDATE_FIELDS.
 */
const updateStatement = statement(
  'update_instance',
  `with locked as materialized (
  select i.nome, ${UPDATE_FIELDS.map((field) => `${nextOf(field)} ${COLUMNS[field].column}`).join(',\n    ')},
    array_remove(array[
      ${UPDATE_FIELDS.map(changeOf).join(',\n      ')}], null) changed
  from public.whatsapp_instances i where i.nome = $2::text and i.removida_em is null for no key update of i),
updated as (
  update public.whatsapp_instances w
  set ${columnsOfUpdate.map((column) => `${column} = locked.${column}`).join(', ')}
  from locked where w.nome = locked.nome and cardinality(locked.changed) > 0
  returning w.nome, zapfleet.instance_facts(w) facts),
recorded as (
  insert into zapfleet.events (id, type, instance_name, at, evidence, facts)
  select zapfleet.next_event_id(), 'settings', updated.nome, coalesce($1::timestamptz, clock_timestamp()),
    jsonb_build_object('source', 'admin', 'changed', to_jsonb(locked.changed)), updated.facts
  from updated join locked using (nome) returning 1)
select locked.changed from locked where (select count(*) from recorded) >= 0`,
)

/**
 * Changes the settings that are given. A lower limit holds from the next claim on.
 *
 * @throws FleetError NOT_FOUND; CONFLICT for the phone of another instance; INVALID_INPUT for a phone number that is none, and
 * for the reason of a pause without the pause
 */
export async function updateInstance(call: ProvisioningCall, input: UpdateInstanceInput): Promise<Instance> {
  const { name, paused, pauseReason } = input
  if (pauseReason !== undefined && paused !== true)
    throw new FleetError(
      'INVALID_INPUT',
      'pauseReason: expected it together with "paused": true, whose reason it is.',
    )
  const phoneNumber =
    typeof input.phoneNumber === 'string'
      ? givenPhone(input.phoneNumber, call.fleet.defaultCountry)
      : input.phoneNumber
  const changes = { ...input, phoneNumber }
  const given = UPDATE_FIELDS.filter((field) => changes[field] !== undefined)
  const values = [call.fleet.clock(), name, given, ...UPDATE_FIELDS.map((field) => changes[field] ?? null)]
  const update = () => call.fleet.sql.run<{ changed: string[] }>(updateStatement, values)
  const [row] = await (typeof phoneNumber === 'string'
    ? withFreePhone(call, name, phoneNumber, update)
    : update())
  if (!row) throw unknownInstance(name)
  await call.fleet.engine.snapshot.refreshNames([name])
  if (row.changed.includes('phoneNumber')) await checkPhones(call, [name])
  if (row.changed.length > 0)
    call.log.info({ instance: name, changed: row.changed }, 'instance settings changed')
  return getInstance(call.fleet, { name })
}
